import assert from 'node:assert/strict'

/**
 * What a value must be: a check of one's own, an exact value, a list of such, or an object with exactly these fields. A field
 * that may be missing has a name that ends in `?`.
 */
export type Shape = Check | string | number | null | RegExp | readonly Shape[] | { readonly [field: string]: Shape }

type Check = (value: unknown, at: string) => void

const isA =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, at) =>
    assert.ok(holds(value), `${at} is ${JSON.stringify(value)}, not ${what}`)

export const text = isA('a text', value => typeof value === 'string')
export const whole = isA('a whole number', Number.isSafeInteger)
export const bit = isA('0 or 1', value => value === 0 || value === 1)
export const time = isA('a time to the second in UTC', value => typeof value === 'string' && isTime(value))
export const address = isA('an address', value => typeof value === 'string' && /^\d+(\.\d+){3}$/.test(value))
/** What cannot be told beforehand. */
export const anything: Check = () => {}

function isTime(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value))
}

/** An id of a prefix. */
export function id(prefix: string): RegExp {
  return new RegExp(`^${prefix}-[0-9a-z]{8}$`)
}

/** A list, however long, of such. */
export function each(shape: Shape): Check {
  return (value, at) => {
    assert.ok(Array.isArray(value), `${at} is no list`)
    for (const [i, one] of (value as readonly unknown[]).entries()) checkShape(one, shape, `${at}[${i}]`)
  }
}

/** Throws where a value is not of a shape, and says where. */
export function checkShape(value: unknown, shape: Shape, at = 'answer'): void {
  if (typeof shape === 'function') return shape(value, at)
  if (shape instanceof RegExp)
    return assert.ok(typeof value === 'string' && shape.test(value), `${at} is ${JSON.stringify(value)}, not ${shape}`)
  if (Array.isArray(shape)) {
    const shapes = shape as readonly Shape[]
    assert.ok(Array.isArray(value), `${at} is no list`)
    assert.equal(value.length, shapes.length, `${at} has ${value.length} entries: ${JSON.stringify(value)}`)
    for (const [i, one] of shapes.entries()) checkShape(value[i], one, `${at}[${i}]`)
    return
  }
  if (typeof shape !== 'object' || shape === null) return assert.deepEqual(value, shape, at)
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${at} is no object`)
  const fields = new Map(Object.entries(shape as Readonly<Record<string, Shape>>))
  const names = new Set([...fields.keys()].map(name => name.replace(/\?$/, '')))
  const strange = Object.keys(value).filter(name => !names.has(name))
  assert.deepEqual(strange, [], `${at} has fields that nobody described`)
  for (const [name, inner] of fields) {
    const field = name.replace(/\?$/, '')
    if (Object.hasOwn(value, field)) checkShape((value as Record<string, unknown>)[field], inner, `${at}.${field}`)
    else assert.ok(name.endsWith('?'), `${at}.${field} is missing`)
  }
}
