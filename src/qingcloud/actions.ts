import { accountActions } from './account.ts'
import type { Action } from './action.ts'
import { backendActions } from './backends.ts'
import { eipActions } from './eips.ts'
import { forwardPolicyActions } from './forward-policies.ts'
import { groupSnapshotActions } from './group-snapshots.ts'
import { instanceActions } from './instances.ts'
import { ipSetActions } from './ip-sets.ts'
import { jobActions } from './jobs.ts'
import { listenerActions } from './listeners.ts'
import { loadBalancerActions } from './load-balancers.ts'
import { monitoringActions } from './monitoring.ts'
import { natRuleActions } from './nat-rules.ts'
import { nfvActions } from './nfvs.ts'
import { routeTableActions } from './route-tables.ts'
import { routerActions } from './routers.ts'
import { routerStaticActions } from './router-statics.ts'
import { keyPairActions } from './key-pairs.ts'
import { nicActions } from './nics.ts'
import { runInstanceActions } from './run-instances.ts'
import { securityGroupActions } from './security-groups.ts'
import { serverCertificateActions } from './server-certificates.ts'
import { tagActions } from './tags.ts'
import { userDataActions } from './user-data.ts'
import { vipActions } from './vips.ts'
import { volumeActions } from './volumes.ts'
import { vxnetInstanceActions } from './vxnet-instances.ts'
import { vxnetActions } from './vxnets.ts'

/** What this API can do, by the part of the product that it is about, in the order of the documentation. */
export const sections: Readonly<Record<string, readonly Action[]>> = {
  'Regions, access keys and quotas': accountActions,
  'Load balancers': [...loadBalancerActions, ...listenerActions, ...backendActions],
  'Forwarding policies': forwardPolicyActions,
  'Server certificates': serverCertificateActions,
  Routers: [...routerActions, ...routerStaticActions],
  'Private networks': [...vxnetActions, ...vxnetInstanceActions],
  'Route tables': routeTableActions,
  'NAT gateways': [...nfvActions, ...natRuleActions],
  'Public addresses': eipActions,
  'Security groups': [...securityGroupActions, ...ipSetActions, ...groupSnapshotActions],
  'Interfaces and virtual addresses': [...nicActions, ...vipActions],
  Tags: tagActions,
  'Instances, key pairs and volumes': [
    ...instanceActions,
    ...runInstanceActions,
    ...keyPairActions,
    ...volumeActions,
    ...userDataActions,
  ],
  Monitoring: monitoringActions,
  Jobs: jobActions,
}

const byName = new Map(
  Object.values(sections)
    .flat()
    .flatMap(action => [action.name, ...action.aliases].map(name => [name, action] as const)),
)

/** An action by one of its names. */
export function actionCalled(name: string): Action | undefined {
  return byName.get(name)
}

const border = 'connect sites at the router upstream'
const tunnel = 'run a VPN on a server of the network'
const names = 'keep names in the DNS of your own, or in the private DNS of a router'
const span = 'name the members of a group by a tag'

/** What clients may ask for and is not there, with what to do instead. */
export const unsupported: ReadonlyMap<string, string> = new Map([
  ...[
    'CreateVpcBorders',
    'DescribeVpcBorders',
    'DeleteVpcBorders',
    'ModifyBorderAttributes',
    'JoinBorder',
    'LeaveBorder',
    'ConfigBorder',
    'AssociateBorder',
    'DissociateBorder',
    'AddBorderStatics',
    'DescribeBorderStatics',
    'ModifyBorderStatics',
    'DeleteBorderStatics',
    'CancelBorderStaticChanges',
    'DescribeBorderVxnets',
  ].map(name => [name, border] as const),
  ...['GetVPNCerts', 'AddRouterStaticEntries', 'ModifyRouterStaticEntryAttributes', 'DeleteRouterStaticEntries'].map(
    name => [name, tunnel] as const,
  ),
  ...['AssociateDNSAlias', 'DescribeDNSAliases', 'DissociateDNSAliases', 'GetDNSLabel'].map(
    name => [name, names] as const,
  ),
  ...[
    'CreateSpan',
    'DescribeSpans',
    'AddSpanMembers',
    'RemoveSpanMembers',
    'ModifySpanAttributes',
    'UpdateSpan',
    'DeleteSpans',
  ].map(name => [name, span] as const),
])
