import type { Model, Resource } from '../model/model.ts'

const indexes = new WeakMap<Model, ReadonlyMap<string, readonly Resource[]>>()

/** What carries a tag of a name, by id. */
export function carriersOf(name: string, model: Model): readonly Resource[] {
  const known = indexes.get(model) ?? indexOf(model)
  indexes.set(model, known)
  return known.get(name) ?? []
}

/** Made once for every revision that somebody asks about. */
function indexOf(model: Model): ReadonlyMap<string, readonly Resource[]> {
  const carriers = new Map<string, Resource[]>()
  const tagged = [...model.resources.values()].filter(({ tags }) => tags.length > 0)
  for (const resource of tagged.sort((a, b) => (a.id < b.id ? -1 : 1)))
    for (const name of resource.tags) carriers.set(name, [...(carriers.get(name) ?? []), resource])
  return carriers
}
