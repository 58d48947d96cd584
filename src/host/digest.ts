import { createHash } from 'node:crypto'

/**
 * A digest of a text in the form of an IPv6 address, because that is what a named set can hold. Every group starts with
 * a high bit, so that the text is the same in whatever way an address is printed.
 */
export function digestOf(text: string): string {
  const hash = createHash('sha256').update(text).digest()
  return Array.from({ length: 8 }, (_, i) => (hash.readUInt16BE(i * 2) | 0x8000).toString(16)).join(':')
}

/** A number below 2^48 that follows from a text. */
export function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6)
}
