import { markOf } from './define.ts'
import { kindNames, kinds, type KindName } from './kinds.ts'
import type { Resource } from './model.ts'

/** The attributes of a kind that are taken and never told. What is staged holds none: versions are compared in the open. */
const secrets: ReadonlyMap<KindName, readonly string[]> = new Map(
  kindNames.map(kind => {
    const attributes = Object.entries(kinds[kind].now.shape)
    return [kind, attributes.filter(([, schema]) => markOf(schema)?.text === 'secret').map(([name]) => name)]
  }),
)

/** Whether an attribute is taken and never told. */
export function isSecret(kind: KindName, attribute: string): boolean {
  return secrets.get(kind)?.includes(attribute) ?? false
}

/** What takes effect at once of a resource, without what is never told. */
export function toldOf({ kind, now }: Resource): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(now).filter(([attribute]) => !isSecret(kind, attribute)))
}
