import {
  find,
  get,
  remove,
  removeGeneration,
  type GroupSnapshot,
  type Id,
  type NatGateway,
  type Resource,
  type RouteTable,
} from '../model.ts'
import { holdersOf } from '../rules/zone.ts'
import { quotas } from '../quota.ts'
import { retag } from './move.ts'
import { change, refuse, type Work } from './work.ts'

/** Removes a resource with what belongs to it. Refused while others use it; `force` first takes an EIP from its users. */
export function drop(work: Work, old: Resource, force: boolean): void {
  if ('isDefault' in old.now && old.now.isDefault) refuse({ code: 'is-default', at: '', resource: old.id })
  if (old.kind === 'nat-gateway') for (const table of tablesTo(work, old.id)) withoutRoutesTo(work, table, old.id)
  if (old.kind === 'eip' && force) release(work, old.id)
  if (old.kind === 'server') detach(work, old.id)
  if (old.kind === 'tag') retag(work, old.name, [])
  if (old.kind === 'security-group') for (const snapshot of snapshotsOf(work, old.id)) erase(work, snapshot)
  const own = old.kind === 'vpc' ? defaultTableOf(work, old.id) : undefined
  const users = [...(work.model.users.get(old.id) ?? [])].filter(id => id !== old.id && id !== own?.id)
  if (own) users.push(...[...(work.model.users.get(own.id) ?? [])].filter(id => id !== old.id))
  if (users.length > 0) refuse({ code: 'in-use', at: '', resource: old.id, values: { users: usersText(work, users) } })
  if (own) erase(work, own)
  erase(work, old)
}

function erase(work: Work, { id, generation }: Resource): void {
  work.model = remove(work.model, id)
  for (let n = generation; n > generation - quotas.generations && n > 0; n--)
    work.model = removeGeneration(work.model, id, n)
}

function usersText({ model }: Work, ids: readonly Id[]): string {
  const shown = [...new Set(ids)]
    .sort()
    .slice(0, 10)
    .map(id => {
      const name = model.resources.get(id)?.name
      return name ? `${id} (${name})` : id
    })
  const more = new Set(ids).size - shown.length
  return shown.join(', ') + (more > 0 ? `, … +${more}` : '')
}

function defaultTableOf({ model }: Work, vpc: Id): RouteTable | undefined {
  return [...(model.members.get(vpc)?.values() ?? [])].find(m => m.kind === 'route-table' && m.now.isDefault) as
    | RouteTable
    | undefined
}

function tablesTo({ model }: Work, gateway: Id): RouteTable[] {
  return [...(model.users.get(gateway) ?? [])].flatMap(id => find(model, 'route-table', id) ?? [])
}

/** Takes the routes to a gateway out of a table, out of what runs too. */
function withoutRoutesTo(work: Work, table: RouteTable, gateway: Id): void {
  const keep = (spec: RouteTable['draft']) => ({
    ...spec,
    routes: spec.routes.filter(({ nextHop }) => nextHop.type !== 'nat-gateway' || nextHop.id !== gateway),
  })
  change(work, table, { draft: keep(table.draft), live: keep(table.live) })
  work.touched.add(table.id)
}

/** Frees the volumes and interfaces of a server. */
function detach(work: Work, server: Id): void {
  for (const id of work.model.users.get(server) ?? []) {
    const user = work.model.resources.get(id)
    if (user?.kind === 'volume') change(work, user, { now: { ...user.now, server: null } })
    else if (user?.kind === 'nic') change(work, user, { now: { ...user.now, server: null, sequence: null } })
    else continue
    work.touched.add(id)
  }
}

function snapshotsOf({ model }: Work, group: Id): GroupSnapshot[] {
  return [...(model.users.get(group) ?? [])].flatMap(id => find(model, 'group-snapshot', id) ?? [])
}

/** Takes an EIP from whoever holds it: rules that used only it go, others lose it. */
function release(work: Work, eip: Id): void {
  for (const { holder } of holdersOf(work.model, eip)) {
    work.touched.add(holder.id)
    switch (holder.kind) {
      case 'vpc':
        change(work, holder, { now: { ...holder.now, eip: null } })
        break
      case 'server':
        change(work, holder, { now: { ...holder.now, eip: null } })
        break
      case 'load-balancer':
        change(work, holder, { now: { ...holder.now, eips: holder.now.eips.filter(id => id !== eip) } })
        break
      case 'nat-gateway':
        unbind(work, get(work.model, 'nat-gateway', holder.id), [eip])
        break
    }
  }
}

/** Takes EIPs from a NAT gateway and from its rules, running ones too. */
export function unbind(work: Work, gateway: NatGateway, eips: readonly Id[]): void {
  const left = (ids: readonly Id[]) => ids.filter(id => !eips.includes(id))
  const freed = (spec: NatGateway['draft']): NatGateway['draft'] => ({
    ...spec,
    snatRules: spec.snatRules.map(rule => ({ ...rule, eips: left(rule.eips) })).filter(rule => rule.eips.length > 0),
    dnatRules: spec.dnatRules.filter(rule => !eips.includes(rule.eip)),
  })
  const now = { ...gateway.now, eips: left(gateway.now.eips) }
  change(work, gateway, { now, draft: freed(gateway.draft), live: freed(gateway.live) })
}
