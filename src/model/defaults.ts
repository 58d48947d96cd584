import { defaultGroup } from './allocate.ts'
import type { Context } from './command.ts'
import { edit } from './edit.ts'
import type { Model, Zone } from './model.ts'

/** The model with what everything else stands on: the region `local` with its pools, and the default security group. */
export function ensureDefaults(model: Model, context: Context & { readonly pools: Zone['now']['pools'] }): Model {
  const zoned = model.resources.has('local')
    ? model
    : edit(model, { do: 'create', kind: 'zone', body: { id: 'local', name: 'local', pools: context.pools } }, context)
        .model
  return defaultGroup(zoned) === undefined
    ? edit(
        zoned,
        { do: 'create', kind: 'security-group', body: { name: 'default', isDefault: true, rules: openRules } },
        context,
      ).model
    : zoned
}

/** What a new network admits before anybody says more: SSH and ping. */
const openRules = [
  { name: 'ssh', direction: 'ingress', action: 'accept', protocol: 'tcp', ports: '22' },
  { name: 'ping', direction: 'ingress', action: 'accept', protocol: 'icmp', icmpType: 8 },
]
