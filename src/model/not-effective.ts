import type { KindName } from './kinds.ts'
import type { Resource } from './model.ts'
import type { Problem } from './problem.ts'

/** An attribute that machines do not obey yet, where it has one of some values, or any but some. */
interface Idle {
  /** Its place, e.g. `listeners.protocol`; every member of a list is looked at. */
  readonly at: string
  readonly when?: readonly unknown[]
  readonly unless?: readonly unknown[]
}

/** All that is stored and has no effect yet. A line goes as soon as its attribute works. */
const idle: Partial<Record<KindName, readonly Idle[]>> = {
  vpc: [{ at: 'dhcpOptions.server', unless: [] }],
}

/** What of a resource was published and has no effect yet, as warnings. */
export function notEffective({ id, kind, live }: Resource): readonly Problem[] {
  return (idle[kind] ?? []).flatMap(({ at, when, unless }) =>
    [...valuesAt(live, at.split('.'))]
      .filter(({ value }) => when?.includes(value) ?? !unless?.includes(value))
      .map(({ place, value }) => ({
        code: 'not-effective',
        at: place,
        resource: id,
        values: { value: String(value) },
      })),
  )
}

/** The values at a path, with the place of each; those of every member where a list is on the way. */
function* valuesAt(
  value: unknown,
  path: readonly string[],
  place = '',
): Iterable<{ readonly place: string; readonly value: unknown }> {
  const [name, ...rest] = path
  if (Array.isArray(value)) {
    for (const [i, each] of (value as readonly unknown[]).entries()) yield* valuesAt(each, path, `${place}[${i}]`)
  } else if (name === undefined) yield { place, value }
  else if (typeof value === 'object' && value !== null && Object.hasOwn(value, name)) {
    yield* valuesAt((value as Record<string, unknown>)[name], rest, place === '' ? name : `${place}.${name}`)
  }
}
