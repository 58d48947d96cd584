import type { Context } from '../command.ts'
import type { Id, Model, Resource } from '../model.ts'
import { put, putGeneration, removeGeneration } from '../model.ts'
import { Refused, type Problem } from '../problem.ts'
import { quotas } from '../quota.ts'
import { same } from '../same.ts'
import { sharing } from '../sharing.ts'

/** An edit under way: the model so far, and what is to be said about it. Lives only within one call of `edit`. */
export interface Work {
  readonly before: Model
  readonly context: Context
  readonly problems: Problem[]
  readonly touched: Set<Id>
  readonly warnings: Problem[]
  /** Where in the body each new resource was asked for. */
  readonly places: Map<Id, string>
  model: Model
  /** The child that the command is about, as a path in its aggregate; problems are told as seen from there. */
  place: string
}

/** The parts of a resource that an edit may change. */
type Changes = Partial<Pick<Resource, 'name' | 'description' | 'tags' | 'now' | 'draft' | 'live'>>

/** An edit that has not begun. */
export function workOn(model: Model, context: Context): Work {
  return { before: model, model, context, problems: [], touched: new Set(), warnings: [], places: new Map(), place: '' }
}

/** Ends an edit that cannot be done. */
export function refuse(...problems: readonly Problem[]): never {
  throw new Refused(problems)
}

/** Adds a new resource, published as its first version. */
export function add(work: Work, resource: Resource): void {
  const revision = work.before.revision + 1
  const made = { ...resource, createdAt: work.context.now, generation: 1, revision, liveRevision: revision }
  work.model = put(work.model, made)
  keepGeneration(work, made)
}

/** Changes a resource in the model where it really changes; grows its revisions as the changes ask for. */
export function change(work: Work, old: Resource, changes: Changes): Resource {
  const next = { ...old, ...changes } as Resource
  // Hundreds of versions of a thousand backends are kept: what is the same in all of them is there once.
  const now = sharing(old.now, next.now)
  const live = sharing(old.live, next.live)
  const draft = sharing(live, sharing(old.draft, next.draft))
  const runs = now !== old.now || live !== old.live
  const labels = next.name !== old.name || next.description !== old.description || !same(next.tags, old.tags)
  if (!runs && !labels && draft === old.draft) return old
  const revision = work.before.revision + 1
  const liveRevision = runs ? revision : old.liveRevision
  const generation = live === old.live ? old.generation : old.generation + 1
  const made = { ...next, now, draft, live, generation, revision, liveRevision } as Resource
  work.model = put(work.model, made)
  if (live !== old.live) keepGeneration(work, made)
  return made
}

function keepGeneration(work: Work, { id: of, generation: number, live: spec }: Resource): void {
  const { now: at, author } = work.context
  work.model = putGeneration(work.model, { of, number, at, author, spec })
  work.model = removeGeneration(work.model, of, number - quotas.generations)
}

/** An id that nothing has yet. */
export function unusedId(work: Work, prefix: string): Id {
  for (let tries = 0; tries < 100; tries++) {
    const id = work.context.newId(prefix)
    if (!work.model.resources.has(id)) return id
  }
  throw new Error(`no unused id for ${prefix} in 100 tries`)
}
