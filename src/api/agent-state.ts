import type { AgentState, Published, PublishedChange } from '../client/wire.ts'
import { differenceOf } from '../model/difference.ts'
import type { Model, Resource } from '../model/model.ts'
import type { ChangeLog } from './change-log.ts'

/** What an agent that has a revision must hear to have the newest: of what it has, only what became of it. */
export function stateSince(
  since: number,
  log: Pick<ChangeLog, 'revision' | 'since' | 'modelOf'>,
  model: Model,
): AgentState {
  const changed = since > 0 ? log.since(since) : null
  const { revision } = log
  if (!changed) {
    const resources = [...model.resources.values()].map(published)
    return { revision, full: true, resources, changed: [], removed: [] }
  }
  const then = log.modelOf(since)?.resources
  const resources: Published[] = []
  const changes: PublishedChange[] = []
  for (const id of changed.live) {
    const [was, is] = [then?.get(id), model.resources.get(id)]
    if (!is) continue
    if (was) changes.push(changeOf(was, is))
    else resources.push(published(is))
  }
  return { revision, full: false, resources, changed: changes, removed: changed.removed }
}

/** Only of what takes effect an agent is sure to have what the model had: of the rest it may have heard earlier, or later. */
function changeOf(was: Resource, is: Resource): PublishedChange {
  const { now, live } = is
  const changed = { now: differenceOf(was.now, now), live: differenceOf(was.live, live) }
  return { ...published(is), was: was.liveRevision, ...changed }
}

function published({ draft: _, ...rest }: Resource): Published {
  return rest
}
