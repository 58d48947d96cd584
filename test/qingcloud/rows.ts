import type { Row } from './row.ts'
import { rows as account } from './rows/account.ts'
import { rows as backends } from './rows/backends.ts'
import { rows as eips } from './rows/eips.ts'
import { rows as forwardPolicies } from './rows/forward-policies.ts'
import { rows as groupSnapshots } from './rows/group-snapshots.ts'
import { rows as instances } from './rows/instances.ts'
import { rows as jobs } from './rows/jobs.ts'
import { rows as listeners } from './rows/listeners.ts'
import { rows as listenerValues } from './rows/listener-values.ts'
import { rows as loadBalancers } from './rows/load-balancers.ts'
import { rows as keyPairs } from './rows/key-pairs.ts'
import { rows as natRules } from './rows/nat-rules.ts'
import { rows as nfvs } from './rows/nfvs.ts'
import { rows as nics } from './rows/nics.ts'
import { rows as routeTables } from './rows/route-tables.ts'
import { rows as routerStatics } from './rows/router-statics.ts'
import { rows as routers } from './rows/routers.ts'
import { rows as monitoring } from './rows/monitoring.ts'
import { rows as runInstances } from './rows/run-instances.ts'
import { rows as securityGroups } from './rows/security-groups.ts'
import { rows as serverCertificates } from './rows/server-certificates.ts'
import { rows as tags } from './rows/tags.ts'
import { rows as volumes } from './rows/volumes.ts'
import { rows as vxnets } from './rows/vxnets.ts'

/** Every request that is answered as described; a file for every section. */
export const rows: readonly Row[] = [
  ...account,
  ...loadBalancers,
  ...listeners,
  ...listenerValues,
  ...backends,
  ...forwardPolicies,
  ...serverCertificates,
  ...routers,
  ...routerStatics,
  ...vxnets,
  ...routeTables,
  ...nfvs,
  ...natRules,
  ...eips,
  ...securityGroups,
  ...groupSnapshots,
  ...nics,
  ...tags,
  ...instances,
  ...runInstances,
  ...keyPairs,
  ...volumes,
  ...monitoring,
  ...jobs,
]
