import type { Id, Model, Resource } from './model.ts'

/** Who holds an EIP; undefined while nobody does. */
export function holderOf(model: Model, eip: Id): Resource | undefined {
  for (const user of model.users.get(eip) ?? []) {
    const resource = model.resources.get(user)
    if (!resource) continue
    const { now } = resource
    if (('eip' in now && now.eip === eip) || ('eips' in now && now.eips.includes(eip))) return resource
  }
  return undefined
}
