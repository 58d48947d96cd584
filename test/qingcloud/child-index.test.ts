import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { all } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'
import type { Call } from '../../src/qingcloud/action.ts'
import { parentOf } from '../../src/qingcloud/child-index.ts'
import { commandOf, moves } from '../any-command.ts'
import { startSite } from './site.ts'

test('whatever changes, and however often one looks, a child is found where it is', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(moves(['securityGroup', 'rule', 'rule', 'rule', 'toggleChild', 'remove', 'publish']), fc.boolean()),
        {
          maxLength: 40,
        },
      ),
      async steps => {
        const site = await startSite(t)
        const call = { cloud: site.cloud } as Call
        const seen = new Set<string>()
        for (const [move, looks] of steps) {
          const command = commandOf(site.cloud.model(), move)
          if (!command) continue
          await site.core.commands.run(command, 'test').catch((error: unknown) => assert.ok(error instanceof Refused))
          for (const { draft } of all(site.cloud.model(), 'security-group'))
            for (const { id } of draft.rules) seen.add(id)
          if (!looks) continue
          const right = new Map(
            [...all(site.cloud.model(), 'security-group')].flatMap(group =>
              group.draft.rules.map(rule => [rule.id, group]),
            ),
          )
          for (const id of seen) assert.equal(parentOf(call, 'security-group', id), right.get(id))
        }
      },
    ),
    { numRuns: 30 },
  )
})
