import type { z } from 'zod'
import { certificate } from './certificate.ts'
import { eip } from './eip.ts'
import { forwardPolicy } from './forward-policy.ts'
import { groupSnapshot } from './group-snapshot.ts'
import { ipSet } from './ip-set.ts'
import { keyPair } from './key-pair.ts'
import { loadBalancer } from './load-balancer.ts'
import { natGateway } from './nat-gateway.ts'
import { nic } from './nic.ts'
import { policyTest } from './policy-test.ts'
import { routeTable } from './route-table.ts'
import { securityGroup } from './security-group.ts'
import { server } from './server.ts'
import { subnet } from './subnet.ts'
import { tag } from './tag.ts'
import { vip } from './vip.ts'
import { volume } from './volume.ts'
import { vpc } from './vpc.ts'
import { zone } from './zone.ts'

/** Every kind of resource, by its word. The order is that of creation: nothing needs a later kind to exist. */
export const kinds = {
  zone,
  tag,
  'ip-set': ipSet,
  'security-group': securityGroup,
  'group-snapshot': groupSnapshot,
  eip,
  vpc,
  'route-table': routeTable,
  'nat-gateway': natGateway,
  subnet,
  'key-pair': keyPair,
  server,
  volume,
  nic,
  vip,
  certificate,
  'forward-policy': forwardPolicy,
  'load-balancer': loadBalancer,
  'policy-test': policyTest,
} as const

export type KindName = keyof typeof kinds
export const kindNames = Object.keys(kinds) as readonly KindName[]

/** What takes effect at once, of a resource of kind K. */
export type NowOf<K extends KindName> = z.output<(typeof kinds)[K]['now']>
/** What an apply publishes, of a resource of kind K. */
export type SpecOf<K extends KindName> = z.output<(typeof kinds)[K]['spec']>

/** Whether applies mean anything for a kind: it has something to stage. */
export function isStaged(kind: KindName): boolean {
  return Object.keys(kinds[kind].spec.shape).length > 0
}
