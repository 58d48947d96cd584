import type { Role } from '../client/wire.ts'
import { Refused } from '../model/problem.ts'
import type { Answer, Language } from './answer.ts'
import type { Caller } from './caller.ts'

/** What callers may do: look, change, and decide who and what the installation is. Each may what those before it may. */
export const roles = ['read-only', 'operator', 'admin'] as const satisfies readonly Role[]

/** A JSON schema. */
export type Schema = Readonly<Record<string, unknown>>

/** A request, checked as far as that is the same for all. */
export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  readonly author: string
  readonly caller: Caller
  readonly language: Language
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** A parameter of the query. */
export interface Parameter {
  readonly about: string
  readonly schema: Schema
}

/** The header of what creates. */
export const idempotencyKey: Readonly<Record<string, Parameter>> = {
  'Idempotency-Key': { about: 'Makes a retry safe: the same key answers the same again', schema: { type: 'string' } },
}

/** One thing that the API can do. Routes and their description are both made from it, so they cannot disagree. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** E.g. `/v1/vpcs/{id}:apply`. */
  readonly path: string
  /** Unique; what generated clients call it, e.g. `applyVpc`. */
  readonly name: string
  readonly tag: string
  readonly about: string
  /** Null where everyone may. */
  readonly needs: Role | null
  readonly query?: Readonly<Record<string, Parameter>>
  readonly headers?: Readonly<Record<string, Parameter>>
  readonly body?: Schema
  /** The body of its success; null for none. */
  readonly answers: { readonly status: number; readonly about: string; readonly schema: Schema | null }
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

/** The revision that an If-Match header names; undefined without one, or with `*`. Throws where it is none. */
export function revisionOf(header: string | undefined): { readonly ifRevision?: number } {
  if (header === undefined || header === '*') return {}
  const text = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header)?.[1]
  if (text === undefined) {
    throw new Refused([{ code: 'bad-header', at: '', values: { name: 'If-Match', expected: 'a revision, e.g. "12"' } }])
  }
  return { ifRevision: Number(text) }
}

/** A whole number of the query. Throws where it is none, or out of range. */
export function numberOf(name: string, text: string | undefined, fallback: number, from: number, to: number): number {
  if (text === undefined) return fallback
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  if (!(value >= from && value <= to)) {
    throw new Refused([{ code: 'bad-query', at: '', values: { name, expected: `${from}-${to}` } }])
  }
  return value
}

/** A moment of the query, in milliseconds since 1970; undefined where there is none. Throws where it is no moment. */
export function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(time)) return time
  const expected = 'a time such as 2026-01-31T12:00:00Z'
  throw new Refused([{ code: 'bad-query', at: '', values: { name, expected } }])
}

/** One of a few words of the query. Throws where it is none. */
export function wordOf<W extends string>(name: string, text: string | undefined, fallback: W, words: readonly W[]): W {
  const word = text === undefined ? fallback : words.find(each => each === text)
  if (word === undefined)
    throw new Refused([{ code: 'bad-query', at: '', values: { name, expected: words.join(' | ') } }])
  return word
}
