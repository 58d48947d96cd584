import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sections } from '../../src/qingcloud/actions.ts'
import { clientNames } from './clients.ts'
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
import { checkShape } from './shape.ts'
import { startSite } from './site.ts'

/** Every request that is answered as described; a file for every section. */
const rows: readonly Row[] = [
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

for (const { action, about, given, parameters = {}, answer, then, role, clients = clientNames } of rows) {
  test(`${action}${about === undefined ? '' : `: ${about}`}`, async t => {
    for (const client of clients) {
      const site = await startSite(t)
      const made = (await given?.(site)) ?? {}
      const asked = typeof parameters === 'function' ? parameters(made) : parameters
      const said = await site.ask(client, action, asked, role)
      assert.equal(said.message, undefined, `${client}: ${said.message}`)
      const expected = typeof answer === 'function' ? answer(made) : answer
      checkShape(said, { action: `${action}Response`, ret_code: 0, ...expected }, `${client}: answer`)
      await then?.(site, made, said)
      assert.deepEqual(site.bugs, [])
    }
  })
}

test('every action has a row', () => {
  const tested = new Set(rows.map(({ action }) => action))
  const names = Object.values(sections).flatMap(actions => actions.map(({ name }) => name))
  assert.deepEqual(
    names.filter(name => !tested.has(name)),
    [],
  )
})

test('no action is there twice', () => {
  const names = Object.values(sections)
    .flat()
    .flatMap(({ name, aliases }) => [name, ...aliases])
  assert.equal(new Set(names).size, names.length)
})
