/**
 * What makes a newer value of plain data of an older one, itself plain data: much shorter than the newer one where little changed.
 * Things in arrays are found again by their ids, and those without by their places.
 */
export type Difference =
  /** Nothing of the older one is kept. */
  | { readonly is: unknown }
  /** An object of which all else is kept. */
  | { readonly set: Readonly<Record<string, Difference>>; readonly without?: readonly string[] }
  /** An array, made of these one after another. */
  | { readonly list: readonly Piece[] }

type Piece =
  /** Elements that stay as they are. */
  | { readonly from: number; readonly to: number }
  /** One that became another. */
  | { readonly at: number; readonly by: Difference }
  /** A new one. */
  | { readonly is: unknown }

/** The difference between two values of plain data, which share what is the same object; null where there is none. What is undefined is not there. */
export function differenceOf(older: unknown, newer: unknown): Difference | null {
  if (older === newer) return null
  if (Array.isArray(older) && Array.isArray(newer)) return betweenLists(older, newer)
  if (isRecord(older) && isRecord(newer)) return betweenRecords(older, newer)
  return { is: newer }
}

/** The newer value. What stays is the older one's own object; all of it where there is no difference. */
export function changedBy(older: unknown, difference: Difference | null): unknown {
  if (difference === null) return older
  if ('is' in difference) return difference.is
  if ('list' in difference) {
    const list = older as readonly unknown[]
    return difference.list.flatMap(piece => {
      if ('from' in piece) return list.slice(piece.from, piece.to)
      return ['at' in piece ? changedBy(list[piece.at], piece.by) : piece.is]
    })
  }
  const record = { ...(older as Record<string, unknown>) }
  for (const key of difference.without ?? []) delete record[key]
  for (const [key, each] of Object.entries(difference.set)) record[key] = changedBy(record[key], each)
  return record
}

function betweenRecords(older: Record<string, unknown>, newer: Record<string, unknown>): Difference | null {
  const [before, after] = [keysOf(older), keysOf(newer)]
  const without = before.filter(key => newer[key] === undefined)
  const kept = before.filter(key => newer[key] !== undefined)
  const come = after.filter(key => older[key] === undefined)
  // Keys keep their places, and new ones come last.
  if ([...kept, ...come].some((key, i) => key !== after[i])) return { is: newer }
  const set: Record<string, Difference> = {}
  for (const key of after) {
    const difference = differenceOf(older[key], newer[key])
    if (difference) set[key] = difference
  }
  if (without.length > 0) return { set, without }
  return Object.keys(set).length > 0 ? { set } : null
}

function betweenLists(older: readonly unknown[], newer: readonly unknown[]): Difference | null {
  const pieces: Piece[] = []
  let places: ReadonlyMap<unknown, number> | undefined
  const formerPlace = (each: unknown, i: number): number | undefined => {
    const id = idOf(each)
    if (id === undefined || idOf(older[i]) === id) return i < older.length ? i : undefined
    places ??= new Map(older.map((one, at) => [idOf(one), at]))
    return places.get(id)
  }
  for (const [i, each] of newer.entries()) {
    const at = formerPlace(each, i)
    const by = at === undefined ? null : differenceOf(older[at], each)
    const last = pieces.at(-1)
    if (at === undefined) pieces.push({ is: each })
    else if (by) pieces.push('is' in by ? by : { at, by })
    else if (last && 'from' in last && last.to === at) pieces[pieces.length - 1] = { from: last.from, to: at + 1 }
    else pieces.push({ from: at, to: at + 1 })
  }
  const [only] = pieces
  const isSame =
    older.length === newer.length &&
    (only === undefined || ('from' in only && only.to === older.length && only.from === 0))
  return isSame ? null : { list: pieces }
}

function keysOf(record: Record<string, unknown>): string[] {
  return Object.keys(record).filter(key => record[key] !== undefined)
}

function idOf(value: unknown): string | undefined {
  const id = isRecord(value) ? value['id'] : undefined
  return typeof id === 'string' ? id : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
