import { addressText, parseCidr } from '../../model/address.ts'
import { eipsAt, find, get, vpcOf, type Id, type Model, type Resource } from '../../model/model.ts'
import { routeFor, type Route } from '../../model/route-choice.ts'
import { routeText } from '../../host/commands-text.ts'
import type { Found } from '../../host/network.ts'
import type { Packet } from '../../host/packet.ts'
import type { FilterRule, Ruleset } from '../../host/ruleset.ts'
import { ruleText } from '../../host/ruleset-text.ts'
import type { Did, Hop } from '../../host/trace.ts'
import type { Scene } from './fate.ts'
import { rulesetIn } from './ruleset-in.ts'
import type { Telling } from './story-words.ts'
import { resourceThing, thingOf, type Thing } from './thing.ts'

/** What happens to a packet: a sentence, and what it names. */
export interface Told {
  readonly what: Telling
  /** What of the model causes it; null where it is the network's nature. */
  readonly it: Thing | null
  readonly values: Readonly<Record<string, string>>
  /** Places and things that the sentence names besides; null for the edge. */
  readonly things: Readonly<Record<string, Thing | null>>
  /** The kernel's rule or route as its tools print it; empty where none decided. */
  readonly kernel: string
}

export function told(what: Telling, more: Partial<Told> = {}): Told {
  return { what, it: null, values: {}, things: {}, kernel: '', ...more }
}

/** What a hop of a trace is. `next` is the place that the packet enters then; undefined where it enters none. */
export function decisionOf({ model, state }: Scene, hop: Hop, before: Packet, next: Thing | null | undefined): Told {
  const { did, netns } = hop
  switch (did.by) {
    case 'link':
      return told('enters', { values: { link: did.link } })
    case 'route':
      return routeTold(model, did.route, before, next)
    case 'rule': {
      return ruleTold(model, did, hop.packet, rulesetIn({ state }, netns))
    }
  }
}

/** The rule or route that decided as the kernel's tools print it. */
export function kernelRule(ruleset: Ruleset | null, rule: FilterRule, chain: string): string {
  return ruleset ? `${chain}: ${ruleText(ruleset, rule)}` : ''
}

/** What of the model made a route: of a route table the route of it that holds for a packet. */
export function routeThing(model: Model, found: Found, { from, to }: Pick<Packet, 'from' | 'to'>): Thing | null {
  const [eip] = eipsAt(model, found.destination.replace(/\/32$/, ''))
  const route = chosenRoute(model, found, from, to)
  if (route) return { kind: 'r', id: route.id, name: route.name, of: thingOf(model, found.for) }
  return thingOf(model, eip ?? found.for)
}

/** The route of a table that a kernel's route was made from. */
export function chosenRoute(model: Model, found: Found, from: string, to: string): Route | undefined {
  const table = find(model, 'route-table', found.for)
  const route = table && routeFor(table.live, from || '0.0.0.0', to)
  return route?.destination === found.destination ? route : undefined
}

function routeTold(model: Model, route: Found, before: Packet, next: Thing | null | undefined): Told {
  const it = routeThing(model, route, before)
  const { first, bits } = parseCidr(route.destination)
  const values = { destination: `${addressText(first)}/${bits}`, link: route.dev ?? '' }
  const kernel = routeText(route)
  const isRoute = it?.kind === 'r' || it?.kind === 'route-table'
  if (next === undefined) return told(isRoute ? 'route-out' : 'own-route-out', { it, kernel, values })
  return told(isRoute ? 'route' : 'own-route', { it, kernel, values, things: { next } })
}

function ruleTold(
  model: Model,
  { rule, chain, led }: Extract<Did, { by: 'rule' }>,
  after: Packet,
  ruleset: Ruleset | null,
): Told {
  const kernel = kernelRule(ruleset, rule, chain)
  const it = thingOf(model, rule.for)
  const holder = it?.kind === 'vpc' || it?.kind === 'server'
  switch (rule.then.do) {
    case 'dnat':
      return told(it?.kind === 'server' ? 'eip-dnat' : 'dnat', { it, kernel })
    case 'spread':
      return told('spread', { it, kernel, ...backendAt(model, it, after) })
    case 'snat': {
      const sources = rule.then.to.join(', ')
      if (rule.then.to.length > 1) return told('snat-among', { it, kernel, values: { sources } })
      return told(holder ? 'eip-snat' : 'snat', { it, kernel })
    }
    default: {
      if (rule.match.some(match => match.on === 'ct-state' && match.is.includes('established')))
        return told('answer', { kernel })
      // Where a group's rule sends on what it lets in, that rule is what let it in.
      for (const each of [{ rule, chain }, ...led.toReversed()]) {
        const admitting = thingOf(model, each.rule.for)
        if (admitting?.kind !== 'sgr') continue
        return told('admits', { it: admitting, kernel: kernelRule(ruleset, each.rule, each.chain) })
      }
      return told(it?.kind === 'security-group' ? 'lets-leave' : 'passes', { it, kernel })
    }
  }
}

/** The backend of a listener that a packet goes to. */
function backendAt(model: Model, listener: Thing | null, { to, dport }: Packet): Partial<Told> {
  const balancer = find(model, 'load-balancer', listener?.of?.id)
  const backends = balancer?.live.listeners.find(({ id }) => id === listener?.id)?.backends ?? []
  const at = backends.filter(each => (each.address ?? find(model, 'server', each.server)?.now.address) === to)
  const found = at.find(({ port }) => port === dport) ?? at[0]
  const backend = found && thingOf(model, found.id)
  return backend ? { things: { backend } } : { values: { backend: `${to}:${dport}` } }
}

/** The resource whose namespace a place is, if the model has it. */
export function residentOf(model: Model, place: Thing | null): Resource | undefined {
  return place === null ? undefined : model.resources.get(place.id)
}

/** What is switched off of a resource and its VPC: what nothing passes for. */
export function offOf(model: Model, resource: Resource | undefined): Thing | null {
  if (!resource) return null
  const vpc: Id | undefined = vpcOf(model, resource)
  const all = [resource, ...(vpc === undefined ? [] : [get(model, 'vpc', vpc)])]
  const off = all.find(({ now }) => 'power' in now && now.power === 'off')
  return off ? resourceThing(off) : null
}
