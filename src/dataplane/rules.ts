import { attributesOf, attributeList, textOf } from './netlink.ts'
import { tableName } from '../host/ruleset-text.ts'
import type { Ruleset } from '../host/ruleset.ts'
import type { Space } from './space.ts'

/** A rule of our table as the kernel has it. */
export interface KernelRule {
  readonly family: Ruleset['family']
  readonly chain: string
  /** Where in the chain it stands, from 0. */
  readonly index: number
  /** The kernel's number for it. */
  readonly handle: number
  /** The id of what caused it: its comment. */
  readonly for: string
  /** What it has counted since it was made; null where it counts nothing of its own. */
  readonly counted: { readonly packets: number; readonly bytes: number } | null
}

const getRule = (10 << 8) | 7
const none = Buffer.alloc(0)
const families = { ip: 2, bridge: 7 } as const

/** All rules of our table of a family in a namespace, in the order of their chains. */
export function rulesIn(space: Space, family: Ruleset['family']): KernelRule[] {
  const places = new Map<string, number>()
  return space.netfilter.dump(getRule, Buffer.of(families[family], 0, 0, 0)).flatMap(({ body }) => {
    const rule = attributesOf(body, 4)
    if (textOf(rule.get(1)) !== tableName || body[0] !== families[family]) return []
    const chain = textOf(rule.get(2))
    const index = places.get(chain) ?? 0
    places.set(chain, index + 1)
    const handle = Number(rule.get(3)?.readBigUInt64BE(0) ?? 0n)
    return [
      { family, chain, index, handle, for: commentOf(rule.get(7) ?? none), counted: countedBy(rule.get(4) ?? none) },
    ]
  })
}

/** The comment in what was kept of a rule for its user: entries of a type, a length and a text. */
function commentOf(data: Buffer): string {
  for (let at = 0; at + 2 <= data.length; at += 2 + data[at + 1]!) {
    if (data[at] === 0) return textOf(data.subarray(at + 2, at + 2 + data[at + 1]!))
  }
  return ''
}

/** What the counter among the expressions of a rule says. */
function countedBy(expressions: Buffer): KernelRule['counted'] {
  for (const each of attributeList(expressions)) {
    const expression = attributesOf(each)
    if (textOf(expression.get(1)) !== 'counter') continue
    const counter = attributesOf(expression.get(2) ?? none)
    const number = (attribute: number) => Number(counter.get(attribute)?.readBigUInt64BE(0) ?? 0n)
    return { packets: number(2), bytes: number(1) }
  }
  return null
}
