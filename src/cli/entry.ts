import type { z } from 'zod'
import type { KindName } from '../model/kinds.ts'
import { attributesOf, nearest } from './attributes.ts'
import type { Complaint } from './complaint.ts'
import type { Directory } from './directory.ts'
import { mapLeaves, normalLeaf, refKinds } from './leaves.ts'

/** One resource of a topology file: what it should be, with names where the server has ids. */
export interface Entry {
  readonly kind: KindName
  /** Where it stands in the file, e.g. `load-balancers[0]`; in a later document of it, `document 2, load-balancers[0]`. */
  readonly at: string
  /** Empty for a default that goes by its VPC. */
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A complaint about an entry, with its name beside the place. */
export function told({ name }: Pick<Entry, 'name'>, complaint: Complaint): Complaint {
  const { at } = complaint.values
  return name ? { ...complaint, values: { ...complaint.values, at: `${at} (${name})` } } : complaint
}

/** What the names in a file are looked up in: the file itself, and what the server has. */
export interface Scope {
  readonly entries: readonly Entry[]
  readonly directory: Directory
}

/** An attribute of an entry as the server would keep it. */
export interface Resolved {
  /** Ids for names, defaults filled in; the names of what is yet to come stay. */
  readonly value: unknown
  /** Whether everything that it names exists. */
  readonly ready: boolean
  readonly complaints: readonly Complaint[]
}

/** Looks up the names in one attribute of an entry. */
export function resolve(entry: Entry, attribute: string, scope: Scope): Resolved {
  const schema = attributesOf(entry.kind)[attribute]
  const given = entry.attributes[attribute]
  if (!schema || given === undefined) return { value: given, ready: true, complaints: [] }
  return resolveValue(schema, given, `${entry.at}.${attribute}`, scope)
}

/** Looks up the names in a value; `at` is where it stands. */
export function resolveValue(
  schema: z.core.$ZodType,
  given: unknown,
  at: string,
  { entries, directory }: Scope,
): Resolved {
  const complaints: Complaint[] = []
  let ready = true
  const value = mapLeaves(
    schema,
    given,
    (leaf, each, place) => {
      const to = typeof each === 'string' ? refKinds(leaf, each) : undefined
      if (!to || typeof each !== 'string') return normalLeaf(leaf, each)
      const ids = directory.find(to, each)
      if (ids.length === 1) return ids[0]
      const rivals = entries.filter(({ kind }) => to.includes(kind)).map(({ name }) => name)
      if (ids.length > 1) {
        complaints.push({ say: 'ambiguous-name', values: { at: place, word: each, all: ids.join(', ') } })
      } else if (rivals.includes(each)) {
        ready = false
      } else {
        const near = nearest(each, [...rivals, ...directory.namesOf(to)]) ?? ''
        complaints.push({ say: 'no-such-resource', values: { at: place, word: each, kind: to.join('/'), near } })
      }
      return each
    },
    at,
  )
  return { value, ready, complaints }
}
