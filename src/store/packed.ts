import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Longer texts are written compressed: fewer pages for the disk to take. */
const longText = 800

/** A text as a database keeps it. */
export function packed(text: string): string | Uint8Array {
  return text.length > longText ? deflateRawSync(text, { level: 1 }) : text
}

/** The text that a database kept. */
export function unpacked(kept: unknown): string {
  return kept instanceof Uint8Array ? inflateRawSync(kept).toString() : String(kept)
}
