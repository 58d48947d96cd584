import { checkChange } from './check.ts'
import { childListsOf } from './child-lists.ts'
import type { Context } from './command.ts'
import { change, refuse, workOn, type Work } from './edit/work.ts'
import { isStaged, kinds } from './kinds.ts'
import { put, putGeneration, type Id, type Model, type Resource } from './model.ts'
import { refsOf } from './refs.ts'
import { holdersOf } from './rules/zone.ts'
import { same } from './same.ts'

/** What a restore made of a model. */
export interface Restored {
  /** The checked model, revision not yet grown. */
  readonly model: Model
  /** What has the version of then as its draft now. */
  readonly drafts: readonly Id[]
  /** What had been deleted and is there again, without its listeners, rules and routes: these wait in its draft. */
  readonly recreated: readonly Id[]
}

/**
 * Makes drafts of what ran at an earlier moment, of some resources or of all; applies nothing. What was deleted since comes
 * back under its id, and with it whatever it refers to. What takes effect at once stays as it is, and what came since as well.
 * Throws {@link Refused} with all that is wrong, and then nothing has changed.
 */
export function restore(model: Model, past: Model, ids: readonly Id[] | null, context: Context): Restored {
  const work = workOn(model, context)
  const wanted = ids ?? [...past.resources.keys()]
  for (const id of wanted.filter(each => !past.resources.has(each)))
    work.problems.push({ code: 'not-there-then', at: 'ids', values: { id: id.slice(0, 64) } })
  if (work.problems.length > 0) refuse(...work.problems)
  const missing = missingOf(model, past, wanted)
  for (const resource of missing) bringBack(work, resource)
  const drafts = wanted.filter(id => draftOf(work, past.resources.get(id)!))
  const broken = checkChange(model, work.model, work.model.changes)
  if (broken.length > 0) refuse(...broken.slice(0, 100))
  const recreated = missing.map(({ id }) => id)
  return { model: work.model, drafts: drafts.filter(id => !recreated.includes(id)), recreated }
}

/** What has been deleted of these, and of what they refer to. What needs nothing of the others first. */
function missingOf(model: Model, past: Model, wanted: readonly Id[]): readonly Resource[] {
  const found = new Map<Id, Resource>()
  const visit = (id: Id) => {
    const then = past.resources.get(id)
    if (!then || found.has(id)) return
    const isMissing = !model.resources.has(id)
    if (isMissing) found.set(id, then)
    if (isMissing || wanted.includes(id))
      for (const ref of refsOf({ ...then, draft: then.live } as Resource)) if (!model.resources.has(ref)) visit(ref)
  }
  for (const id of wanted) visit(id)
  const order = Object.keys(kinds)
  return [...found.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

/** Puts a deleted resource back, with nothing in it that would carry traffic before an apply. */
function bringBack(work: Work, then: Resource): void {
  const revision = work.before.revision + 1
  const live = emptied(then)
  const generation = then.generation + 1
  const now = withFreeEips(work, then)
  const made = { ...then, now, live, draft: same(live, then.live) ? live : then.live, generation, revision }
  const { now: at, author } = work.context
  work.model = put(work.model, { ...made, liveRevision: revision } as Resource)
  work.model = putGeneration(work.model, { of: then.id, number: generation, at, author, spec: live })
}

/** What ran, without the lists of children. */
function emptied({ kind, live }: Resource): Resource['live'] {
  const lists = childListsOf(kind).map(({ attribute }) => [attribute, []])
  return { ...live, ...Object.fromEntries(lists) } as Resource['live']
}

/** Public IPs that others hold by now stay theirs. */
function withFreeEips({ model }: Work, { id, now }: Resource): Resource['now'] {
  const isFree = (eip: Id) => holdersOf(model, eip).every(({ holder }) => holder.id === id)
  if ('eips' in now) return { ...now, eips: now.eips.filter(isFree) } as Resource['now']
  return 'eip' in now && now.eip !== null && !isFree(now.eip) ? ({ ...now, eip: null } as Resource['now']) : now
}

/** Drafts what ran then; returns whether that is anything else than the draft of now. */
function draftOf(work: Work, then: Resource): boolean {
  const present = work.model.resources.get(then.id)
  if (!present || present.kind !== then.kind || !isStaged(then.kind)) return false
  return change(work, present, { draft: then.live }) !== present
}
