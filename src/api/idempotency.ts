import { createHash } from 'node:crypto'
import { Refused } from '../model/problem.ts'
import type { Answer } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'

/** Remembers what requests with a key were answered, so that a retry does nothing twice. */
export interface Idempotency {
  /** The endpoint's answer, or the one that the same key was given before. A refused request is forgotten. */
  once(call: Call, endpoint: Endpoint): Promise<Answer>
}

/** A memory of the latest `most` keys of all callers. */
export function createIdempotency(most = 10_000): Idempotency {
  const known = new Map<string, { readonly request: string; readonly answer: Promise<Answer> }>()
  return {
    async once(call, endpoint) {
      const key = call.headers['idempotency-key'] ?? ''
      if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
        const values = { name: 'Idempotency-Key', expected: '1-255 ASCII' }
        throw new Refused([{ code: 'bad-header', at: '', values }])
      }
      const owned = `${call.author} ${key}`
      const request = digest([endpoint.name, call.params, call.query, call.body])
      const before = known.get(owned)
      if (before && before.request !== request) throw new Refused([{ code: 'key-reused', at: '' }])
      if (before) {
        const answer = await before.answer
        return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } }
      }
      const answer = (async () => endpoint.handle(call))()
      known.set(owned, { request, answer })
      for (const oldest of known.keys()) {
        if (known.size <= most) break
        known.delete(oldest)
      }
      try {
        return await answer
      } catch (error) {
        known.delete(owned)
        throw error
      }
    },
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64')
}
