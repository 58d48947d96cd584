import type { ServerHealth } from '../dataplane/host.ts'
import type { Id } from '../model/model.ts'

/** What all nodes of a balancer together say of each of its backends: every one of them checks on its own. */
export function together(health: readonly ServerHealth[]): readonly ServerHealth[] {
  const views = Map.groupBy<Id, ServerHealth>(health, each => each.backend)
  return views.size === health.length ? health : [...views.values()].map(ofOne)
}

function ofOne(views: readonly ServerHealth[]): ServerHealth {
  const state = stateOf(views)
  const [failing = views[0]!] = [...views].sort((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state))
  const sum = (of: (view: ServerHealth) => number) => views.reduce((total, view) => total + of(view), 0)
  const changes = views.flatMap(({ changedS }) => changedS ?? [])
  return {
    ...failing,
    state,
    ...(changes.length > 0 ? { changedS: Math.min(...changes) } : {}),
    sessions: sum(view => view.sessions),
    requests: sum(view => view.requests),
    ...(views.some(view => view.queued !== undefined) ? { queued: sum(view => view.queued ?? 0) } : {}),
    ...drainOf(views),
  }
}

/** From which view the reason is taken: the first of these. */
const worst: readonly ServerHealth['state'][] = [
  'down',
  'falling',
  'rising',
  'draining',
  'maintenance',
  'no-check',
  'up',
]

/** What all say, and otherwise that it is on the way between up and down. */
function stateOf(views: readonly ServerHealth[]): ServerHealth['state'] {
  const said = new Set(views.map(view => view.state))
  const [only = 'maintenance', ...others] = said
  if (others.length === 0) return only
  const isOut = [...said].every(state => state === 'draining' || state === 'maintenance')
  if (isOut) return 'draining'
  return said.has('up') ? 'falling' : 'rising'
}

/** It has drained when the last has; what ends by itself is later than anything. */
function drainOf(views: readonly ServerHealth[]): Pick<ServerHealth, 'drain'> {
  const drains = views.flatMap(({ drain }) => drain ?? [])
  const [last] = drains.sort((a, b) => (a.endsAt === null ? -1 : b.endsAt === null ? 1 : a.endsAt < b.endsAt ? 1 : -1))
  return last ? { drain: last } : {}
}
