import type { Model, Resource } from '../../model/model.ts'
import type { StoryStep } from './narration.ts'

/** The resource that a step of a story is about: what causes it, else where it happens. */
export function placeOf(model: Model, { it, where }: StoryStep): Resource | undefined {
  for (const thing of [it?.of, it, where?.of, where]) {
    const resource = thing ? model.resources.get(thing.id) : undefined
    if (resource) return resource
  }
  return undefined
}
