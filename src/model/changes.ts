/** One difference between two documents; an absent value is left out. */
export interface Difference {
  /** E.g. `listeners[lbl-1a2b3c4d].port`: members that have ids go by them, others by position. */
  readonly at: string
  readonly from?: unknown
  readonly to?: unknown
}

/** What must change in `from` to make it `to`, smallest parts first where both sides have them. */
export function* differences(from: unknown, to: unknown, at = ''): Iterable<Difference> {
  if (from === to) return
  if (Array.isArray(from) && Array.isArray(to)) {
    const [before, after] = [byKey(from), byKey(to)]
    for (const key of union(before, after)) yield* differences(before.get(key), after.get(key), `${at}[${key}]`)
  } else if (isDocument(from) && isDocument(to)) {
    for (const key of union(new Map(Object.entries(from)), new Map(Object.entries(to)))) {
      yield* differences(from[key], to[key], at ? `${at}.${key}` : key)
    }
  } else {
    yield { at, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  }
}

function isDocument(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list's members by id, those without one by position. */
function byKey(list: readonly unknown[]): Map<string, unknown> {
  return new Map(
    list.map((each, i) => [isDocument(each) && typeof each['id'] === 'string' ? each['id'] : `${i}`, each]),
  )
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Set<string> {
  return new Set([...a.keys(), ...b.keys()])
}
