import { checkChange } from './check.ts'
import type { Command, Context, Edited } from './command.ts'
import { addChild, changeChild, patch, seenFrom } from './edit/change.ts'
import { create } from './edit/create.ts'
import { drop } from './edit/delete.ts'
import { apply, discard, rollback } from './edit/publish.ts'
import { refuse, workOn, type Work } from './edit/work.ts'
import { joinPath } from './issue.ts'
import { idleProblems } from './idle.ts'
import { logTargetProblems, unloggedProblems } from './log-target.ts'
import { notEffective } from './not-effective.ts'
import { chainProblems, validityProblems } from './pem.ts'
import { find, type Id, type Model, type Resource } from './model.ts'
import type { Problem } from './problem.ts'

type Targeted = Exclude<Command, { readonly do: 'create' }>

/** What a command makes of a checked model. Throws {@link Refused} with all that is wrong, and then nothing has changed. */
export function edit(model: Model, command: Command, context: Context): Edited {
  const work = workOn(model, context)
  const { id, child } = command.do === 'create' ? created(work, command) : changed(work, command)
  conclude(work, id)
  warnOfIdle(work, id)
  warnOfChain(work, id)
  work.touched.delete(id)
  return {
    model: work.model,
    resource: work.model.resources.get(id) ?? null,
    child,
    touched: [...work.touched],
    warnings: work.warnings,
  }
}

interface Subject {
  readonly id: Id
  readonly child: Id | null
}

function created(work: Work, { kind, body }: Extract<Command, { readonly do: 'create' }>): Subject {
  const id = create(work, kind, body)
  if (id === undefined || work.problems.length > 0) refuse(...work.problems)
  return { id, child: null }
}

function changed(work: Work, command: Targeted): Subject {
  const old = target(work.model, command)
  switch (command.do) {
    case 'add-child':
      return { id: old.id, child: addChild(work, old, command.path, command.body) }
    case 'patch-child':
      return { id: old.id, child: changeChild(work, old, command.path, command.body) }
    case 'delete-child':
      return { id: old.id, child: changeChild(work, old, command.path) }
    case 'patch':
      patch(work, old, command.body)
      break
    case 'delete':
      drop(work, old, command.force ?? false)
      break
    case 'apply':
      apply(work, old)
      break
    case 'discard':
      discard(work, old)
      break
    case 'rollback':
      rollback(work, old, command.generation)
      break
  }
  return { id: old.id, child: null }
}

function target(model: Model, { kind, id, ifRevision }: Targeted): Resource {
  const found = model.resources.get(id)
  if (found?.kind !== kind) refuse({ code: 'not-found', at: '', values: { kind, id: id.slice(0, 64) } })
  if (ifRevision !== undefined && ifRevision !== found.revision) {
    refuse({ code: 'stale', at: '', resource: id, values: { expected: ifRevision, actual: found.revision } })
  }
  return found
}

/** Refuses what the edit broke. A clash of two is told once, by the resource that the command was about. */
function conclude(work: Work, id: Id): void {
  const broken = [
    ...work.problems,
    ...checkChange(work.before, work.model, work.model.changes),
    ...untimelyProblems(work, id),
  ]
  const own = broken.filter(p => p.resource === undefined || p.resource === id || work.places.has(p.resource))
  const told = own.length > 0 ? own : broken
  if (told.length > 0) refuse(...told.slice(0, 100).map(p => asAsked(work, id, p)))
}

/** A certificate is taken only while it is valid; one that was taken stays when its time is over. */
function untimelyProblems(work: Work, id: Id): readonly Problem[] {
  const uploaded = uploadedChain(work, id)
  return uploaded === null ? [] : validityProblems(uploaded, work.context.now).map(p => ({ ...p, resource: id }))
}

/** Warns of what clients may miss in a certificate. */
function warnOfChain(work: Work, id: Id): void {
  const uploaded = uploadedChain(work, id)
  if (uploaded !== null) work.warnings.push(...chainProblems(uploaded).map(p => ({ ...p, resource: id })))
}

/** What was uploaded as a certificate just now; null where nothing was. */
function uploadedChain({ before, model }: Work, id: Id): string | null {
  const chain = find(model, 'certificate', id)?.now.chain ?? null
  return chain === find(before, 'certificate', id)?.now.chain ? null : chain
}

/** Warns of what was published just now and does nothing yet, or nothing where it is. */
function warnOfIdle(work: Work, id: Id): void {
  const resource = work.model.resources.get(id)
  if (!resource || resource.live === work.before.resources.get(id)?.live) return
  work.warnings.push(
    ...notEffective(resource),
    ...logTargetProblems(work.model, resource),
    ...unloggedProblems(resource),
    ...idleProblems(resource),
  )
}

/** A problem as the author of the command sees it: by the place in the body, where the resource is not there yet. */
function asAsked({ model, places, place }: Work, id: Id, problem: Problem): Problem {
  const { resource, ...rest } = problem
  if (resource === undefined) return problem
  const asked = places.get(resource)
  if (asked !== undefined) return { ...rest, at: joinPath(asked, rest.at) }
  return resource === id ? withCalled(model.resources.get(id), place, seenFrom(place, problem)) : problem
}

/** Who sends one child knows the others by their names or ids, not by where they stand in lists. */
function withCalled(resource: Resource | undefined, place: string, problem: Problem): Problem {
  const other = problem.values?.['other']
  if (place === '' || problem.code !== 'duplicate' || typeof other !== 'string') return problem
  let child: unknown = resource?.draft
  for (const [, list = '', index = ''] of other.matchAll(/(\w+)\[(\d+)\]/g))
    child = (child as Readonly<Record<string, readonly unknown[] | undefined>> | undefined)?.[list]?.[Number(index)]
  const { name, id } = (child ?? {}) as { readonly name?: string; readonly id?: string }
  return { ...problem, values: { ...problem.values, other: name || id || other } }
}
