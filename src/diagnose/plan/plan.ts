import { put, type Id, type Model, type Resource } from '../../model/model.ts'
import { impactOf, type Impact } from './impact.ts'
import { trapsOf, type Trap } from './traps.ts'

/** What an apply would do, beside the difference of the documents. */
export interface ApplyPlan extends Impact {
  readonly traps: readonly Trap[]
}

/** What an apply of a resource's draft would do. `isUp` says which backends checks let serve now. */
export function planApply(model: Model, resource: Resource, isUp: (backend: Id) => boolean = () => true): ApplyPlan {
  const after = put(model, { ...resource, live: resource.draft } as Resource)
  return { ...impactOf(model, after, [resource.id], isUp), traps: trapsOf(model, resource.id) }
}
