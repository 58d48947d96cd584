import type { Command } from '../model/command.ts'
import { find, type Id, type NatGateway } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { named, page } from './describe.ts'
import { bit } from './labels.ts'
import { dnatView, snatView, type DnatRule, type SnatRule } from './nfv-view.ts'
import { coded, flag, int, list, text } from './parameters.ts'

const names = {
  target: 'target_id',
  eips: 'eip_ids',
  eip: 'eip_id',
  port: 'public_port',
  toAddress: 'private_ip',
  toPort: 'private_port',
  enabled: 'enable',
}
const targetType = coded({ 0: 'subnet', 1: 'server' })
const staged = 'UpdateNFVs brings it into force'

/** The rules of NAT gateways. */
export const natRuleActions = [
  reading(
    'DescribeSnatRules',
    { ...listing, natgw_ids: list(text), target_type: list(int(0, 1)).optional() },
    (asked, call) => {
      const rules = gatewaysOf(call, asked.natgw_ids).flatMap(gateway =>
        gateway.draft.snatRules.map(rule => ({ gateway, rule })),
      )
      const wanted = rules.filter(
        ({ rule }) =>
          isWanted(rule, asked.status, asked.search_word, [rule.target]) &&
          (asked.target_type?.includes(bit(rule.target.startsWith('i-'))) ?? true),
      )
      return page(asked, 'snat_set', wanted, ({ rule, gateway }) => snatView(rule, gateway, call))
    },
  ),

  changing(
    'AddSnatRule',
    {
      natgw_id: text,
      name: text.default(''),
      target_id: text,
      target_type: targetType,
      eip_ids: list(text),
      enable: flag.default(true),
    },
    async ({ natgw_id: id, name, target_id: target, target_type: type, eip_ids: eips, enable: enabled }, call) => {
      expectTarget(call, type, target)
      const { child } = await add(call, id, 'snatRules', { name, target, eips, enabled })
      return { snat_ids: [child] }
    },
    { names, aliases: ['AddSnatRules'], note: staged },
  ),

  changing(
    'UpdateSnatRule',
    {
      natgw_id: text,
      snat_id: text,
      name: text.optional(),
      target_id: text.optional(),
      target_type: targetType.optional(),
      eip_ids: list(text).optional(),
      enable: flag.optional(),
    },
    async ({ natgw_id: id, snat_id: rule, name, target_id: target, target_type: type, ...given }, call) => {
      expectTarget(call, type, target)
      await call.run(changed(id, 'snatRules', rule, { name, target, eips: given.eip_ids, enabled: given.enable }))
      return { snat_id: rule }
    },
    { names, note: staged },
  ),

  changing(
    'DeleteSnatRules',
    { natgw_id: text, snat_ids: list(text) },
    async ({ natgw_id: id, snat_ids: ids }, call) => {
      await removeRules(call, id, 'snatRules', ids)
      return { snat_ids: ids }
    },
  ),

  reading('DescribeDnatRules', { ...listing, natgw_ids: list(text), protocol: text.optional() }, (asked, call) => {
    const rules = gatewaysOf(call, asked.natgw_ids).flatMap(gateway =>
      gateway.draft.dnatRules.map(rule => ({ gateway, rule })),
    )
    const wanted = rules.filter(
      ({ rule }) =>
        isWanted(rule, asked.status, asked.search_word, [rule.eip, rule.toAddress]) &&
        (asked.protocol === undefined || rule.protocol === asked.protocol),
    )
    return page(asked, 'dnat_set', wanted, ({ rule, gateway }) => dnatView(rule, gateway))
  }),

  changing(
    'AddDnatRule',
    {
      natgw_id: text,
      name: text.default(''),
      eip_id: text,
      protocol: text,
      public_port: text,
      private_ip: text,
      private_port: text,
      enable: flag.default(true),
    },
    async ({ natgw_id: id, name, eip_id: eip, protocol, enable: enabled, ...given }, call) => {
      const { public_port: port, private_ip: toAddress, private_port: toPort } = given
      const body = { name, eip, protocol, port, toAddress, toPort, enabled }
      const { child } = await add(call, id, 'dnatRules', body)
      return { dnat_ids: [child] }
    },
    { names, aliases: ['AddDnatRules'], note: staged },
  ),

  changing(
    'UpdateDnatRule',
    {
      natgw_id: text,
      dnat_id: text,
      name: text.optional(),
      eip_id: text.optional(),
      protocol: text.optional(),
      public_port: text.optional(),
      private_ip: text.optional(),
      private_port: text.optional(),
      enable: flag.optional(),
    },
    async ({ natgw_id: id, dnat_id: rule, name, eip_id: eip, protocol, enable: enabled, ...given }, call) => {
      const { public_port: port, private_ip: toAddress, private_port: toPort } = given
      await call.run(changed(id, 'dnatRules', rule, { name, eip, protocol, port, toAddress, toPort, enabled }))
      return { dnat_id: rule }
    },
    { names, note: staged },
  ),

  changing(
    'DeleteDnatRules',
    { natgw_id: text, dnat_ids: list(text) },
    async ({ natgw_id: id, dnat_ids: ids }, call) => {
      await removeRules(call, id, 'dnatRules', ids)
      return { dnat_ids: ids }
    },
  ),
]

/** Tells that a target is not of the type that it is said to be of. */
function expectTarget(call: Call, type: 'subnet' | 'server' | undefined, target: Id | undefined): void {
  if (type !== undefined && target !== undefined) call.heed(() => named(call, type, target))
}

type RuleList = 'snatRules' | 'dnatRules'

function gatewaysOf(call: Call, ids: readonly Id[]): readonly NatGateway[] {
  return [...new Set(ids)].flatMap(id => find(call.model(), 'nat-gateway', id) ?? [])
}

/** Whether a rule is switched as asked for, and is called, or concerns, what is sought. */
function isWanted(
  { id, name, enabled }: SnatRule | DnatRule,
  status: readonly string[] | undefined,
  word: string | undefined,
  concerns: readonly string[],
): boolean {
  if (status !== undefined && !status.includes(String(bit(enabled)))) return false
  return word === undefined || [id, name, ...concerns].some(each => each.toLowerCase().includes(word.toLowerCase()))
}

function add(call: Call, id: Id, rules: RuleList, body: object) {
  return call.run({ do: 'add-child', kind: 'nat-gateway', id, path: [rules], body })
}

function changed(id: Id, rules: RuleList, rule: Id, body: object): Command {
  return { do: 'patch-child', kind: 'nat-gateway', id, path: [rules, rule], body }
}

async function removeRules(call: Call, id: Id, path: RuleList, rules: readonly Id[]): Promise<void> {
  await call.runAll(rules.map(rule => ({ do: 'delete-child', kind: 'nat-gateway', id, path: [path, rule] })))
}
