import { stateOf, type HostState, type Item, type Shards } from '../host/item.ts'
import { differingIds } from '../model/changed-ids.ts'
import { emptyModel, find, vpcOf, type Id, type Model, type Resource } from '../model/model.ts'
import { compileEdge } from './edge.ts'
import type { HostConfig } from './host-config.ts'
import { compileLoadBalancer, compileStandAlone } from './load-balancer.ts'
import { edgeShard } from './names.ts'
import { compileMachineGuard } from './machine-guard.ts'
import { compileNatGateway } from './nat-gateway.ts'
import { compileNics } from './nic.ts'
import { looking, partOf } from './part.ts'
import { compileResolver } from './resolver.ts'
import { compileServer, compileServerNamespace } from './server.ts'
import { compileSubnet } from './subnet.ts'
import { compileVpc } from './vpc.ts'

/** What a shard was compiled from, each compared by identity. */
interface Compiled {
  readonly input: unknown
  readonly seen: Seen
  readonly shard: HostState
}

/** What a part shares with others, as it was when the part was compiled. */
type Seen = Map<Id, Resource | undefined>

/**
 * What this machine should hold, in parts. `changed` names at least all resources that changed since the last call; who
 * knows them spares the compiler the search.
 */
export type Compiler = (model: Model, changed?: Iterable<Id>) => Shards

/** What this machine should hold, in parts. */
export function compile(model: Model, host: HostConfig): Shards {
  return compilerFor(host)(model)
}

/** What this machine should hold, all of it. */
export function compileAll(model: Model, host: HostConfig): HostState {
  return stateOf([...compile(model, host).values()].flatMap(shard => [...shard.values()]))
}

/** Some parts of what this machine should hold, as one state; parts that are not there are left out. */
export function compileParts(model: Model, host: HostConfig, names: Iterable<string>): HostState {
  const parts = [...new Set(names)].flatMap(name => partNamed(name, model, host) ?? [])
  return stateOf(parts.flatMap(({ items }) => [...items(new Map())]))
}

/** The parts that a change of a resource may change: those that it is in, and those of all that use it. */
export function partsWith(model: Model, id: Id): ReadonlySet<string> {
  const parts = new Set<string>()
  const seen = new Set<Id>()
  const visit = (each: Id): void => {
    if (seen.has(each)) return
    seen.add(each)
    const homes = homesOf(each, model)
    for (const home of homes) if (home !== edgeShard) parts.add(home)
    // What is in a VPC changes nothing elsewhere; what is shared does, wherever it is used.
    if (homes.length === 0) for (const user of model.users.get(each) ?? []) visit(user)
  }
  visit(id)
  return parts
}

/**
 * A compiler that remembers: a part whose inputs did not change is the same object as the last time, and so is the whole. A
 * change costs the parts that it concerns, however many others there are.
 */
export function compilerFor(host: HostConfig): Compiler {
  const parts = new Map<string, Compiled>()
  /** The parts that saw a shared resource. */
  const users = new Map<Id, Set<string>>()
  let last = emptyModel
  let shards: Shards = new Map()

  function compilePart(name: string, model: Model): void {
    const before = parts.get(name)
    const part = partNamed(name, model, host)
    if (part && before && isCurrent(before, model, part.input)) return
    for (const id of before?.seen.keys() ?? []) users.get(id)?.delete(name)
    parts.delete(name)
    if (!part) return
    const now = compiled(part)
    for (const id of now.seen.keys()) users.getOrInsertComputed(id, () => new Set()).add(name)
    parts.set(name, now)
  }

  return (model, changed = differingIds(last, model)) => {
    const concerned = new Set(parts.size === 0 ? [edgeShard] : [])
    for (const id of changed) {
      for (const name of [...homesOf(id, last), ...homesOf(id, model), ...(users.get(id) ?? [])]) concerned.add(name)
    }
    const before = new Map([...concerned].map(name => [name, parts.get(name)]))
    for (const name of concerned) compilePart(name, model)
    last = model
    if ([...before].some(([name, part]) => parts.get(name) !== part)) {
      shards = new Map(parts.entries().map(([name, { shard }]) => [name, shard]))
    }
    return shards
  }
}

/** The parts that a resource may be in. */
function homesOf(id: Id, model: Model): readonly string[] {
  const resource = model.resources.get(id)
  if (!resource) return []
  if (resource.kind === 'zone') return [edgeShard]
  const vpc = vpcOf(model, resource)
  const mayStandAlone = resource.kind === 'load-balancer' || resource.kind === 'server'
  return [...(vpc === undefined ? [] : [vpc]), ...(mayStandAlone ? [id] : [])]
}

interface Part {
  readonly input: unknown
  readonly items: (seen: Seen) => Iterable<Item>
}

/** The part of that name: the edge, a VPC, or a balancer or server without one; null where there is none. */
function partNamed(name: string, model: Model, host: HostConfig): Part | null {
  if (name === edgeShard) {
    const input = model.byKind.get('zone')
    return { input, items: seen => compileEdge(host, looking(model, seen), [...(input ?? [])].sort()) }
  }
  const members = model.members.get(name)
  if (members) return { input: members, items: seen => compileNetwork(model, host, members.values(), seen) }
  const server = find(model, 'server', name)
  if (server && vpcOf(model, server) === undefined) {
    return { input: server, items: seen => compileServerNamespace({ look: looking(model, seen) }, server) }
  }
  const balancer = find(model, 'load-balancer', name)
  if (!balancer || balancer.now.subnet !== null || balancer.now.power === 'off') return null
  return { input: balancer, items: seen => compileStandAlone(host, looking(model, seen), balancer) }
}

/** Everything of one VPC. While it is off, its servers keep their namespaces and nothing passes. */
function* compileNetwork(model: Model, host: HostConfig, members: Iterable<Resource>, seen: Seen): Iterable<Item> {
  const inside = [...members]
  const part = partOf(host, looking(model, seen), inside)
  const on = part.vpc.now.power === 'on'
  for (const each of inside) {
    if (each.kind === 'server' && !(on && each.now.power === 'on')) yield* compileServerNamespace(part, each)
  }
  if (!on) return
  yield* compileVpc(part)
  for (const subnet of part.subnets) yield* compileSubnet(part, subnet)
  yield* compileResolver(part)
  for (const gateway of part.natGateways) yield* compileNatGateway(part, gateway)
  yield* compileMachineGuard(part)
  for (const server of part.servers) {
    yield* compileServer(part, server)
    yield* compileNics(part, server)
  }
  for (const balancer of part.balancers) yield* compileLoadBalancer(part, balancer)
}

function compiled({ input, items }: Part): Compiled {
  const seen: Seen = new Map()
  return { input, shard: stateOf(items(seen)), seen }
}

function isCurrent(before: Compiled, model: Model, input: unknown): boolean {
  return before.input === input && before.seen.entries().every(([id, resource]) => model.resources.get(id) === resource)
}
