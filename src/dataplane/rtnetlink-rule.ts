import { localTable, type Condition } from '../host/item.ts'
import { attribute, attributesOf, flag, text, textOf, u32, u8, type Message, type Request } from './netlink.ts'
import { ipBytes, ipText, madeByKernel, madeByOperator, prefixOf, rtm } from './rtnetlink.ts'

/** What a policy rule asks for. */
export interface RuleSpec extends Condition {
  readonly priority: number
  readonly from: string
  readonly table: number
}

/** A policy rule as the kernel has it. */
export interface Rule extends RuleSpec {
  readonly protocol: number
}

const afInet = 2
const fra = { source: 2, iif: 3, priority: 6, mark: 10, table: 15, mask: 16, protocol: 21 }
const wholeMark = 0xffffffff

/** The body of a dump of IPv4 rules. */
export const allRules = ruleHeader(0, 0)

/** The rule with which every namespace begins: its own addresses are asked for before anything else. */
export const localFirst: RuleSpec = { priority: 0, from: 'all', table: localTable }

/** Whether a rule is to take the place of {@link localFirst}, later: without either nothing arrives. */
export function isLocalLater({ table }: Pick<RuleSpec, 'table'>): boolean {
  return table === localTable
}

/** What brings a rule about. One that is there already is as good, and so is one to be deleted that is not. */
export function putRule(rule: RuleSpec): Request[] {
  return [newRule(rule), ...(isLocalLater(rule) ? [delRule(localFirst)] : [])]
}

/** What takes a rule away; as good is the same as for {@link putRule}. */
export function removeRule(rule: RuleSpec): Request[] {
  return [...(isLocalLater(rule) ? [newRule(localFirst)] : []), delRule(rule)]
}

function newRule(rule: RuleSpec): Request {
  const protocol = rule === localFirst ? madeByKernel : madeByOperator
  const body = Buffer.concat([ruleBody(rule), attribute(fra.protocol, u8(protocol))])
  return { type: rtm.newRule, flags: flag.create | flag.exclusive, body }
}

function delRule(rule: RuleSpec): Request {
  return { type: rtm.delRule, flags: 0, body: ruleBody(rule) }
}

export function ruleOf({ body }: Message): Rule {
  const attributes = attributesOf(body, 12)
  const number = (key: number) => attributes.get(key)?.readUInt32LE(0) ?? 0
  const [from, iif] = [attributes.get(fra.source), attributes.get(fra.iif)]
  return {
    priority: number(fra.priority),
    from: from ? `${ipText(from)}/${body[2]!}` : 'all',
    table: number(fra.table) || body[4]!,
    protocol: attributes.get(fra.protocol)?.[0] ?? 0,
    ...(iif ? { iif: textOf(iif) } : {}),
    ...(attributes.has(fra.mark) ? { mark: number(fra.mark) } : {}),
  }
}

function ruleBody({ priority, from, table, iif, mark }: RuleSpec): Buffer {
  const [address, length] = from === 'all' ? ['', 0] : prefixOf(from)
  return Buffer.concat([
    ruleHeader(length, 1),
    ...(address === '' ? [] : [attribute(fra.source, ipBytes(address))]),
    ...(iif === undefined ? [] : [attribute(fra.iif, text(iif))]),
    ...(mark === undefined ? [] : [attribute(fra.mark, u32(mark)), attribute(fra.mask, u32(wholeMark))]),
    attribute(fra.priority, u32(priority)),
    attribute(fra.table, u32(table)),
  ])
}

function ruleHeader(fromLength: number, action: number): Buffer {
  return Buffer.of(afInet, 0, fromLength, 0, 0, 0, 0, action, 0, 0, 0, 0)
}
