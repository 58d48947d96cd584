import type { Caller } from './action.ts'
import type { Signers } from './cloud.ts'
import { fail } from './failure.ts'
import type { Wire } from './parameters.ts'
import { hashes, isSignature, textToSign, type SignatureMethod } from './signature.ts'

/** A request as it came, read. */
export interface Request {
  readonly method: 'GET' | 'POST'
  /** Exactly as it came, without the query. */
  readonly path: string
  readonly wire: Wire
  /** The address that it came from. */
  readonly from: string
}

/** How far a request's time may be from ours. */
const windowMs = 60_000
/** However late a request says it expires, it does a day after it was made. */
const longestMs = 24 * 3600_000

/** Who signed a request, and until when it holds. Throws where nobody known did, or where it came too late. */
export function authenticate(
  { method, path, wire, from }: Request,
  signers: Signers,
  now: number,
): { readonly caller: Caller; readonly until: number } {
  const id = required(wire, 'access_key_id')
  const signature = required(wire, 'signature')
  const hash = wire.get('signature_method') || 'HmacSHA256'
  if (!isMethod(hash)) fail(1100, `parameter [signature_method] must be one of ${Object.keys(hashes).join(', ')}`)
  if ((wire.get('signature_version') || '1') !== '1') {
    fail(1200, 'signature version 1 by an access key is what is understood here, and no IAM tokens')
  }
  const signer = signers.find(id)
  // A key that is unknown takes as long as a wrong signature and is told the same: which keys there are is not found out.
  const signed = isSignature(signature, signer?.secret ?? 'no secret', hash, textToSign(method, path, wire))
  if (signer?.secret === null) {
    fail(1200, `access key [${id}] was made before keys could sign; make a new one with \`causeway keys create\``)
  }
  if (!signed || !signer)
    fail(1200, 'the access key does not exist, or the signature is not that of this request by it')
  return { caller: { author: signer.id, role: signer.role, from }, until: timeLeft(wire, now) }
}

/** When a request expires, in milliseconds since 1970. Throws where it has, or is of a time to come. */
function timeLeft(wire: Wire, now: number): number {
  const at = timeOf('time_stamp', required(wire, 'time_stamp'))
  const expires = wire.get('expires')
  const until = expires ? Math.min(timeOf('expires', expires), at + longestMs) : at + windowMs
  if (now > until) fail(1300, 'the request has expired; is the clock of the client right?')
  if (at > now + windowMs) fail(1300, 'the request is from the future; is the clock of the client right?')
  return until
}

function timeOf(name: string, value: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? Date.parse(value) : NaN
  return Number.isNaN(time) ? fail(1100, `parameter [${name}] must be a time such as 2013-08-27T14:30:10Z`) : time
}

function required(wire: Wire, name: string): string {
  return wire.get(name) || fail(1100, `parameter [${name}] is required`)
}

function isMethod(word: string): word is SignatureMethod {
  return Object.hasOwn(hashes, word)
}
