import { differences } from '../../model/changes.ts'
import type { ChildPath, Command } from '../../model/command.ts'
import { holderOf } from '../../model/holder.ts'
import {
  all,
  find,
  type Eip,
  type Id,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type Resource,
  type RouteTable,
  type Subnet,
  type Vpc,
  vpcOf,
} from '../../model/model.ts'
import type { Route } from '../../model/route-choice.ts'
import { labelOf } from './finding.ts'
import type { Step } from '../../model/step.ts'
import type { Effect, Repair } from './repair.ts'

/** Publishes what waits in a resource. */
export function applying(resource: Resource): Repair {
  const count = waiting(resource)
  const effects = count > 1 ? [effect('publishes-all', { it: labelOf(resource), count: String(count) })] : []
  return { steps: [{ command: applyOf(resource) }], effects }
}

/** Edits the draft of a resource and publishes it, with whatever waits there. */
export function editing(resource: Resource, edits: readonly Command[], effects: readonly Effect[] = []): Repair {
  const count = waiting(resource)
  const besides = count > 0 ? [effect('publishes', { it: labelOf(resource), count: String(count) })] : []
  return {
    steps: [...edits, applyOf(resource)].map(command => ({ command })),
    effects: [...effects, ...besides],
  }
}

/** Changes what takes effect at once. */
export function setting({ kind, id }: Resource, body: object, effects: readonly Effect[] = []): Repair {
  return { steps: [{ command: { do: 'patch', kind, id, body } }], effects }
}

export function starting(resource: Resource): Repair {
  const shared = resource.kind === 'vpc' || resource.kind === 'nat-gateway'
  return setting(resource, { power: 'on' }, shared ? [effect('starts', { it: labelOf(resource) })] : [])
}

/** Changes a child of a draft and publishes it. */
export function changing(resource: Resource, path: ChildPath, body: object, effects: readonly Effect[] = []): Repair {
  return editing(resource, [childChange(resource, path, body)], effects)
}

/** Enables what runs disabled; what the draft has no more is put back into it. */
export function enabling(resource: Resource, ...path: ChildPath): Repair {
  const [list = '', id = '', ...deeper] = path
  const lost = deeper.length === 0 && !membersOf(resource.draft, list).some(each => each.id === id)
  if (!lost) return changing(resource, path, { enabled: true })
  const { id: _, ...rest } = membersOf(resource.live, list).find(each => each.id === id) ?? { id }
  return adding(resource, list, { ...rest, enabled: true })
}

function membersOf(version: object, list: string): readonly { readonly id: Id }[] {
  return (version as Readonly<Record<string, readonly { readonly id: Id }[]>>)[list] ?? []
}

function childChange({ kind, id }: Resource, path: ChildPath, body: object): Command {
  return { do: 'patch-child', kind, id, path, body }
}

function childAdded({ kind, id }: Resource, list: string, body: object): Command {
  return { do: 'add-child', kind, id, path: [list], body }
}

/** Adds a child to a draft and publishes it. */
function adding(resource: Resource, list: string, body: object, effects: readonly Effect[] = []): Repair {
  return editing(resource, [childAdded(resource, list, body)], effects)
}

/** Gives something a public address: a free one of its region, else a new one. */
export function binding(model: Model, holder: Holder): Repair {
  const eip = eipFor(model, holder)
  const body = holder.kind === 'vpc' ? { eip: eip.id } : { eips: [...holder.now.eips, eip.id] }
  const { kind, id } = holder
  return { steps: [...eip.steps, { command: { do: 'patch', kind, id, body } }], effects: eip.effects }
}

/** Lets a VPC of the free type out: another type, and a public address. */
export function retyping(model: Model, vpc: Vpc): Repair {
  const eip = eipFor(model, vpc)
  const { kind, id, now } = vpc
  const steps: Step[] = [{ command: { do: 'patch', kind, id, body: { type: 'small' } } }]
  const effects = [effect('retypes', { it: labelOf(vpc), from: now.type, to: 'small' })]
  if (now.eip !== null) return { steps, effects }
  return {
    steps: [...steps, ...eip.steps, { command: { do: 'patch', kind, id, body: { eip: eip.id } } }],
    effects: [...effects, ...eip.effects],
  }
}

/** Has a NAT gateway translate what comes from a subnet, with an address of its own where it has none yet. */
export function translating(model: Model, gateway: NatGateway, subnet: Subnet): Repair {
  const [held] = gateway.now.eips
  const bound = held === undefined ? binding(model, gateway) : { steps: [], effects: [] }
  const drafted = gateway.draft.snatRules.find(rule => rule.target === subnet.id)
  const eips = [held ?? eipIn(bound)]
  const rule = drafted
    ? childChange(gateway, ['snatRules', drafted.id], { enabled: true })
    : childAdded(gateway, 'snatRules', { target: subnet.id, eips })
  const translates = drafted ? [] : [effect('translates-all', { subnet: labelOf(subnet) })]
  const { steps, effects } = editing(gateway, [rule], translates)
  return { steps: [...bound.steps, ...steps], effects: [...bound.effects, ...effects] }
}

/** The public address that {@link binding} gives. */
export function eipIn({ steps }: Repair): Id {
  const last = steps.at(-1)?.command
  const body = last?.do === 'patch' ? (last.body as { readonly eips?: readonly Id[] }) : {}
  return body.eips?.at(-1) ?? ''
}

/** A NAT gateway of a VPC that leads out; undefined where there is none. */
function readyGateway(model: Model, vpc: Vpc): NatGateway | undefined {
  for (const member of model.members.get(vpc.id)?.values() ?? []) {
    if (member.kind === 'nat-gateway' && member.now.power === 'on' && member.now.eips.length > 0) return member
  }
  return undefined
}

/** Leads an address out of a VPC by what can: a NAT gateway, else the router, which gets a public address where it has none. */
export function leadingOut(model: Model, vpc: Vpc, table: RouteTable, destination: string): Repair {
  const gateway = table.now.serves === 'subnet' ? readyGateway(model, vpc) : undefined
  if (gateway) return leading(model, table, destination, { type: 'nat-gateway', id: gateway.id })
  const route = leading(model, table, destination, { type: 'router', id: vpc.id })
  const open = opening(model, vpc)
  if (!open) return route
  return { steps: [...open.steps, ...route.steps], effects: [...open.effects, ...route.effects] }
}

/** Lets servers of a VPC out, who need no route where the router has a public address. */
export function lettingOut(model: Model, vpc: Vpc, table: RouteTable, destination: string): Repair {
  return readyGateway(model, vpc)
    ? leadingOut(model, vpc, table, destination)
    : (opening(model, vpc) ?? applying(table))
}

/** Gives a router what it lacks for a way out; null where it lacks nothing. */
function opening(model: Model, vpc: Vpc): Repair | null {
  if (vpc.now.type === 'free') return retyping(model, vpc)
  return vpc.now.eip === null ? binding(model, vpc) : null
}

/** Adds a route to a table, for everything or for one source, and publishes it. */
export function leading(
  model: Model,
  table: RouteTable,
  destination: string,
  nextHop: Route['nextHop'],
  source: string | null = null,
): Repair {
  const subnets = [...(model.users.get(table.id) ?? [])]
    .flatMap(id => find(model, 'subnet', id) ?? [])
    .filter(({ now }) => now.routeTable === table.id)
  const effects =
    source === null && subnets.length > 0
      ? [effect('leads-all', { subnets: subnets.map(labelOf).join(', '), destination })]
      : []
  return adding(table, 'routes', { destination, ...(source === null ? {} : { source }), nextHop }, effects)
}

type Holder = Vpc | NatGateway | LoadBalancer

interface ChosenEip extends Repair {
  /** Its id, or in braces what the steps call it. */
  readonly id: string
}

function eipFor(model: Model, holder: Holder): ChosenEip {
  const zone = find(model, 'vpc', vpcOf(model, holder))?.now.zone ?? 'local'
  const free = [...all(model, 'eip')]
    .filter(eip => eip.now.zone === zone && !holderOf(model, eip.id))
    .reduce<Eip | null>((first, eip) => (first && first.createdAt <= eip.createdAt ? first : eip), null)
  if (free) return { id: free.id, steps: [], effects: [effect('binds', { address: free.now.address })] }
  const command: Command = { do: 'create', kind: 'eip', body: { zone } }
  return { id: '{eip}', steps: [{ command, as: 'eip' }], effects: [effect('buys', {})] }
}

function applyOf({ kind, id }: Resource): Command {
  return { do: 'apply', kind, id }
}

function waiting({ live, draft }: Resource): number {
  return [...differences(live, draft)].length
}

export function effect(code: Effect['code'], values: Effect['values']): Effect {
  return { code, values }
}
