import { hostsOf } from '../src/model/address.ts'
import type { Command } from '../src/model/command.ts'
import type { KindName } from '../src/model/kinds.ts'
import { all, isJoined, type Id, type JoinedSubnet, type Model, type ResourceOf } from '../src/model/model.ts'

/** Chooses with one of a move's numbers after another. */
export interface Chooser {
  of<T>(list: readonly T[]): T | undefined
  number(below: number): number
  yes(): boolean
}

/** What a command is about, as it comes from outside. */
export type Body = Readonly<Record<string, unknown>>
/** What a sort of move is in a model; undefined where there is nothing to move. */
export type Maker = (model: Model, pick: Chooser) => Command | undefined

/** The command that makes a resource. */
export const create = (kind: KindName, body: Body): Command => ({ do: 'create', kind, body })
/** The command that changes one. */
export const patch = (kind: KindName, id: Id, body: Body): Command => ({ do: 'patch', kind, id, body })
/** The command that adds a child. */
export const add = (kind: KindName, id: Id, path: readonly string[], body: Body): Command => ({
  do: 'add-child',
  kind,
  id,
  path,
  body,
})

/** Resources of a kind, in the order of their ids, so that a move means the same in equal models. */
export function listed<K extends KindName>(model: Model, kind: K): readonly ResourceOf<K>[] {
  return [...all(model, kind)].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The subnets of a VPC. */
export function subnetsOf(model: Model, vpc: Id): readonly JoinedSubnet[] {
  return listed(model, 'subnet')
    .filter(isJoined)
    .filter(s => s.now.vpc === vpc)
}

/** `10.0.0.0/16` and 3 make `10.0.3.0/24`. */
export function slice(range: string, n: number): string {
  const [a, b, c] = range.split('.')
  return `${a}.${b}.${Number(c) + n}.0/24`
}

/** The n-th host of a prefix, from 0. */
export function hostOf(range: string, n: number): string {
  const hosts = hostsOf(range)[Symbol.iterator]()
  for (let i = 0; i < n; i++) hosts.next()
  return (hosts.next().value as string | undefined) ?? range
}

/** An address of a server in a VPC, or one that a server could have. */
export function addressIn(model: Model, vpc: Id, pick: Chooser): string {
  const subnet = pick.of(subnetsOf(model, vpc))
  const server = pick.of(listed(model, 'server').filter(s => s.now.subnet === subnet?.id))
  return server?.now.address ?? (subnet ? hostOf(subnet.now.cidr, 3) : '10.0.0.4')
}

/** Any resource at all. */
export function anyOf(model: Model, pick: Chooser) {
  return pick.of([...model.resources.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))
}
