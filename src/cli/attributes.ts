import { z } from 'zod'
import type { WireResource } from '../client/wire.ts'
import { resourceName } from '../model/define.ts'
import { kinds, kindNames, type KindName } from '../model/kinds.ts'
import { innerOf } from '../model/refs.ts'

/** What code that walks schemas needs of a resource as the API shows it. */
export type Document = Pick<WireResource, 'kind' | 'id' | 'name' | 'applied'>

/** An attribute of a resource by its name. */
export function valueOf(document: Document, attribute: string): unknown {
  return Object.hasOwn(document, attribute) ? document[attribute as keyof Document] : undefined
}

const common = {
  name: resourceName.optional().describe('What people call it'),
  description: z.string().optional().describe('What it is for'),
  tags: z.array(z.string()).optional().describe('Labels to find it by'),
}

/** What a user may set on a resource of a kind: attribute name → schema, in the order in which they are declared. */
export function attributesOf(kind: KindName): Readonly<Record<string, z.core.$ZodType>> {
  return { ...common, ...kinds[kind].now.shape, ...kinds[kind].spec.shape }
}

/** Whether an attribute is staged in the draft, so that a change of it waits for an apply. */
export function isStaged(kind: KindName, attribute: string): boolean {
  return attribute in kinds[kind].spec.shape
}

/** A schema without its defaults and its null: what a value of it looks like. */
export function coreOf(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = innerOf(schema)
  return inner ? coreOf(inner) : schema
}

/** Whether null is a value of it. */
export function isNullable(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodNullable) return true
  const inner = innerOf(schema)
  return inner !== undefined && isNullable(inner)
}

/** A kind by its word, its plural, or the prefix of its ids: `load-balancer`, `load-balancers`, `lb`. */
export function kindOf(word: string): KindName | undefined {
  const asked = word.toLowerCase()
  return kindNames.find(name => asked === name || asked === kinds[name].plural || asked === kinds[name].prefix)
}

/** The option of a tagged union that a value, or the tag alone, chooses. */
export function optionOf(union: z.ZodDiscriminatedUnion, tag: unknown): z.ZodObject | undefined {
  return union.options.find((option): option is z.ZodObject => {
    const mark = option instanceof z.ZodObject ? option.shape[union.def.discriminator] : undefined
    return mark instanceof z.ZodLiteral && mark.value === tag
  })
}

/** The word among these that a mistyped one probably meant. */
export function nearest(word: string, among: readonly string[]): string | undefined {
  const scored = among.map(each => ({ each, cost: editDistance(word.toLowerCase(), each.toLowerCase()) }))
  const best = scored.sort((a, b) => a.cost - b.cost)[0]
  return best && best.cost <= Math.max(2, Math.floor(word.length / 3)) ? best.each : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
