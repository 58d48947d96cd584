import { Map as IMap, Set as ISet } from 'immutable'
import { same } from './same.ts'
import { addressNumber } from './address.ts'
import type { KindName, NowOf, SpecOf } from './kinds.ts'
import { refsOf } from './refs.ts'

export type Id = string

/** A resource as the model holds it. Frozen; a change makes a new one. */
export interface ResourceOf<K extends KindName> {
  readonly kind: K
  readonly id: Id
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  /** RFC 3339, UTC. */
  readonly createdAt: string
  /** What takes effect at once. */
  readonly now: NowOf<K>
  /** What edits change. */
  readonly draft: SpecOf<K>
  /** What the machines run; set by an apply, and by creation. */
  readonly live: SpecOf<K>
  /** The number of the live version, from 1. */
  readonly generation: number
  /** The model's revision in which anything of it last changed. */
  readonly revision: number
  /** The model's revision in which `now` or `live` last changed: what machines must have seen to be up to date. */
  readonly liveRevision: number
}

export type Resource<K extends KindName = KindName> = { [Each in K]: ResourceOf<Each> }[K]
export type Vpc = Resource<'vpc'>
export type Subnet = Resource<'subnet'>
/** A subnet that is in a VPC: it has all that comes with that. */
export type JoinedSubnet = Subnet & {
  readonly now: { readonly [K in 'vpc' | 'cidr' | 'gateway' | 'routeTable']: string }
}
export type RouteTable = Resource<'route-table'>
export type NatGateway = Resource<'nat-gateway'>
export type Eip = Resource<'eip'>
export type Certificate = Resource<'certificate'>
export type ForwardPolicy = Resource<'forward-policy'>
export type LoadBalancer = Resource<'load-balancer'>
export type Listener = LoadBalancer['live']['listeners'][number]
export type Backend = Listener['backends'][number]
export type SecurityGroup = Resource<'security-group'>
export type Server = Resource<'server'>
export type Nic = Resource<'nic'>
export type Vip = Resource<'vip'>
export type Volume = Resource<'volume'>
export type PolicyTest = Resource<'policy-test'>
export type Tag = Resource<'tag'>
export type GroupSnapshot = Resource<'group-snapshot'>
export type Zone = Resource<'zone'>

/** A version that an apply published, kept for comparison and rollback. */
export interface Generation<K extends KindName = KindName> {
  readonly of: Id
  readonly number: number
  /** RFC 3339, UTC. */
  readonly at: string
  readonly author: string
  readonly spec: SpecOf<K>
}

/** Everything that users asked for. Immutable, with structural sharing: a commit makes a new one. */
export interface Model {
  /** Grows by one with every commit. */
  readonly revision: number
  readonly resources: IMap<Id, Resource>
  /** Published versions by `<id>@<number>`. */
  readonly generations: IMap<string, Generation>
  /** Ids by kind. */
  readonly byKind: IMap<KindName, ISet<Id>>
  /** Who refers to an id, by now, draft or live: the reverse of every reference. */
  readonly users: IMap<Id, ISet<Id>>
  /** What lies in a VPC, itself included, and under {@link nowhere} what could lie in one; shared things (groups, EIPs) never do. */
  readonly members: IMap<Id, IMap<Id, Resource>>
  /** EIPs by public address, in blocks: whoever looks for a free one passes over a full block in one step. */
  readonly byAddress: IMap<number, IMap<string, ISet<Id>>>
  /** Servers by what they brought with them, see {@link attachmentOf}. */
  readonly byAttachment: IMap<string, ISet<Id>>
  /** What was put or removed since the last commit: ids of resources, keys of generations. */
  readonly changes: ISet<string>
  /** What the commit that made this revision put or removed: for whoever saw the revision before. */
  readonly changed: ISet<string>
}

export const emptyModel: Model = {
  revision: 0,
  resources: IMap(),
  generations: IMap(),
  byKind: IMap(),
  users: IMap(),
  members: IMap(),
  byAddress: IMap(),
  byAttachment: IMap(),
  changes: ISet(),
  changed: ISet(),
}

/** A resource by id, if it is of this kind. */
export function find<K extends KindName>(model: Model, kind: K, id: Id | null | undefined): ResourceOf<K> | undefined {
  const resource = id == null ? undefined : model.resources.get(id)
  return resource?.kind === kind ? (resource as unknown as ResourceOf<K>) : undefined
}

/** A resource that a checked model must hold; its absence is a bug and throws. */
export function get<K extends KindName>(model: Model, kind: K, id: Id): ResourceOf<K> {
  const resource = find(model, kind, id)
  if (!resource) throw new Error(`no ${kind} ${id} in revision ${model.revision}`)
  return resource
}

/** All resources of a kind, in no particular order. */
export function* all<K extends KindName>(model: Model, kind: K): Iterable<ResourceOf<K>> {
  for (const id of model.byKind.get(kind) ?? []) yield get(model, kind, id)
}

/** Whether a subnet of a checked model is in a VPC. */
export function isJoined(subnet: Subnet): subnet is JoinedSubnet {
  return subnet.now.vpc !== null
}

/** The VPC that a resource lies in; undefined for shared things, and for what is in no subnet or in one without a VPC. */
export function vpcOf(model: Model, resource: Resource): Id | undefined {
  const home = homeOf(model, resource)
  return home === nowhere ? undefined : home
}

/** Kinds whose resources could lie in a VPC. */
export const placedKinds: readonly KindName[] = [
  'vpc',
  'subnet',
  'route-table',
  'nat-gateway',
  'server',
  'nic',
  'vip',
  'load-balancer',
]

/** Where {@link Model.members} keeps what could lie in a VPC and does not. */
export const nowhere = ''

function homeOf(model: Model, resource: Resource): Id | undefined {
  switch (resource.kind) {
    case 'vpc':
      return resource.id
    case 'subnet':
    case 'route-table':
    case 'nat-gateway':
      return resource.now.vpc ?? nowhere
    case 'server':
    case 'nic':
    case 'vip':
    case 'load-balancer':
      return find(model, 'subnet', resource.now.subnet)?.now.vpc ?? nowhere
    default:
      return undefined
  }
}

/** The model with this resource in it, in place of an older version. Does not touch the revision. */
export function put(model: Model, resource: Resource): Model {
  const before = model.resources.get(resource.id)
  const cleared = before ? unindex(model, before) : model
  const next = { ...cleared, resources: cleared.resources.set(resource.id, resource) }
  const home = homeOf(next, resource)
  const members = resource.kind === 'subnet' ? withMoved(model, resource.id, next, resource.now.vpc) : next.members
  return {
    ...next,
    byKind: next.byKind.update(resource.kind, ISet<Id>(), ids => ids.add(resource.id)),
    users: next.users.withMutations(users => {
      for (const id of refsOf(resource)) users.update(id, ISet<Id>(), ids => ids.add(resource.id))
    }),
    members:
      home === undefined ? members : members.update(home, IMap<Id, Resource>(), m => m.set(resource.id, resource)),
    byAddress: resource.kind === 'eip' ? withAddress(next.byAddress, resource) : next.byAddress,
    byAttachment: withAttachment(next.byAttachment, resource),
    changes: next.changes.add(resource.id),
  }
}

/** The model with a published version kept. */
export function putGeneration(model: Model, generation: Generation): Model {
  const key = generationKey(generation.of, generation.number)
  return { ...model, generations: model.generations.set(key, generation), changes: model.changes.add(key) }
}

/** The model without a published version. */
export function removeGeneration(model: Model, of: Id, number: number): Model {
  const key = generationKey(of, number)
  if (!model.generations.has(key)) return model
  return { ...model, generations: model.generations.delete(key), changes: model.changes.add(key) }
}

/** Where the model keeps a resource's published version. */
export function generationKey(of: Id, number: number): string {
  return `${of}@${number}`
}

/** The model as its store keeps it: the revision grown by one, nothing left to write. */
export function committed(model: Model): Model {
  return { ...model, revision: model.revision + 1, changes: ISet(), changed: model.changes }
}

/** The model without this resource; its generations stay. */
export function remove(model: Model, id: Id): Model {
  const before = model.resources.get(id)
  if (!before) return model
  const cleared = unindex(model, before)
  return {
    ...cleared,
    resources: cleared.resources.delete(id),
    members: before.kind === 'subnet' ? withMoved(model, id, cleared, null) : cleared.members,
    byKind: withoutMember(cleared.byKind, before.kind, id),
    changes: cleared.changes.add(id),
  }
}

function unindex(model: Model, before: Resource): Model {
  const home = homeOf(model, before)
  return {
    ...model,
    users: [...refsOf(before)].reduce((users, id) => withoutMember(users, id, before.id), model.users),
    members: home === undefined ? model.members : without(model.members, home, before.id),
    byAddress: before.kind === 'eip' ? withoutAddress(model.byAddress, before) : model.byAddress,
    byAttachment: withoutAttachment(model.byAttachment, before),
  }
}

/** The members once those of a subnet followed it into a VPC, or out of one. */
function withMoved(before: Model, subnet: Id, { members, users, resources }: Model, vpc: Id | null): Model['members'] {
  const [from, to] = [find(before, 'subnet', subnet)?.now.vpc ?? nowhere, vpc ?? nowhere]
  if (from === to) return members
  return [...(users.get(subnet) ?? [])].reduce((moved, id) => {
    const user = resources.get(id)
    if (!user || !('subnet' in user.now) || user.now.subnet !== subnet) return moved
    return without(moved, from, id).update(to, IMap<Id, Resource>(), there => there.set(id, user))
  }, members)
}

/** How many addresses {@link Model.byAddress} keeps together. */
export const addressBlock = 64

/** The block that an address is kept in. */
function blockOf(address: string): number {
  return Math.floor(addressNumber(address) / addressBlock)
}

/** The EIPs with a public address: none, or one in a checked model. */
export function eipsAt(model: Model, address: string): Iterable<Id> {
  return model.byAddress.get(blockOf(address))?.get(address) ?? []
}

function withAddress(byAddress: Model['byAddress'], { id, now: { address } }: Eip): Model['byAddress'] {
  return byAddress.update(blockOf(address), IMap<string, ISet<Id>>(), block =>
    block.update(address, ISet<Id>(), ids => ids.add(id)),
  )
}

function withoutAddress(byAddress: Model['byAddress'], { id, now: { address } }: Eip): Model['byAddress'] {
  const left = withoutMember(byAddress.get(blockOf(address)) ?? IMap<string, ISet<Id>>(), address, id)
  return left.size > 0 ? byAddress.set(blockOf(address), left) : byAddress.delete(blockOf(address))
}

/** What a server brought with it, which no other can have: a namespace's path or a tap device; null for one of ours. */
export function attachmentOf({ now: { attach } }: Server): string | null {
  if (attach.type === 'namespace') return null
  return attach.type === 'tap' ? attach.device : attach.path.replace(/^\/var\/run\//, '/run/')
}

function withAttachment(byAttachment: Model['byAttachment'], resource: Resource): Model['byAttachment'] {
  const attachment = resource.kind === 'server' ? attachmentOf(resource) : null
  if (attachment === null) return byAttachment
  return byAttachment.update(attachment, ISet<Id>(), ids => ids.add(resource.id))
}

function withoutAttachment(byAttachment: Model['byAttachment'], resource: Resource): Model['byAttachment'] {
  const attachment = resource.kind === 'server' ? attachmentOf(resource) : null
  return attachment === null ? byAttachment : withoutMember(byAttachment, attachment, resource.id)
}

function without(members: Model['members'], vpc: Id, id: Id): Model['members'] {
  const left = (members.get(vpc) ?? IMap<Id, Resource>()).delete(id)
  return left.size > 0 ? members.set(vpc, left) : members.delete(vpc)
}

function withoutMember<Key>(sets: IMap<Key, ISet<Id>>, key: Key, id: Id): IMap<Key, ISet<Id>> {
  const left = (sets.get(key) ?? ISet<Id>()).delete(id)
  return left.size > 0 ? sets.set(key, left) : sets.delete(key)
}

/** Whether the draft says the same as what runs. */
export function isApplied(resource: Resource): boolean {
  return same(resource.draft, resource.live)
}
