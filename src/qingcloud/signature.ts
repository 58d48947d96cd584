import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Wire } from './parameters.ts'

/** The methods of signing, as requests name them. */
export const hashes = { HmacSHA256: 'sha256', HmacSHA1: 'sha1' } as const
export type SignatureMethod = keyof typeof hashes

/** What a client signed: the method, the path exactly as it came, and every parameter but the signature itself. */
export function textToSign(method: string, path: string, wire: Wire): string {
  const names = [...wire.keys()].filter(name => name !== 'signature').sort((a, b) => (a < b ? -1 : 1))
  return `${method}\n${path}\n${names.map(name => `${encoded(name)}=${encoded(wire.get(name) ?? '')}`).join('&')}`
}

/** The signature of a text, in base64. */
export function sign(secret: string, method: SignatureMethod, signed: string): string {
  return createHmac(hashes[method], secret).update(signed).digest('base64')
}

/** Whether a signature is that of a text, found out in a time that tells nothing about it. */
export function isSignature(given: string, secret: string, method: SignatureMethod, signed: string): boolean {
  const right = createHmac(hashes[method], secret).update(signed).digest()
  // Where a form was not encoded, the plus of base64 has become a blank.
  const claimed = Buffer.from(given.replaceAll(' ', '+'), 'base64')
  return claimed.length === right.length && timingSafeEqual(claimed, right)
}

/** Percent-encoding that leaves only letters, digits and `-_.~` as they are. */
export function encoded(value: string): string {
  if (/^[\w.~-]*$/.test(value)) return value
  return encodeURIComponent(value).replaceAll(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
