import { partsWith } from '../../compile/compile.ts'
import type { Id, Model } from '../../model/model.ts'
import { reachChange, type Reach, type ReachChange } from '../reach/reach.ts'
import { sceneOf } from '../trace/scene.ts'

/** Who gained and who lost reach between two moments. */
export interface ReachBetween extends ReachChange {
  /** How many networks changed, and how many of them were looked at. */
  readonly networks: { readonly concerned: number; readonly looked: number }
}

/** So many networks are looked at: a group that all use would take long. */
const mostNetworks = 10

/** Who gained and lost reach by what changed between two models; `changed` names at least all of that. */
export function reachBetween(before: Model, after: Model, changed: Iterable<Id>): ReachBetween {
  const concerned = new Set<string>()
  for (const id of changed)
    for (const model of [before, after]) for (const part of partsWith(model, id)) concerned.add(part)
  const networks = [...concerned].filter(part => before.members.has(part) || after.members.has(part)).sort()
  const looked = networks.slice(0, mostNetworks)
  const all: { [Way in keyof ReachChange]: Reach[] } = { gained: [], lost: [], oneWay: [] }
  for (const part of looked) {
    const found = reachChange(part, sceneOf(before, [part]), sceneOf(after, [part]))
    for (const way of ['gained', 'lost', 'oneWay'] as const) all[way].push(...found[way])
  }
  return { ...all, networks: { concerned: networks.length, looked: looked.length } }
}
