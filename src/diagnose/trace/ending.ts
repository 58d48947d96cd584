import { find, vpcOf, type Model, type Resource } from '../../model/model.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { links } from '../../compile/names.ts'
import { routeText } from '../../host/commands-text.ts'
import type { Found } from '../../host/network.ts'
import type { End, Verdict } from '../../host/trace.ts'
import type { Scene } from './fate.ts'
import { rulesetIn } from './ruleset-in.ts'
import { chosenRoute, kernelRule, offOf, residentOf, routeThing, told, type Told } from './telling.ts'
import { resourceThing, thingOf, type Thing } from './thing.ts'

/** How a way ends. `refused` is what nobody listens for, and what a rule answers that it refuses. */
export type Outcome = 'arrives' | 'leaves' | 'dropped' | 'refused' | 'unreachable'

const outcomes = {
  delivered: 'arrives',
  'sent-out': 'leaves',
  dropped: 'dropped',
  rejected: 'refused',
  unreachable: 'unreachable',
} as const satisfies Record<Verdict['verdict'], Outcome>

/** How a way ends, and why. `answers` of flows that are known arrive wherever they end. */
export function endingOf(
  scene: Scene,
  verdict: Verdict,
  place: Thing | null,
  answers: boolean,
): Told & { readonly outcome: Outcome } {
  if (verdict.end.by === 'arrival' && !answers) return arrival(scene, verdict, place)
  const missing = verdict.end.by === 'uplink' ? whoIsOff(scene.model, place, verdict.packet.to) : null
  if (missing) return { ...missing, outcome: 'unreachable' }
  return { ...tell(scene, verdict, verdict.end, place), outcome: outcomes[verdict.verdict] }
}

function tell(scene: Scene, verdict: Verdict, end: End, place: Thing | null): Told {
  const { model } = scene
  const { packet } = verdict
  const off = offOf(model, residentOf(model, place))
  switch (end.by) {
    case 'arrival':
      return told('arrives', { values: { address: packet.to } })
    case 'uplink':
      return end.link === links.uplink ? told('leaves') : toMachine(model, place, packet.to, end.link)
    case 'rule':
      return end.rule === null
        ? told('unwanted', { it: place, kernel: `${end.chain}: policy` })
        : stopped(scene, verdict, end, place)
    case 'route':
      if (off) return whatIsOff(off, place)
      return end.route ? nowhere(model, verdict, end.route) : noRoute(packet.to, place)
    case 'silence': {
      const { route, nextHop, link } = end
      const values = { address: nextHop, link }
      const silence = told('silence', { it: routeThing(model, route, packet), values, kernel: routeText(route) })
      return whoIsOff(model, place, nextHop) ?? silence
    }
    case 'reverse-path':
      return told('reverse-path', { values: { address: packet.from, link: end.link } })
    case 'no-forwarding':
      return told('no-forwarding', { it: place })
    case 'no-namespace':
      return off ? whatIsOff(off, place) : told('no-place', { it: place })
    case 'loop':
      return told('loop')
  }
}

/** To a machine of its own behind a tap device. */
function toMachine(model: Model, place: Thing | null, address: string, link: string): Told {
  const holder = holderOf(model, place, address)
  return told(holder ? 'leaves-for' : 'leaves-for-machine', {
    it: holder ? resourceThing(holder) : null,
    values: { link },
  })
}

function whatIsOff(off: Thing, place: Thing | null): Told {
  return told(off.id === place?.id ? 'place-off' : 'router-off', { it: off })
}

function noRoute(address: string, place: Thing | null): Told {
  const what = place?.kind === 'load-balancer' ? 'no-balancer-route' : 'no-route'
  return told(what, { it: place, values: { address } })
}

/** What a rule has against a packet. */
function stopped(
  scene: Scene,
  { packet, netns }: Verdict,
  { rule, chain, hook }: Extract<End, { by: 'rule'; rule: object }>,
  place: Thing | null,
): Told {
  const { model } = scene
  const kernel = kernelRule(rulesetIn(scene, netns), rule, chain)
  const it = thingOf(model, rule.for)
  const values = { address: packet.from }
  if (rule.then.do === 'reject') return told('unserved', { it: listenerAt(model, place, packet.dport) ?? it, kernel })
  if (it?.kind === 'sgr') return told('drops', { it, kernel })
  if (it?.kind === 'security-group') return told('nobody-admits', { it, kernel })
  if (it?.kind === 'lbl') return told('lists-drop', { it, values, kernel })
  const link = rule.match.flatMap(match => (match.on === 'iif' && !match.not ? match.is : []))[0]
  if (it?.kind === 'load-balancer' && hook === 'prerouting' && link !== undefined)
    return told('reverse-path', { it, values: { ...values, link }, kernel })
  const isPrivate = hook === 'postrouting' && rule.match.some(match => match.on === 'saddr' && match.not)
  return told(isPrivate ? 'untranslated' : 'unwanted', { it: it ?? place, values, kernel })
}

/** A route that leads nowhere, and why. */
function nowhere(model: Model, { packet }: Verdict, found: Found): Told {
  const it = routeThing(model, found, packet)
  const kernel = routeText(found)
  const owner = model.resources.get(found.for)
  const values = { address: packet.to }
  if (owner?.kind === 'zone') return told('address-free', { it, values, kernel })
  // In the router, what keeps balancers from the way that servers have.
  if (owner?.kind === 'vpc') return told('no-balancer-route', { it, values, kernel })
  const nextHop = chosenRoute(model, found, packet.from, packet.to)?.nextHop
  const hop = nextHop && nextHop.type !== 'address' ? model.resources.get(nextHop.id) : undefined
  if (!hop) return told('route-nowhere', { it, kernel })
  const things = { hop: resourceThing(hop) }
  if (hop.kind === 'vpc')
    return told(hop.now.type === 'free' ? 'router-free' : 'router-without-eip', { it, things, kernel })
  return told('gateway-off', { it, things, kernel })
}

/** Where a packet arrives: whether somebody takes it there. In servers that is their own business. */
function arrival(
  { model, state }: Scene,
  { netns, packet }: Verdict,
  place: Thing | null,
): Told & { readonly outcome: Outcome } {
  const { to: address, protocol, dport } = packet
  const resident = residentOf(model, place)
  const here = {
    ...told('arrives', { it: resident ? resourceThing(resident) : null, values: { address } }),
    outcome: 'arrives',
  } as const
  if (protocol === 'icmp' || resident?.kind === 'server') return here
  const items = [...state.values()].filter(item => item.netns === netns)
  if (items.some(item => item.kind === 'resolver' && item.listen.includes(address) && dport === 53)) return here
  const listens = protocol === 'tcp' ? items.flatMap(item => (item.kind === 'proxy' ? item.config.listeners : [])) : []
  const listener = listens.find(({ port, lastPort }) => port <= dport && dport <= (lastPort ?? port))
  if (listener) return { ...told('listens', { it: thingOf(model, listener.id) }), outcome: 'arrives' }
  const values = { protocol: protocol.toUpperCase(), port: String(dport) }
  return { ...told('nothing-listens', { it: here.it, values }), outcome: 'refused' }
}

function listenerAt(model: Model, place: Thing | null, dport: number): Thing | null {
  const listeners = find(model, 'load-balancer', place?.id)?.live.listeners ?? []
  const found = listeners.find(({ port, lastPort }) => port <= dport && dport <= (lastPort ?? port))
  return found ? thingOf(model, found.id) : null
}

/** Who has an address in the VPC that a place is in. */
function holderOf(model: Model, place: Thing | null, address: string): Resource | undefined {
  const resident = residentOf(model, place)
  const vpc = resident && vpcOf(model, resident)
  for (const member of model.members.get(vpc ?? '')?.values() ?? []) {
    if (member.kind === 'load-balancer' && privateAddressesOf(member).includes(address)) return member
    if (member.kind === 'server' && member.now.address === address) return member
    if (member.kind === 'nic' && member.now.address === address) return find(model, 'server', member.now.server)
  }
  return undefined
}

/** Where nobody answers for an address because whoever has it is switched off. */
function whoIsOff(model: Model, place: Thing | null, address: string): Told | null {
  const it = offOf(model, holderOf(model, place, address))
  return it && told(it.kind === 'vpc' ? 'router-off' : 'holder-off', { it, values: { address } })
}
