import { changing, listing, reading } from './action.ts'
import { describe, named } from './describe.ts'
import { fail } from './failure.ts'
import { flag, list, text } from './parameters.ts'
import { spell, spelledAs } from './rule-values.ts'
import { snapshotView } from './security-group-view.ts'

/** Kept rules of security groups. */
export const groupSnapshotActions = [
  reading(
    'DescribeSecurityGroupSnapshots',
    {
      ...listing,
      security_group: text,
      security_group_snapshots: list(text).optional(),
      reverse: flag.default(true),
    },
    (asked, call) =>
      describe(call, 'group-snapshot', asked, {
        set: 'security_group_snapshot_set',
        ids: asked.security_group_snapshots,
        where: ({ now }) => now.group === asked.security_group,
        view: snapshot => snapshotView(snapshot, call),
      }),
  ),

  changing(
    'CreateSecurityGroupSnapshot',
    { security_group: text, name: text.default('') },
    async ({ security_group: group, name }, call) => {
      const { resource } = await call.run({ do: 'create', kind: 'group-snapshot', body: { group, name } })
      return { security_group_id: group, security_group_snapshot_id: resource?.id }
    },
    { names: { group: 'security_group' } },
  ),

  changing(
    'DeleteSecurityGroupSnapshots',
    { security_group_snapshots: list(text) },
    async ({ security_group_snapshots: ids }, call) => {
      await call.runAll(ids.map(id => ({ do: 'delete', kind: 'group-snapshot', id })))
      return { security_group_snapshots: ids }
    },
  ),

  changing(
    'RollbackSecurityGroup',
    { security_group: text, security_group_snapshot: text },
    async ({ security_group: id, security_group_snapshot: snapshot }, call) => {
      const group = call.heed(() => named(call, 'security-group', id))
      const kept = call.heed(() => named(call, 'group-snapshot', snapshot))
      if (!group || !kept) return {}
      const { now } = kept
      if (now.group !== id) fail(1400, `snapshot [${snapshot}] is of [${now.group}], not of [${id}]`)
      const there = new Set([...group.draft.rules, ...group.live.rules].map(rule => rule.id))
      // A rule that is no more comes back as a new one.
      const rules = now.rules.map(({ id: rule, ...rest }) => (there.has(rule) ? { ...rest, id: rule } : rest))
      const { resource } = await call.run({ do: 'patch', kind: 'security-group', id, body: { rules } })
      const { ledger } = call.cloud
      const made = resource?.kind === 'security-group' ? resource.draft.rules : []
      for (const [i, rule] of now.rules.entries()) spell(made[i]?.id ?? '', spelledAs(rule, ledger), ledger)
      return { security_group_id: id, security_group_snapshot_id: snapshot }
    },
  ),
]
