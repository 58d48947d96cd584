import { find, type Id, type Model, type Resource } from '../../model/model.ts'
import { balancerEnd, eipEnds, internetEnds, internetSender, serverEnds, type End, type Sender } from './parties.ts'
import { echoRequest, fateOf, type Flow, type Scene } from '../trace/fate.ts'
import { partitionOf, type Partition, type PortClass } from './partition.ts'

/** Whether flows of some kind get from one end to the other, and their answers back. */
export interface Reach {
  readonly from: End
  readonly to: End
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Empty for ICMP. */
  readonly ports: readonly (readonly [from: number, to: number])[]
}

/** What pairs gain and lose by a change. */
export interface ReachChange {
  readonly gained: readonly Reach[]
  readonly lost: readonly Reach[]
  /** Those that get there afterwards, while their answers do not get back, and did so before or did not get there. */
  readonly oneWay: readonly Reach[]
}

/** Which pairs of a VPC, the internet included, gain or lose reach between two moments. */
export function reachChange(vpc: Id, before: Scene, after: Scene): ReachChange {
  const partition = partitionOf([before.state, after.state])
  const gained: Reach[] = []
  const lost: Reach[] = []
  const oneWay: Reach[] = []
  for (const pair of pairsOf(vpc, before.model, after.model, partition)) {
    const [was, is] = [outcomeOf(before, pair), outcomeOf(after, pair)]
    if (was === is) continue
    if (is === 'reaches') gained.push(pair.reach)
    if (was === 'reaches') lost.push(pair.reach)
    if (is === 'one-way') oneWay.push(pair.reach)
  }
  return { gained: merged(gained), lost: merged(lost), oneWay: merged(oneWay) }
}

/** A flow to ask about. */
interface Pair {
  readonly reach: Reach
  readonly flow: Flow
}

function outcomeOf(scene: Scene, { flow }: Pair): 'reaches' | 'one-way' | 'does-not-reach' {
  const { gets, reaches } = fateOf(scene, flow)
  return reaches ? 'reaches' : gets ? 'one-way' : 'does-not-reach'
}

/** Every pair that somebody may care for: who is in the VPC among each other, and they with the internet, both ways. */
function* pairsOf(vpc: Id, before: Model, after: Model, partition: Partition): Iterable<Pair> {
  const members = membersOf(vpc, before, after)
  // What differs between two of them at either moment tells them apart.
  const servers = serverEnds(after, members, partition, id => placeIn(before, id) + placeIn(after, id))
  const outside = internetEnds(after, partition)
  const eips = heldEips(vpc, before, after)
  for (const from of servers) {
    for (const to of servers) {
      const other = to.end.ids.length > 1 && to === from ? to.second : to.end.address
      if (to === from && to.end.ids.length === 1) continue
      yield* flows(from, { ...to.end, address: other }, partition.ports)
    }
    for (const end of outside) yield* flows(from, end, partition.ports)
  }
  for (const from of outside.map(internetSender)) {
    for (const to of eips) yield* flows(from, to, partition.ports)
  }
  for (const [id, ends] of backendEnds(before, after, members)) {
    const { end: from, origin, source } = balancerEnd(id)
    for (const { end: to, port, protocol } of ends) {
      const reach = { from, to, protocol, ports: [[port, port]] } as const
      yield { reach, flow: { origin, source, to: to.address, protocol, port } }
    }
  }
}

function placeIn(model: Model, id: Id): string {
  const { power, subnet, securityGroup, eip } = find(model, 'server', id)?.now ?? {}
  return [power, subnet, securityGroup, eip, ''].join(' ')
}

/** The public addresses that are held in a VPC before or after. */
function heldEips(vpc: Id, before: Model, after: Model): readonly End[] {
  const held = [before, after].flatMap(model => eipEnds(model, membersIn(vpc, model)))
  return [...new Map(held.map(end => [end.ids[0], end])).values()]
}

/** What lies in a VPC before or after; as it is before where it is off afterwards. */
function membersOf(vpc: Id, before: Model, after: Model): readonly Resource[] {
  const [was, is] = [before, after].map(model => membersIn(vpc, model))
  const isOff = ({ now }: Resource) => 'power' in now && now.power === 'off'
  const known = new Set(was!.map(({ id }) => id))
  const stays = is!.filter(each => !isOff(each) || !known.has(each.id))
  const ids = new Set(stays.map(({ id }) => id))
  return [...stays, ...was!.filter(({ id }) => !ids.has(id))]
}

/** What lies in a VPC, or what stands alone under that name. */
function membersIn(part: Id, model: Model): readonly Resource[] {
  const members = model.members.get(part)
  return members ? [...members.values()] : [model.resources.get(part) ?? []].flat()
}

function* flows({ end: from, origin, source }: Sender, to: End, classes: readonly PortClass[]): Iterable<Pair> {
  const flow = { origin, source, to: to.address }
  for (const { protocol, ranges, probe } of classes) {
    yield { reach: { from, to, protocol, ports: ranges }, flow: { ...flow, protocol, port: probe } }
  }
  yield { reach: { from, to, protocol: 'icmp', ports: [] }, flow: { ...flow, protocol: 'icmp', port: echoRequest } }
}

/** What the balancers of a VPC connect to, before or after. */
function* backendEnds(before: Model, after: Model, members: readonly Resource[]) {
  for (const { id, kind } of members) {
    if (kind !== 'load-balancer') continue
    const ends = new Map<string, { readonly end: End; readonly port: number; readonly protocol: 'tcp' | 'udp' }>()
    for (const model of [before, after]) {
      for (const listener of find(model, 'load-balancer', id)?.live.listeners ?? []) {
        const protocol = listener.protocol === 'udp' ? 'udp' : 'tcp'
        for (const backend of listener.enabled ? listener.backends : []) {
          const address = backend.address ?? find(model, 'server', backend.server)?.now.address
          if (!backend.enabled || address == null) continue
          const end = { kind: 'backend', ids: [backend.id], address } as const
          ends.set(`${backend.id} ${address} ${backend.port}`, { end, port: backend.port, protocol })
        }
      }
    }
    yield [id, [...ends.values()]] as const
  }
}

/** Statements about the same ends as one, with all their ports. */
function merged(list: readonly Reach[]): Reach[] {
  const groups = new Map<string, Reach[]>()
  for (const reach of list) {
    const { from, to, protocol } = reach
    const key = [from.kind, ...from.ids, from.address, to.kind, ...to.ids, to.address, protocol].join(' ')
    groups.getOrInsertComputed(key, () => []).push(reach)
  }
  return [...groups.values()].map(group => ({ ...group[0]!, ports: joined(group.flatMap(({ ports }) => ports)) }))
}

function joined(ranges: Reach['ports']): Reach['ports'] {
  const result: [number, number][] = []
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
