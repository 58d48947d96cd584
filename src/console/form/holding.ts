import type { Client } from '../../client/api-client.ts'
import type { Id } from '../../model/model.ts'
import type { Shown } from '../server/queries.ts'

/** The kinds that can hold a public IP. */
export const holderKinds = ['vpc', 'nat-gateway', 'load-balancer', 'server'] as const
export type HolderKind = (typeof holderKinds)[number]

/** How many public IPs one of them can hold. */
const most: Readonly<Record<HolderKind, number>> = { vpc: 1, server: 1, 'nat-gateway': 10, 'load-balancer': 4 }

/** Whether there is room for one more public IP; a VPC of the free type has none. */
export function mayHoldOneMore(holder: Shown): boolean {
  if (!isHolder(holder.kind) || (holder.kind === 'vpc' && holder.type === 'free')) return false
  return heldBy(holder).length < most[holder.kind]
}

/** Binds a public IP to a resource. It takes effect at once. */
export async function bind(server: Client, eip: Id, kind: HolderKind, id: Id): Promise<void> {
  const holder = (await server.get(kind, id)) as Shown
  await hold(server, holder, [...heldBy(holder), eip])
}

/** Takes a public IP from its holder; with force from the rules of a NAT gateway that use it too. */
export async function unbind(server: Client, eip: Shown, force = false): Promise<void> {
  if (eip.kind !== 'eip' || eip.boundTo === null) return
  const holder = (await server.get(eip.boundTo.kind, eip.boundTo.id)) as Shown
  const others = heldBy(holder).filter(id => id !== eip.id)
  await hold(server, holder, others, force && holder.kind === 'nat-gateway' ? { force } : {})
}

function hold(server: Client, { kind, id, revision }: Shown, eips: readonly Id[], also: object = {}): Promise<unknown> {
  const body = kind === 'vpc' || kind === 'server' ? { eip: eips[0] ?? null } : { eips, ...also }
  return server.patch(kind, id, body, { ifRevision: revision })
}

function heldBy(holder: Shown): readonly Id[] {
  if (holder.kind === 'vpc' || holder.kind === 'server') return holder.eip === null ? [] : [holder.eip]
  return holder.kind === 'nat-gateway' || holder.kind === 'load-balancer' ? holder.eips : []
}

function isHolder(kind: string): kind is HolderKind {
  return (holderKinds as readonly string[]).includes(kind)
}
