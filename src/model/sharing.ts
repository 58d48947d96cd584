/**
 * The newer of two values of plain data, in which whatever says the same as in the older one is the older one's own object. Things
 * in arrays are found again by their ids, and those without by their places. What shares nothing, or all that it can, stays as it is.
 */
export function sharing<T>(older: unknown, newer: T): T {
  if (older === newer || !isObject(older) || !isObject(newer)) return newer
  if (Array.isArray(newer)) return (Array.isArray(older) ? sharingList(older, newer) : newer) as T
  if (Array.isArray(older)) return newer
  const keys = Object.keys(newer)
  let isSame = keys.length === Object.keys(older).length
  let shared: Record<string, unknown> | undefined
  for (const key of keys) {
    const each = sharing(older[key], newer[key])
    isSame &&= each === older[key] && Object.hasOwn(older, key)
    if (each !== newer[key]) (shared ??= { ...newer })[key] = each
  }
  return (isSame ? older : (shared ?? newer)) as T
}

function sharingList(older: readonly unknown[], newer: readonly unknown[]): readonly unknown[] {
  let byId: ReadonlyMap<unknown, unknown> | undefined
  const former = (each: unknown, i: number): unknown => {
    const id = idOf(each)
    if (id === undefined || idOf(older[i]) === id) return older[i]
    byId ??= new Map(older.map(one => [idOf(one), one]))
    return byId.get(id)
  }
  const shared = newer.map((each, i) => sharing(former(each, i), each))
  const is = (list: readonly unknown[]) => list.length === shared.length && shared.every((each, i) => each === list[i])
  return is(older) ? older : is(newer) ? newer : shared
}

function idOf(value: unknown): unknown {
  return isObject(value) ? value['id'] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
