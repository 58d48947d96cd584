import type { AgentState } from '../client/wire.ts'
import { emptyModel, put, remove, type Model } from '../model/model.ts'

/**
 * The agent's own copy of the published model after what the server said. Resources that did not change stay the same
 * objects, even through a full answer, so that what was compiled from them stays.
 */
export function replicate(model: Model | null, state: AgentState): Model {
  const before = model ?? emptyModel
  const there = new Set(state.resources.map(resource => resource.id))
  const removed = state.full
    ? before.resources
        .keySeq()
        .filter(id => !there.has(id))
        .toArray()
    : state.removed
  const without = removed.reduce(remove, before)
  const news = state.resources.filter(
    resource => without.resources.get(resource.id)?.liveRevision !== resource.liveRevision,
  )
  return { ...news.reduce(put, without), revision: state.revision }
}
