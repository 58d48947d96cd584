import type { Words } from '../../model/define.ts'
import type { Id, Resource } from '../../model/model.ts'
import type { Certainty, Entry } from './entry.ts'
import type { Repair } from './repair.ts'
import { entranceWords } from './words-entrance.ts'
import { limitWords } from './words-limits.ts'
import { seenWords } from './words-seen.ts'
import { wayWords } from './words-way.ts'

/** Something that keeps flows from where they should go. */
export interface Finding {
  readonly code: FindingCode
  /** The resource to mend. */
  readonly resource: Id
  readonly values: Values
  readonly certainty: Certainty
  /** A draft change that mends it; null where only somebody elsewhere can, or must choose. */
  readonly repair: Repair | null
}

/** What a sentence names: the same in every language, or not. */
export type Values = Readonly<Record<string, string | Words>>

/** Everything that a diagnosis can say, in one table. */
export const findings = {
  ...wayWords,
  ...entranceWords,
  ...seenWords,
  ...limitWords,
} as const satisfies Record<string, Entry>

export type FindingCode = keyof typeof findings

/** A finding about a resource, as sure as its kind is. */
export function found(
  code: FindingCode,
  resource: Resource,
  values: Values = {},
  repair: Repair | null = null,
): Finding {
  const { certainty } = findings[code]
  return { code, resource: resource.id, values: { it: labelOf(resource), ...values }, certainty, repair }
}

/** Whether something is wrong at all, or only looks so. */
export function isFault({ code }: Finding): boolean {
  const entry: Entry = findings[code]
  return entry.isFault !== false
}

/** A finding's two sentences in a language: what is wrong, and what to do. */
export function findingText(finding: Finding, language: keyof Words): { readonly what: string; readonly fix: string } {
  const { what, fix } = findings[finding.code]
  const values = Object.fromEntries(
    Object.entries(finding.values).map(([name, value]) => [name, typeof value === 'string' ? value : value[language]]),
  )
  return { what: filled(what[language], values), fix: filled(fix[language], values) }
}

/** A sentence with its values in their places. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** How a sentence calls a resource, or a child of one. */
export function labelOf({ name, id }: { readonly name: string; readonly id: Id }): string {
  return name ? `${name} (${id})` : id
}
