import { accountActions } from './account.ts'
import type { Action } from './action.ts'
import { eipActions } from './eips.ts'
import { groupSnapshotActions } from './group-snapshots.ts'
import { ipSetActions } from './ip-sets.ts'
import { jobActions } from './jobs.ts'
import { securityGroupActions } from './security-groups.ts'

/** What this API can do, by the part of the product that it is about, in the order of the documentation. */
export const sections: Readonly<Record<string, readonly Action[]>> = {
  'Regions, access keys and quotas': accountActions,
  'Public addresses': eipActions,
  'Security groups': [...securityGroupActions, ...ipSetActions, ...groupSnapshotActions],
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
  ['GetVPNCerts', tunnel],
])
