import type { AgentState, Published } from '../client/wire.ts'
import { changedBy } from '../model/difference.ts'
import { kindNames } from '../model/kinds.ts'
import { emptyModel, put, remove, type Id, type Model, type Resource } from '../model/model.ts'
import { sharing } from '../model/sharing.ts'

/**
 * The agent's own copy of the published model after what the server said; null where that does not fit, and all of it must be
 * asked for. Resources that did not change stay the same objects, even through a full answer, and so do the parts of others, so
 * that what was compiled from them stays.
 */
export function replicate(model: Model | null, state: AgentState): Model | null {
  const before = model ?? emptyModel
  const there = new Set(state.resources.map(resource => resource.id))
  const removed = state.full
    ? before.resources
        .keySeq()
        .filter(id => !there.has(id))
        .toArray()
    : state.removed
  const changed = state.changed.flatMap(({ was, now, live, ...rest }) => {
    const older = before.resources.get(rest.id)
    if (older?.liveRevision !== was) return []
    return resourceOf({ ...rest, now: changedBy(older.now, now), live: changedBy(older.live, live) } as Published)
  })
  if (changed.length < state.changed.length) return null
  const news = state.resources.filter(({ id, liveRevision }) => before.resources.get(id)?.liveRevision !== liveRevision)
  // A balancer is found in its VPC only by way of its subnet, which must be there before it comes and until it went.
  const order = (id: Id) => kindNames.indexOf(before.resources.get(id)?.kind ?? 'zone')
  const coming = [...changed, ...news.map(each => resourceOf(sharing(before.resources.get(each.id), each)))].sort(
    (a, b) => kindNames.indexOf(a.kind) - kindNames.indexOf(b.kind),
  )
  const going = [...removed].sort((a, b) => order(b) - order(a))
  return { ...going.reduce(remove, coming.reduce(put, before)), revision: state.revision }
}

/** Nobody edits here: the draft is what runs. */
function resourceOf(published: Published): Resource {
  return { ...published, draft: published.live } as Resource
}
