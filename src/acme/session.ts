import { createPublicKey, sign } from 'node:crypto'
import { z } from 'zod'
import { AcmeFailed, sortOf, wordsOf } from './failure.ts'
import type { Said, Web } from './web.ts'

const text = z.string().max(2000)
const directory = z.object({ newNonce: text, newAccount: text, newOrder: text })
const problemDocument = z.object({
  type: text.optional(),
  detail: text.optional(),
  subproblems: z.array(z.object({ type: text.optional(), detail: text.optional() })).optional(),
})

/** Requests to one directory in the name of one account (RFC 8555). */
export interface Session {
  readonly newOrder: string
  /** Sends a signed request, null to only read; answers with what is there, where it is, and how long to wait before asking again. */
  ask<T>(url: string, payload: object | null, schema: z.ZodType<T>): Promise<Asked<T>>
  /** The same for what is no JSON. */
  read(url: string): Promise<string>
}

interface Asked<T> {
  readonly body: T
  readonly location: string
  readonly retryAfterMs: number | null
}

/** How often a request is signed anew because the directory did not like the nonce of the one before. */
const mostNonces = 8

/** Opens a session, and the account where there is none yet. Agrees to the terms of service: without that nothing is issued. */
export async function openSession(
  url: string,
  { web, accountKey, emails, now }: { web: Web; accountKey: string; emails: readonly string[]; now: () => number },
): Promise<Session> {
  const { crv, kty, x, y } = createPublicKey(accountKey).export({ format: 'jwk' })
  const jwk = { crv, kty, x, y }
  let kid: string | undefined
  let nonce: string | undefined

  async function reach(...args: Parameters<Web>): Promise<Said> {
    try {
      const said = await web(...args)
      nonce = String(said.headers['replay-nonce'] ?? '') || undefined
      return said
    } catch (error) {
      const values = { directory: new URL(url).host, reason: reasonOf(error) }
      const code = untrusted.has((error as { readonly code?: string }).code ?? '')
        ? 'acme-untrusted'
        : 'acme-unreachable'
      throw new AcmeFailed({ code, at: '', values })
    }
  }

  function signed(to: string, payload: object | null): string {
    const header = { alg: 'ES256', nonce, url: to, ...(kid === undefined ? { jwk } : { kid }) }
    const [a, b] = [encoded(header), payload === null ? '' : encoded(payload)]
    const key = { key: accountKey, dsaEncoding: 'ieee-p1363' } as const
    return JSON.stringify({
      protected: a,
      payload: b,
      signature: sign('sha256', Buffer.from(`${a}.${b}`), key).toString('base64url'),
    })
  }

  async function post(to: string, payload: object | null): Promise<Said> {
    for (let tries = 1; ; tries++) {
      if (nonce === undefined) await reach('HEAD', places.newNonce)
      const said = await reach('POST', to, signed(to, payload))
      if (said.status < 400) return said
      const document = parsed(said, problemDocument) ?? { detail: `HTTP ${said.status}` }
      if (sortOf(document) === 'badNonce' && tries < mostNonces) continue
      const limited = sortOf(document) === 'rateLimited' || said.status === 429
      const waitMs = retryAfterMs(said, now())
      throw new AcmeFailed(
        { code: limited ? 'acme-limited' : 'acme-refused', at: '', values: { reason: wordsOf(document) } },
        waitMs === null ? null : now() + waitMs,
      )
    }
  }

  async function ask<T>(to: string, payload: object | null, schema: z.ZodType<T>): Promise<Asked<T>> {
    const said = await post(to, payload)
    const body = parsed(said, schema)
    if (body === undefined) throw senseless(to)
    return { body, location: said.headers.location ?? '', retryAfterMs: retryAfterMs(said, now()) }
  }

  const places = placesIn(await reach('GET', url), url)
  const contact = emails.map(email => `mailto:${email}`)
  const account = z.object({ contact: z.array(text).optional() })
  const { body, location } = await ask(places.newAccount, { termsOfServiceAgreed: true, contact }, account)
  kid = location
  // One that was there already keeps whom it wrote to.
  const known = new Set(body.contact)
  if (contact.length > 0 && !contact.every(each => known.has(each))) await ask(kid, { contact }, account)
  return { newOrder: places.newOrder, ask, read: async to => (await post(to, null)).body }
}

function placesIn(said: Said, url: string): z.output<typeof directory> {
  const places = said.status < 400 ? parsed(said, directory) : undefined
  if (!places) throw senseless(url)
  return places
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function parsed<T>({ body }: Said, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

function senseless(url: string): AcmeFailed {
  return new AcmeFailed({
    code: 'acme-refused',
    at: '',
    values: { reason: `${url.slice(0, 200)} does not answer as RFC 8555 says` },
  })
}

/** How long a directory asks to wait: it says so in seconds, or as a date. */
export function retryAfterMs({ headers }: Pick<Said, 'headers'>, now: number): number | null {
  const said = headers['retry-after']
  if (said === undefined) return null
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

/** What is said of a directory that nobody who is trusted vouches for. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function reasonOf(error: unknown): string {
  const { message, code, errors } = error as Error & { readonly code?: string; readonly errors?: readonly Error[] }
  // Node.js advises whoever started it.
  return (
    message.replace(/; if the root CA is installed locally,.*/s, '') ||
    errors?.map(each => each.message).join('; ') ||
    code ||
    'no reason given'
  ).slice(0, 300)
}
