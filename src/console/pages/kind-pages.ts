import type { KindName } from '../../model/kinds.ts'
import { certificates } from './certificates.ts'
import { eips } from './eips.ts'
import { forwardPolicies } from './forward-policies.ts'
import { groupSnapshots } from './group-snapshots.ts'
import { ipSets } from './ip-sets.ts'
import { keyPairs } from './key-pairs.ts'
import type { KindPage } from './kind-page.ts'
import { loadBalancers } from './load-balancers.ts'
import { natGateways } from './nat-gateways.ts'
import { nics } from './nics.ts'
import { policyTests } from './policy-tests.ts'
import { routeTables } from './route-tables.ts'
import { securityGroups } from './security-groups.ts'
import { servers } from './servers.ts'
import { subnets } from './subnets.ts'
import { tags } from './tags.ts'
import { vips } from './vips.ts'
import { volumes } from './volumes.ts'
import { vpcs } from './vpcs.ts'
import { zones } from './zones.ts'

/** The pages of every kind. */
export const kindPages: Readonly<Record<KindName, KindPage>> = {
  zone: zones,
  tag: tags,
  'ip-set': ipSets,
  'security-group': securityGroups,
  'group-snapshot': groupSnapshots,
  eip: eips,
  vpc: vpcs,
  'route-table': routeTables,
  'nat-gateway': natGateways,
  subnet: subnets,
  'key-pair': keyPairs,
  server: servers,
  volume: volumes,
  nic: nics,
  vip: vips,
  certificate: certificates,
  'forward-policy': forwardPolicies,
  'load-balancer': loadBalancers,
  'policy-test': policyTests,
}
