import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { newKey } from '../pki/key.ts'
import { signingRequest } from '../pki/signing-request.ts'
import { AcmeFailed, wordsOf, type ProblemDocument } from './failure.ts'
import type { Session } from './session.ts'

const text = z.string().max(2000)
const problemDocument = z.object({ type: text.optional(), detail: text.optional() })
const order = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  authorizations: z.array(text),
  finalize: text,
  certificate: text.optional(),
  error: problemDocument.optional(),
})
const challenge = z.object({ type: text, url: text, status: text, error: problemDocument.optional() })
const authorization = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: z.object({ value: text }),
  challenges: z.array(challenge),
})
type Order = z.output<typeof order>
type Authorization = z.output<typeof authorization>

/** What of an order must outlive the process: without its key, what is issued is lost. */
export interface OpenOrder {
  readonly url: string
  readonly names: readonly string[]
  /** PEM: the key of the certificate that is asked for. */
  readonly key: string
}

export interface Errand {
  readonly session: Session
  readonly names: readonly string[]
  /** One that was begun before. */
  readonly open: OpenOrder | null
  /** Keeps an order, before anything is done about it. */
  readonly keep: (order: OpenOrder) => void
  readonly signal: AbortSignal
}

const patienceMs = 3 * 60_000

/** Has a certificate issued, by an order that was begun before where that can still be; answers with it and its key, both as PEM. */
export async function fulfil(errand: Errand): Promise<{ readonly chain: string; readonly key: string }> {
  const { session } = errand
  const { open, present } = await orderFor(errand)
  for (const url of present.status === 'pending' ? present.authorizations : []) await prove(errand, url)
  const ready = present.status === 'pending' ? await settled(errand, open.url, ['pending']) : present
  if (ready.status === 'ready') {
    const csr = signingRequest(open.names, open.key).toString('base64url')
    await session.ask(ready.finalize, { csr }, order)
  }
  const issued = ready.status === 'valid' ? ready : await settled(errand, open.url, ['pending', 'ready', 'processing'])
  if (issued.status !== 'valid' || issued.certificate === undefined) throw refused(issued.error)
  return { chain: await session.read(issued.certificate), key: open.key }
}

async function orderFor({ session, names, open, keep }: Errand): Promise<{ open: OpenOrder; present: Order }> {
  if (open && open.names.join() === names.join()) {
    // It may be gone, or have come to nothing: then there is another.
    const present = await session.ask(open.url, null, order).catch(forgotten)
    if (present && present.body.status !== 'invalid') return { open, present: present.body }
  }
  const identifiers = names.map(value => ({ type: 'dns', value }))
  const { body, location } = await session.ask(session.newOrder, { identifiers }, order)
  const begun = { url: location, names, key: newKey() }
  keep(begun)
  return { open: begun, present: body }
}

function forgotten(error: unknown): null {
  if (error instanceof AcmeFailed && error.problem.code === 'acme-refused') return null
  throw error
}

/** Lets the directory look at what the balancer answers, and waits for its verdict. */
async function prove({ session, signal }: Errand, url: string): Promise<void> {
  const first = await session.ask(url, null, authorization)
  const { identifier, challenges, status } = first.body
  if (status === 'valid') return
  const ours = challenges.find(each => each.type === 'http-01')
  if (!ours) throw refused({ detail: `${identifier.value} cannot be proved by HTTP` })
  if (ours.status === 'pending') await session.ask(ours.url, {}, z.object({}))
  const verdict = await until(
    signal,
    () => session.ask(url, null, authorization),
    each => each.status !== 'pending',
  )
  if (verdict.status !== 'valid') throw notProved(verdict)
}

function notProved({ identifier, challenges, status }: Authorization): AcmeFailed {
  const error = challenges.find(each => each.type === 'http-01')?.error
  const values = { name: identifier.value, reason: error ? wordsOf(error) : status }
  return new AcmeFailed({ code: 'acme-not-proved', at: '', values })
}

function settled({ session, signal }: Errand, url: string, during: readonly Order['status'][]): Promise<Order> {
  return until(
    signal,
    () => session.ask(url, null, order),
    each => !during.includes(each.status),
  )
}

/** Asks again and again, as often as the directory likes. */
async function until<T>(
  signal: AbortSignal,
  look: () => Promise<{ readonly body: T; readonly retryAfterMs: number | null }>,
  isDone: (body: T) => boolean,
): Promise<T> {
  for (let waited = 0, pauseMs = 500; waited < patienceMs; pauseMs = Math.min(pauseMs * 2, 5000)) {
    const { body, retryAfterMs } = await look()
    if (isDone(body)) return body
    const ms = Math.min(Math.max(retryAfterMs ?? 0, pauseMs), 30_000)
    waited += ms
    await sleep(ms, undefined, { signal })
  }
  throw refused({ detail: `it has not decided within ${patienceMs / 1000} s` })
}

function refused(document: ProblemDocument = {}): AcmeFailed {
  return new AcmeFailed({ code: 'acme-refused', at: '', values: { reason: wordsOf(document) } })
}
