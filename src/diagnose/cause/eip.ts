import type { Words } from '../../model/define.ts'
import { portsOf } from '../../model/define.ts'
import { holderOf } from '../../model/holder.ts'
import { find, get, type Id, type Listener, type LoadBalancer, type Model, type Resource } from '../../model/model.ts'
import { transportOf } from './admission.ts'
import { redirecting } from './balancer-door.ts'
import { checkedOf, diagnoseBackend } from './backend.ts'
import { expired, unissued, unvouched } from './expired.ts'
import { found, isFault, labelOf, type Finding } from './finding.ts'
import { distinct } from './findings.ts'
import { diagnoseFlow, scenesOf, type FlowDiagnosis } from './flow.ts'
import { groupOf } from './groups.ts'
import { idle } from './idle.ts'
import { limitsAt } from './limits.ts'
import { machineSays, type Facts } from './observed.ts'
import { starting } from './repairs.ts'

/** What machines say, by backend where one is named. */
export type FactsOf = (backend?: Id) => Facts

/** A public port of an address. */
export interface Door {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** What is found of several doors, and the way of a client to the first of them that is wrong. */
export interface DoorDiagnosis {
  readonly findings: readonly Finding[]
  readonly way: FlowDiagnosis | null
}

/** More doors than this are not looked behind. */
const mostDoors = 20

/** Why the internet does not get in by an EIP: by one port, or by all that it is for. */
export function diagnoseEip(
  model: Model,
  id: Id,
  factsOf: FactsOf = () => ({}),
  only: Door | null = null,
): DoorDiagnosis {
  const eip = get(model, 'eip', id)
  const holder = holderOf(model, id)
  if (!holder) return { findings: [found('eip-unbound', eip)], way: null }
  const doors = only ? [only] : doorsOf(model, holder, id)
  const said = machineSays(model, [holder.id], factsOf())
  const { measured } = factsOf()
  const crowded = measured ? [...limitsAt(model, id, measured)] : []
  if (doors.length === 0) {
    const lacks = lacking[holder.kind as keyof typeof lacking]
    const off = 'power' in holder.now && holder.now.power === 'off'
    const shut = off
      ? found(offCodes[holder.kind as keyof typeof offCodes], holder, {}, starting(holder))
      : found('lets-nobody-in', holder, { address: eip.now.address, lacks })
    return { findings: [shut, ...said, ...crowded], way: null }
  }
  const scenes = scenesOf(model)
  const findings: Finding[] = []
  let way: FlowDiagnosis | null = null
  for (const { protocol, port } of doors.slice(0, mostDoors)) {
    const each = diagnoseFlow(model, { from: 'internet', to: eip.now.address, vpc: null, protocol, port }, scenes)
    if (!('findings' in each)) continue
    const served =
      each.reaches && holder.kind === 'load-balancer' ? serving(model, holder, { protocol, port }, factsOf) : []
    const wrong = [...each.findings, ...served]
    if (way === null || (wrong.length > 0 && findings.length === 0)) way = each
    findings.push(...wrong)
  }
  return { findings: distinct([...findings, ...(findings.length === 0 ? said : []), ...crowded]), way }
}

const offCodes = {
  'load-balancer': 'balancer-off',
  'nat-gateway': 'nat-gateway-off',
  vpc: 'router-off',
  server: 'server-off',
} as const

const lacking = {
  'load-balancer': { en: 'no listener', zh: '没有监听器' },
  'nat-gateway': { en: 'no DNAT rule', zh: '没有 DNAT 规则' },
  vpc: { en: 'no port forward', zh: '没有端口转发规则' },
  server: { en: 'no rule of its group that admits a port', zh: '安全组没有放行任何端口' },
} as const satisfies Readonly<Record<string, Words>>

/** The ports that somebody meant to be reached by an EIP, drafted or disabled ones too. */
function doorsOf(model: Model, holder: Resource, eip: Id): Door[] {
  switch (holder.kind) {
    case 'load-balancer':
      return unique(versionsOf(holder).flatMap(({ listeners }) => listeners.map(doorOf)))
    case 'nat-gateway': {
      const rules = versionsOf(holder).flatMap(({ dnatRules }) => dnatRules.filter(rule => rule.eip === eip))
      return unique(rules.map(({ protocol, port }) => ({ protocol, port: portsOf(port)[0] })))
    }
    case 'vpc':
      return unique(
        versionsOf(holder).flatMap(({ portForwards }) =>
          portForwards.map(({ protocol, port }) => ({ protocol, port })),
        ),
      )
    case 'server':
      return unique(admittedPorts(model, holder))
    default:
      return []
  }
}

function versionsOf<R extends Resource>({ live, draft }: R): readonly R['live'][] {
  return live === draft ? [live] : [live, draft]
}

function doorOf({ protocol, port }: Listener): Door {
  return { protocol: transportOf(protocol), port }
}

function admittedPorts(model: Model, server: Extract<Resource, { kind: 'server' }>): Door[] {
  const group = groupOf(model, server)
  return versionsOf(group)
    .flatMap(({ rules }) => rules)
    .flatMap(({ direction, action, protocol, ports }): Door[] => {
      if (direction !== 'ingress' || action !== 'accept' || protocol === 'icmp') return []
      if (protocol !== 'all' && protocol !== 'tcp' && protocol !== 'udp') return []
      const named = ports === null ? ['22'] : (find(model, 'ip-set', ports)?.live.members ?? [ports])
      const [first] = named
      return first === undefined ? [] : [{ protocol: protocol === 'udp' ? 'udp' : 'tcp', port: portsOf(first)[0] }]
    })
}

function unique(doors: readonly Door[]): Door[] {
  return [...new Map(doors.map(door => [`${door.protocol} ${door.port}`, door])).values()]
}

/** Why nobody behind a listener serves whom it lets in, or none of these believes who it is. */
export function serving(model: Model, balancer: LoadBalancer, { protocol, port }: Door, factsOf: FactsOf): Finding[] {
  const listener = balancer.live.listeners.find(
    each => transportOf(each.protocol) === protocol && each.port <= port && port <= (each.lastPort ?? each.port),
  )
  if (!listener) return []
  const unproved = [...unissued(model, listener), ...unvouched(model, listener)]
  return distinct([...unserved(model, balancer, listener, factsOf), ...unproved])
}

function unserved(model: Model, balancer: LoadBalancer, listener: Listener, factsOf: FactsOf): Finding[] {
  if (listener.options.includes('redirect-to-https')) return redirecting(balancer, listener)
  const child = labelOf(listener)
  const over = [...expired(model, listener, factsOf().now)]
  if (over.length > 0) return over
  if (listener.backends.length === 0) return [found('no-backend', balancer, { listener: child })]
  const known = listener.backends.map(({ id }) => factsOf(id).backendStatus)
  if (known.some(status => status?.state === 'active')) return wanting(model, balancer, listener, factsOf)
  const reasons = listener.backends.map(({ id }) => diagnoseBackend(model, balancer.id, id, factsOf(id)))
  const why = reasons.map(list => list.filter(isFault)).find(list => list.length > 0)
  if (!why) return []
  return [...why, found('no-backend-serves', balancer, { child })]
}

/** Why clients of a listener are not served though it has active backends. */
function wanting(model: Model, balancer: LoadBalancer, listener: Listener, factsOf: FactsOf): Finding[] {
  return distinct(
    listener.backends
      .flatMap(each => [...idle(checkedOf(model, balancer, listener, each), each, factsOf(each.id))])
      .filter(isFault),
  )
}
