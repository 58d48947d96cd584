import { stateOf, type HostState, type Item, type Shards } from '../host/item.ts'
import { all, type Id, type Model, type Resource } from '../model/model.ts'
import { compileEdge } from './edge.ts'
import type { HostConfig } from './host-config.ts'
import { compileLoadBalancer, compileStandAlone } from './load-balancer.ts'
import { edgeShard } from './names.ts'
import { compileNatGateway } from './nat-gateway.ts'
import { looking, partOf } from './part.ts'
import { compileServer, compileServerNamespace } from './server.ts'
import { compileSubnet } from './subnet.ts'
import { compileVpc } from './vpc.ts'

/** What a shard was compiled from, each compared by identity. */
interface Compiled {
  readonly input: unknown
  readonly seen: ReadonlyMap<Id, Resource | undefined>
  readonly shard: HostState
}

/** What this machine should hold, in parts. */
export function compile(model: Model, host: HostConfig): Shards {
  return compilerFor(host)(model)
}

/** What this machine should hold, all of it. */
export function compileAll(model: Model, host: HostConfig): HostState {
  return stateOf([...compile(model, host).values()].flatMap(shard => [...shard.values()]))
}

/** A compiler that remembers: a part whose inputs did not change is the same object as the last time. */
export function compilerFor(host: HostConfig): (model: Model) => Shards {
  let known: ReadonlyMap<string, Compiled> = new Map()
  return model => {
    const next = new Map<string, Compiled>()
    for (const { name, input, items } of partsOf(model, host)) {
      const before = known.get(name)
      next.set(name, before && isCurrent(before, model, input) ? before : compiled(input, items))
    }
    known = next
    return new Map([...next].map(([name, { shard }]) => [name, shard]))
  }
}

interface Part {
  readonly name: string
  readonly input: unknown
  readonly items: (seen: Map<Id, Resource | undefined>) => Iterable<Item>
}

function* partsOf(model: Model, host: HostConfig): Iterable<Part> {
  const zones = [...all(model, 'zone')].sort((a, b) => (a.id < b.id ? -1 : 1))
  yield {
    name: edgeShard,
    input: model.byKind.get('zone'),
    items: seen => {
      for (const zone of zones) seen.set(zone.id, zone)
      return compileEdge(host, zones)
    },
  }
  for (const [id, members] of model.members) {
    yield { name: id, input: members, items: seen => compileNetwork(model, host, members.values(), seen) }
  }
  for (const balancer of all(model, 'load-balancer')) {
    if (balancer.now.subnet !== null || balancer.now.power === 'off') continue
    yield { name: balancer.id, input: balancer, items: seen => compileStandAlone(host, looking(model, seen), balancer) }
  }
}

/** Everything of one VPC. While it is off, its servers keep their namespaces and nothing passes. */
function* compileNetwork(
  model: Model,
  host: HostConfig,
  members: Iterable<Resource>,
  seen: Map<Id, Resource | undefined>,
): Iterable<Item> {
  const inside = [...members]
  const part = partOf(host, looking(model, seen), inside)
  const on = part.vpc.now.power === 'on'
  for (const each of inside) {
    if (each.kind === 'server' && !(on && each.now.power === 'on')) yield* compileServerNamespace(part, each)
  }
  if (!on) return
  yield* compileVpc(part)
  for (const subnet of part.subnets) yield* compileSubnet(part, subnet)
  for (const gateway of part.natGateways) yield* compileNatGateway(part, gateway)
  for (const server of part.servers) yield* compileServer(part, server)
  for (const balancer of part.balancers) yield* compileLoadBalancer(part, balancer)
}

function compiled(input: unknown, items: Part['items']): Compiled {
  const seen = new Map<Id, Resource | undefined>()
  return { input, shard: stateOf(items(seen)), seen }
}

function isCurrent(before: Compiled, model: Model, input: unknown): boolean {
  return before.input === input && [...before.seen].every(([id, resource]) => model.resources.get(id) === resource)
}
