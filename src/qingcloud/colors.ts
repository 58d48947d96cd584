import type { Tag } from '../model/model.ts'
import type { Ledger } from './ledger.ts'

/** A colour as the model writes it: `#FFF` is `#ffffff`, and none is the default. */
export function colorOf(written: string): string {
  const color = written.toLowerCase()
  if (color === '') return 'default'
  return /^#[0-9a-f]{3}$/.test(color) ? color.replaceAll(/[0-9a-f]/g, '$&$&') : color
}

/** A tag's colour as it was written, as long as it is still that one: clients compare what they read with what they wrote. */
export function writtenColor({ id, now: { color } }: Tag, ledger: Ledger): string {
  if (color === 'default') return color
  const written = ledger.spelling(id)
  return written !== undefined && colorOf(written) === color ? written : color
}
