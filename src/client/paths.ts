import { segmentOf } from '../model/child-lists.ts'
import type { ChildPath } from '../model/command.ts'
import { kinds, type KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'

/** Where the API has the resources of a kind, or one of them. */
export function pathOf(kind: KindName, id?: Id): string {
  const { plural } = kinds[kind]
  return id === undefined ? `/v1/${plural}` : `/v1/${plural}/${encodeURIComponent(id)}`
}

/** Attribute names stand at even places of a child's path, ids at odd ones. */
export function childPath(kind: KindName, id: Id, path: ChildPath): string {
  const parts = path.map((part, i) => (i % 2 === 0 ? segmentOf(part) : encodeURIComponent(part)))
  return [pathOf(kind, id), ...parts].join('/')
}
