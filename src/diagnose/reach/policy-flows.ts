import { portsOf } from '../../model/define.ts'
import {
  all,
  eipsAt,
  find,
  vpcOf,
  type LoadBalancer,
  type Model,
  type PolicyTest,
  type Resource,
} from '../../model/model.ts'
import { edgeNetns, edgeShard, netnsOf } from '../../compile/names.ts'
import {
  balancerEnd,
  eipEnds,
  internetEnds,
  internetSender,
  outsideOf,
  serverEnds,
  type End,
  type Sender,
  type ServerEnd,
} from './parties.ts'
import { echoRequest, ownerOf, type Fate, type Flow, type Scene } from '../trace/fate.ts'
import type { Partition } from './partition.ts'

type Side = PolicyTest['now']['from'] | PolicyTest['now']['to']
type Range = readonly [from: number, to: number]

/** One thing that a policy test asks: whether somebody gets to somebody by some ports that nothing tells apart. */
export interface Question {
  readonly from: End
  readonly to: End
  /** None for ICMP. */
  readonly ports: readonly Range[]
  /** The ways to try it, any of which is enough. */
  readonly flows: readonly Flow[]
  /** Whether what became of a flow is that it got to whom was meant. */
  readonly isThere: (fate: Fate) => boolean
}

/** The parts of a machine's state that a policy test is about. */
export function partsOf(model: Model, { now }: PolicyTest): ReadonlySet<string> {
  const about = [...subjects(model, now.from), ...subjects(model, now.to)]
  return new Set([edgeShard, ...about.map(resource => vpcOf(model, resource) ?? resource.id)])
}

/** The resources that one side of a policy test is about, and those that hold what it names. */
function subjects(model: Model, side: Side): readonly Resource[] {
  switch (side.type) {
    case 'server':
    case 'subnet':
    case 'tag':
      return serversOf(model, side)
    case 'load-balancer':
      return [find(model, 'load-balancer', side.id) ?? []].flat()
    case 'eip':
      return holdersOf(model, side.id)
    case 'address':
      // One address may be held here; those who hold a part of a prefix could be everybody.
      return side.prefix.endsWith('/32')
        ? [...eipsAt(model, side.prefix.slice(0, -3))].flatMap(eip => holdersOf(model, eip))
        : []
    case 'internet':
      return []
  }
}

function holdersOf(model: Model, eip: string): readonly Resource[] {
  const users = [...(model.users.get(eip) ?? [])].flatMap(id => model.resources.get(id) ?? [])
  return users.filter(({ kind }) => kind !== 'policy-test')
}

type Servers = Extract<Side, { type: 'server' | 'subnet' | 'tag' }>

/** The servers that are meant, also those that are off. */
function serversOf(model: Model, side: Servers): Resource<'server'>[] {
  if (side.type === 'server') return [find(model, 'server', side.id) ?? []].flat()
  if (side.type === 'tag') {
    const name = find(model, 'tag', side.id)?.name
    return [...all(model, 'server')].filter(({ tags }) => name !== undefined && tags.includes(name))
  }
  const users = [...(model.users.get(side.id) ?? [])].flatMap(id => find(model, 'server', id) ?? [])
  return users.filter(({ now }) => now.subnet === side.id)
}

/** Everything that a policy test asks of a scene; nothing where there is nobody whom it is about. */
export function* questionsOf(scene: Scene, partition: Partition, test: PolicyTest): Iterable<Question> {
  for (const from of sendersOf(scene.model, partition, test.now.from)) {
    for (const target of targetsOf(scene, partition, test, from)) {
      const { end, addresses, isThere, publicly = false } = target
      const flow = { origin: from.origin, source: from.source, protocol: test.now.protocol }
      if (publicly) {
        // By whatever port leads to one that is meant.
        const ports =
          test.now.protocol === 'icmp' ? [echoRequest] : portClasses(partition, test, [anyPort]).map(p => p.probe)
        const flows = addresses.flatMap(to => ports.map(port => ({ ...flow, to, port })))
        yield { from: from.end, to: end, ports: target.ports, flows, isThere }
      } else if (test.now.protocol === 'icmp') {
        const flows = addresses.map(to => ({ ...flow, to, port: echoRequest }))
        yield { from: from.end, to: end, ports: [], flows, isThere }
      } else {
        for (const { ranges, probe } of portClasses(partition, test, target.ports)) {
          yield {
            from: from.end,
            to: end,
            ports: ranges,
            flows: addresses.map(to => ({ ...flow, to, port: probe })),
            isThere,
          }
        }
      }
    }
    for (const to of missingOf(scene.model, test.now.to)) {
      yield { from: from.end, to, ports: [], flows: [], isThere: () => false }
    }
  }
}

/** Servers that are meant and cannot be reached by anybody: off, or in no network. */
function missingOf(model: Model, side: PolicyTest['now']['to']): readonly End[] {
  if (side.type !== 'server' && side.type !== 'subnet' && side.type !== 'tag') return []
  const missing = serversOf(model, side).filter(({ now }) => now.power === 'off' || now.address === null)
  return missing.map(({ id }) => ({ kind: 'server', ids: [id], address: '' }))
}

const anyPort: Range = [1, 65_535]

function sendersOf(
  model: Model,
  partition: Partition,
  side: PolicyTest['now']['from'],
): readonly (Sender | ServerEnd)[] {
  if (side.type === 'internet') return internetEnds(model, partition, side.prefix).map(internetSender)
  if (side.type === 'load-balancer') return [balancerEnd(side.id)]
  return serverEnds(model, serversOf(model, side), partition)
}

/** Whom a test is about, and how they may be reached. */
interface Target {
  readonly end: End
  readonly ports: readonly Range[]
  /** To be reached by any of them. */
  readonly addresses: readonly string[]
  readonly isThere: Question['isThere']
  /** Whether it is reached by public addresses, whose ports may be translated. */
  readonly publicly?: boolean
}

function targetsOf(scene: Scene, partition: Partition, test: PolicyTest, from: Sender): readonly Target[] {
  const { model } = scene
  const { to, ports } = test.now
  const wanted = ports === null ? [anyPort] : [portsOf(ports)]
  switch (to.type) {
    case 'server':
    case 'subnet':
    case 'tag':
      return serverEnds(model, serversOf(model, to), partition).flatMap(end =>
        from.end.kind === 'internet'
          ? fromOutside(scene, end, wanted, test.now.protocol)
          : inside(scene, end, wanted, from),
      )
    case 'load-balancer': {
      const balancer = find(model, 'load-balancer', to.id)
      return balancer ? [listenersOf(scene, balancer, test, from)] : []
    }
    case 'eip': {
      const address = find(model, 'eip', to.id)?.now.address
      const end = { kind: 'eip', ids: [to.id], address: address ?? '' } as const
      return address === undefined ? [] : [{ end, ports: wanted, addresses: [address], isThere: fate => fate.gets }]
    }
    case 'address': {
      const isOutside = outsideOf(model)
      return partition.within(to.prefix).map(address => {
        const leaves = isOutside(address)
        const isThere = ({ gets, there }: Fate) =>
          gets && (there.verdict !== 'sent-out' || (there.netns === edgeNetns) === leaves)
        return {
          end: { kind: leaves ? 'internet' : 'address', ids: [], address },
          ports: wanted,
          addresses: [address],
          isThere,
        }
      })
    }
  }
}

/** Servers as those see them who can send to private addresses. */
function inside(
  scene: Scene,
  server: ServerEnd,
  ports: readonly Range[],
  { end: from, source }: Sender,
): readonly Target[] {
  const { end, second } = server
  const isSame = from.kind === 'server' && from.ids[0] === end.ids[0]
  // Nobody has to reach itself; one of several has to reach the others.
  if (isSame && end.ids.length === 1) return []
  const address = source === end.address ? second : end.address
  return [{ end: { ...end, address }, ports, addresses: [address], isThere: at(scene, server, address) }]
}

function at(scene: Scene, { end, origin }: ServerEnd, address: string): Question['isThere'] {
  return ({ gets, there }) => {
    if (!gets) return false
    const tapped = origin.enters !== null && there.netns === origin.netns && there.packet.to === address
    return tapped || end.ids.includes(ownerOf(scene.state, there.netns) ?? '')
  }
}

/** A server as the internet sees it: by every public address of its network, with whatever port leads to one that is meant. */
function fromOutside(
  scene: Scene,
  server: ServerEnd,
  ports: readonly Range[],
  protocol: PolicyTest['now']['protocol'],
): readonly Target[] {
  const { model } = scene
  const [id = ''] = server.end.ids
  const vpc = vpcOf(model, model.resources.get(id)!)
  const addresses = eipEnds(model, model.members.get(vpc ?? '')?.values() ?? []).map(({ address }) => address)
  const arrives = at(scene, server, server.end.address)
  const isThere = (fate: Fate) =>
    arrives(fate) &&
    (protocol === 'icmp' || ports.some(([a, b]) => a <= fate.there.packet.dport && fate.there.packet.dport <= b))
  return [{ end: server.end, ports, addresses, isThere, publicly: true }]
}

/** The listeners of a balancer: by its private address for who is in its network, by its public ones for others. */
function listenersOf({ model, state }: Scene, balancer: LoadBalancer, test: PolicyTest, from: Sender): Target {
  const { id, now, live } = balancer
  const home = vpcOf(model, balancer)
  const [sender] = from.end.ids.flatMap(each => model.resources.get(each) ?? [])
  const isNear = sender !== undefined && home !== undefined && vpcOf(model, sender) === home && now.address !== null
  const addresses = isNear ? [now.address ?? ''] : eipEnds(model, [balancer]).map(({ address }) => address)
  const listeners = live.listeners.filter(
    ({ enabled, protocol }) => enabled && (protocol === 'udp') === (test.now.protocol === 'udp'),
  )
  const own = listeners.map(({ port, lastPort }): Range => [port, lastPort ?? port])
  const ports = test.now.ports === null ? own : [portsOf(test.now.ports)]
  const netns = netnsOf(id)
  return {
    end: { kind: 'load-balancer', ids: [id], address: addresses[0] ?? '' },
    ports,
    addresses,
    isThere: ({ gets, there }) =>
      gets && (ownerOf(state, there.netns) === id || there.hops.some(hop => hop.netns === netns)),
  }
}

/** What nothing tells apart of some ports. */
function portClasses(
  { ports }: Partition,
  { now }: PolicyTest,
  wanted: readonly Range[],
): readonly { readonly ranges: readonly Range[]; readonly probe: number }[] {
  return ports.flatMap(({ protocol, ranges }) => {
    if (protocol !== now.protocol) return []
    const common = ranges.flatMap(([from, to]) =>
      wanted.flatMap(([first, last]): Range[] => {
        const [a, b] = [Math.max(from, first), Math.min(to, last)]
        return a <= b ? [[a, b]] : []
      }),
    )
    return common.length === 0 ? [] : [{ ranges: common, probe: common[0]![0] }]
  })
}
