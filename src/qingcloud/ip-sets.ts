import { changing, listing, reading } from './action.ts'
import { describe, named } from './describe.ts'
import { coded, list, text } from './parameters.ts'
import { ipSetTypes, ipSetView } from './security-group-view.ts'

const names = { name: 'security_group_ipset_name', members: 'val', type: 'ipset_type' }
const type = coded(ipSetTypes)

/** Sets of addresses and of ports, which rules of security groups name. */
export const ipSetActions = [
  reading(
    'DescribeSecurityGroupIPSets',
    {
      ...listing,
      security_group_ipsets: list(text).optional(),
      ipset_type: type.optional(),
      security_group_ipset_name: text.optional(),
    },
    (asked, call) =>
      describe(call, 'ip-set', asked, {
        set: 'security_group_ipset_set',
        ids: asked.security_group_ipsets,
        where: ({ name, now }) =>
          (asked.ipset_type === undefined || now.type === asked.ipset_type) &&
          (asked.security_group_ipset_name === undefined || name.includes(asked.security_group_ipset_name)),
        view: set => ipSetView(set, call),
      }),
  ),

  changing(
    'CreateSecurityGroupIPSet',
    { ipset_type: type, val: text, security_group_ipset_name: text.default('') },
    async ({ ipset_type: of, val, security_group_ipset_name: name }, call) => {
      const body = { type: of, members: membersIn(val), name }
      const { resource } = await call.run({ do: 'create', kind: 'ip-set', body })
      return { security_group_ipset_id: resource?.id }
    },
    { names },
  ),

  changing(
    'ModifySecurityGroupIPSetAttributes',
    {
      security_group_ipset: text,
      security_group_ipset_name: text.optional(),
      description: text.optional(),
      val: text.optional(),
    },
    async ({ security_group_ipset: id, security_group_ipset_name: name, description, val }, call) => {
      const body = { name, description, members: val === undefined ? undefined : membersIn(val) }
      await call.run({ do: 'patch', kind: 'ip-set', id, body })
      return { security_group_ipset_id: id }
    },
    { names },
  ),

  changing(
    'DeleteSecurityGroupIPSets',
    { security_group_ipsets: list(text) },
    async ({ security_group_ipsets: ids }, call) => {
      await call.runAll(ids.map(id => ({ do: 'delete', kind: 'ip-set', id })))
      return { security_group_ipsets: ids }
    },
  ),

  changing(
    'ApplySecurityGroupIPSets',
    { security_group_ipsets: list(text) },
    async ({ security_group_ipsets: ids }, call) => {
      const done = await call.runAll(ids.map(id => ({ do: 'apply', kind: 'ip-set', id })))
      return { job_id: call.job('updating', ids, done) }
    },
  ),

  changing(
    'CopySecurityGroupIPSets',
    { security_group_ipsets: list(text) },
    async ({ security_group_ipsets: ids }, call) => {
      const bodies = call
        .heedEach(ids, id => named(call, 'ip-set', id))
        .map(({ name, description, now, draft }) => ({ name, description, type: now.type, members: draft.members }))
      const done = await call.runAll(bodies.map(body => ({ do: 'create', kind: 'ip-set', body })))
      return { security_group_ipsets: done.flatMap(({ resource }) => resource?.id ?? []) }
    },
    { note: 'Copies within the installation' },
  ),
]

/** Several members stand with commas, blanks or lines between. */
function membersIn(val: string): readonly string[] {
  return val.split(/[\s,;|]+/).filter(member => member !== '')
}
