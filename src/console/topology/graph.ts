import type { BackendStatus, ResourceStatus, WireOf } from '../../client/wire.ts'
import type { KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { forwardsOf } from './forwards.ts'
import type { Network } from './network.ts'
import { runsOf, waysOf, type Run, type RunState } from './ways.ts'

type NodeState = ResourceStatus['phase'] | BackendStatus['state'] | 'available' | 'associated' | 'unknown'

/** What a node stands for. The internet is there twice: clients come from it, and traffic to other regions goes to it. */
export type NodeKind =
  | 'clients'
  | 'far'
  | 'vpc'
  | 'subnet'
  | 'nat-gateway'
  | 'load-balancer'
  | 'server'
  | 'eip'
  | 'backend'
  | 'group'

type MemberKind = 'server' | 'backend' | 'eip'

export interface Node {
  readonly id: string
  readonly kind: NodeKind
  readonly name: string
  /** An address, a range, a port: what tells it from others of its name. */
  readonly detail: string
  readonly state: NodeState | null
  /** Why it is in that state, where that is known. */
  readonly reason: string
  /** Whether a draft of it waits for an apply. */
  readonly pending: boolean
  /** The page that it opens. */
  readonly opens: { readonly kind: KindName; readonly id: Id } | null
  /** The open group that it is drawn in. */
  readonly group: string | null
  /** What a group is of, and how many of its members are in each state. */
  readonly members?: {
    readonly kind: MemberKind
    readonly count: number
    readonly states: ReadonlyMap<NodeState, number>
    readonly open: boolean
  }
}

export interface Edge {
  readonly id: string
  readonly from: string
  readonly to: string
  /** The balancers whose traffic takes it. */
  readonly balancers: readonly Id[]
  /** Whether traffic for backends takes it, and whether any of those serves; or that it is public ports that lead on. */
  readonly traffic: RunState | 'none' | 'forward'
  /** Which ports those are. */
  readonly ports?: readonly string[]
}

/** What there is to be placed. */
export interface Drawing {
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
}

export interface Graph extends Drawing {
  /** The groups that members are drawn as while these are closed. */
  readonly shownAs: ReadonlyMap<string, string>
}

/** Groups of more members than this are one node until somebody opens them. */
const most = 6

/** The network as nodes and edges. Groups named in `open` show their members. */
export function graphOf(network: Network, open: ReadonlySet<string> = new Set()): Graph {
  const runs = runsOf(network)
  const nodes = new Map<string, Node>()
  const edges = new Map<string, Edge>()
  const shownAs = new Map<string, string>()
  const put = (node: Node) => void nodes.set(node.id, node)
  const link = (from: string, to: string, run?: Run) => {
    const [a, b] = [shownAs.get(from) ?? from, shownAs.get(to) ?? to]
    if (a === b) return
    const id = `${a}>${b}`
    edges.set(id, merged(edges.get(id) ?? { id, from: a, to: b, balancers: [], traffic: 'none' }, run))
  }

  for (const node of resourceNodes(network)) put(node)
  for (const [subnet, servers] of Map.groupBy(network.servers, ({ subnet: id }) => id ?? '')) {
    const group = { id: `servers:${subnet}`, kind: 'server', name: nameIn(network.subnets, subnet) } as const
    for (const node of grouped(group, servers.map(serverNode), open, shownAs)) put(node)
  }
  for (const [listener, members] of Map.groupBy(runs.filter(isNode), run => run.listener)) {
    const name = nameIn(network.balancers, members[0]?.balancer)
    const group = { id: `backends:${listener}`, kind: 'backend', name } as const
    for (const node of grouped(group, members.map(backendNode), open, shownAs)) put(node)
  }

  const spare = network.eips.filter(({ boundTo }) => !boundTo).map(eipNode)
  for (const node of grouped({ id: 'eips', kind: 'eip', name: '' }, spare, open, shownAs)) put(node)

  for (const { id, vpc } of network.subnets) if (vpc) link(id, vpc)
  for (const { id, vpc, eips } of network.natGateways) {
    link(vpc, id)
    for (const eip of eips) link(id, eip)
    for (const eip of eips) link(eip, 'far')
  }
  for (const { id, eip } of network.vpcs)
    if (eip) {
      link(id, eip)
      link(eip, 'far')
    }
  for (const { id, eips, subnet } of network.balancers) {
    for (const eip of eips) {
      link('clients', eip)
      link(eip, id)
    }
    if (subnet) link(id, subnet)
  }
  for (const { id, subnet, eip } of network.servers) {
    if (subnet) link(subnet, id)
    if (eip) {
      link('clients', eip)
      link(eip, id)
    }
  }
  for (const run of runs) {
    const ways = waysOf(network, run)
    for (const eip of run.entrances) {
      link('clients', eip, run)
      link(eip, run.balancer, run)
    }
    for (const way of ways) for (const [i, next] of way.entries()) if (i > 0) link(way[i - 1] ?? '', next, run)
    if (isNode(run) && !ways.some(way => way.includes(run.backend))) link('far', run.backend, run)
  }

  for (const { eip, to, ports } of forwardsOf(network)) {
    const id = `${eip}>>${shownAs.get(to) ?? to}`
    const before = edges.get(id)?.ports ?? []
    const edge = { id, from: eip, to: shownAs.get(to) ?? to, balancers: [], traffic: 'forward' } as const
    edges.set(id, { ...edge, ports: [...before, ...ports] })
  }

  for (const end of ['clients', 'far'] as const) {
    if ([...edges.values()].some(({ from, to }) => from === end || to === end)) put(internetNode(end))
  }
  const whole = [...edges.values()].filter(({ from, to }) => nodes.has(from) && nodes.has(to))
  return { nodes: [...nodes.values()], edges: whole, shownAs }
}

/** Backends that are servers of the network are drawn as those. */
function isNode({ server }: Run): boolean {
  return server === null
}

function merged(edge: Edge, run: Run | undefined): Edge {
  if (!run) return edge
  const balancers = edge.balancers.includes(run.balancer) ? edge.balancers : [...edge.balancers, run.balancer]
  return { ...edge, balancers, traffic: edge.traffic === 'serving' ? 'serving' : run.state }
}

function* resourceNodes({ vpcs, subnets, natGateways, balancers, eips }: Network): Iterable<Node> {
  for (const vpc of vpcs) yield { ...nodeOf('vpc', vpc), detail: vpc.cidr }
  for (const subnet of subnets) yield { ...nodeOf('subnet', subnet), detail: subnet.cidr ?? '' }
  for (const gateway of natGateways) yield nodeOf('nat-gateway', gateway)
  for (const balancer of balancers) {
    const ports = balancer.listeners.map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`)
    yield { ...nodeOf('load-balancer', balancer), detail: ports.join(', ') }
  }
  for (const eip of eips) if (eip.boundTo) yield eipNode(eip)
}

function eipNode(eip: WireOf<'eip'>): Node {
  const state = eip.status.phase === 'active' ? eip.state : eip.status.phase
  return { ...nodeOf('eip', eip), name: eip.address, detail: eip.name, state }
}

function serverNode(server: WireOf<'server'>): Node {
  return { ...nodeOf('server', server), detail: server.address ?? '' }
}

function backendNode({ balancer, backend, name, address, port, state, status }: Run): Node {
  return {
    id: backend,
    kind: 'backend',
    name: name === '' ? address : name,
    detail: `${address}:${port}`,
    state: status?.state ?? (state === 'off' ? 'disabled' : 'unknown'),
    reason: status?.reason ?? '',
    pending: false,
    opens: { kind: 'load-balancer', id: balancer },
    group: null,
  }
}

function nodeOf(kind: KindName & NodeKind, resource: WireOf<KindName>): Node {
  const { id, name, status, applied } = resource
  return {
    id,
    kind,
    name: name === '' ? id : name,
    detail: '',
    state: status.phase,
    reason: status.reason,
    pending: !applied,
    opens: { kind, id },
    group: null,
  }
}

function internetNode(id: 'clients' | 'far'): Node {
  return { id, kind: id, name: '', detail: '', state: null, reason: '', pending: false, opens: null, group: null }
}

interface Group {
  readonly id: string
  readonly kind: MemberKind
  /** What its members belong to. */
  readonly name: string
}

/** Members one by one, where they are few or their group is open; else the group alone, which their edges then lead to. */
function grouped(
  { id, kind, name }: Group,
  members: readonly Node[],
  open: ReadonlySet<string>,
  shownAs: Map<string, string>,
): readonly Node[] {
  if (members.length <= most) return members
  const states = new Map<NodeState, number>()
  for (const { state } of members) if (state) states.set(state, (states.get(state) ?? 0) + 1)
  const group: Node = {
    ...internetNode('far'),
    id,
    kind: 'group',
    name,
    members: { kind, count: members.length, states, open: open.has(id) },
  }
  for (const member of members) shownAs.set(member.id, id)
  return open.has(id) ? [group, ...members.map(member => ({ ...member, group: id }))] : [group]
}

function nameIn(resources: readonly { readonly id: Id; readonly name: string }[], id: Id | undefined): string {
  return resources.find(each => each.id === id)?.name ?? ''
}
