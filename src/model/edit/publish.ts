import { problemsOf } from '../issue.ts'
import { kinds } from '../kinds.ts'
import { generationKey, type Generation, type Resource } from '../model.ts'
import { quotas } from '../quota.ts'
import { settleNodes } from './nodes.ts'
import { change, refuse, type Work } from './work.ts'

/** Publishes the draft: one assignment. */
export function apply(work: Work, old: Resource): void {
  settleNodes(work, change(work, old, { live: old.draft }))
}

/** Throws the draft away. */
export function discard(work: Work, old: Resource): void {
  settleNodes(work, change(work, old, { draft: old.live }))
}

/** Publishes an older version again, as a new one; the draft becomes it too. */
export function rollback(work: Work, old: Resource, number: number): void {
  const found: Generation | undefined = work.model.generations.get(generationKey(old.id, number))
  if (!found)
    refuse({ code: 'no-generation', at: 'generation', resource: old.id, values: { number, kept: quotas.generations } })
  const spec = kinds[old.kind].spec.safeParse(found.spec)
  if (!spec.success) refuse(...problemsOf(spec.error, found.spec).map(p => ({ ...p, resource: old.id })))
  settleNodes(work, change(work, old, { draft: spec.data, live: spec.data }))
}
