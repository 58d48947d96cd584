import { diff } from '../host/diff.ts'
import { keyOf, type HostState, type Item, type Key, type Shards } from '../host/item.ts'
import type { Host, Outcome } from '../dataplane/host.ts'

/** What one round did. */
export interface Round {
  /** What the machine is taken to hold now; a part that was brought about whole is the wished-for object itself. */
  readonly held: Shards
  readonly steps: number
  /** Steps that could not be taken, with why. */
  readonly failed: readonly Outcome[]
}

const nothing: HostState = new Map()
/** Where items are kept that no part of the wish knows, so that the next round removes them. */
const orphans = ''

/** All parts as one state. */
export function whole(shards: Shards): HostState {
  return new Map([...shards.values()].flatMap(shard => [...shard]))
}

/** Sorts what a machine holds into the parts of a wish, so that what is right is adopted and the rest is an orphan. */
export function adopt(actual: HostState, desired: Shards): Shards {
  const homes = new Map<Key, string>()
  for (const [name, shard] of desired) for (const key of shard.keys()) homes.set(key, name)
  const parts = new Map<string, Map<Key, Item>>()
  for (const [key, item] of actual) {
    const home = homes.get(key) ?? orphans
    const part = parts.get(home)
    if (part) part.set(key, item)
    else parts.set(home, new Map([[key, item]]))
  }
  return parts
}

/** What is held when these namespaces are as just read: the rest stays as it was known, unchanged parts as the same objects. */
export function refresh(held: Shards, netns: ReadonlySet<string> | 'all', seen: HostState, desired: Shards): Shards {
  const next = new Map(held)
  const fresh = adopt(seen, new Map([...held, ...desired]))
  for (const name of new Set([...held.keys(), ...fresh.keys()])) {
    const before = held.get(name) ?? nothing
    const kept = [...before].filter(([, item]) => netns !== 'all' && !netns.has(item.netns))
    const read = fresh.get(name) ?? nothing
    if (kept.length === before.size && read.size === 0) continue
    const after = new Map([...kept, ...read])
    next.set(name, diff(before, after).length === 0 ? before : after)
  }
  return next
}

/** Brings a machine from what it holds to what it should hold, part by part; a part that is the same object costs nothing. */
export async function reconcile(host: Host, held: Shards, desired: Shards): Promise<Round> {
  const changed = changedParts(held, desired)
  if (changed.length === 0) return { held, steps: 0, failed: [] }
  const before = handOver(held, desired, changed)
  const after = new Map(held)
  const failed: Outcome[] = []
  let steps = 0
  for (const name of changed) {
    const from = before.get(name) ?? nothing
    const to = desired.get(name) ?? nothing
    const plan = diff(from, to)
    const outcomes = plan.length > 0 ? await host.apply(plan) : []
    const undone = outcomes.filter(outcome => outcome.failed !== undefined)
    steps += plan.length
    failed.push(...undone)
    if (undone.length > 0) after.set(name, withFailures(from, to, undone))
    else if (desired.has(name)) after.set(name, to)
    else after.delete(name)
  }
  return { held: after, steps, failed }
}

/** Parts to be brought about, the machine's edge first, parts that go last. */
function changedParts(held: Shards, desired: Shards): string[] {
  const wanted = [...desired.keys()].filter(name => held.get(name) !== desired.get(name))
  const gone = [...held.keys()].filter(name => !desired.has(name))
  return [
    ...wanted.filter(n => n === 'edge'),
    ...wanted.filter(n => n !== 'edge'),
    ...gone.filter(n => n !== 'edge'),
    ...gone.filter(n => n === 'edge'),
  ]
}

/**
 * What is held with every item counted where it is going: a public address that moves to another VPC must be changed
 * there, and not be removed by its old part after the new one put it.
 */
function handOver(held: Shards, desired: Shards, changed: readonly string[]): ReadonlyMap<string, HostState> {
  const leaving = new Map<Key, { readonly item: Item; readonly from: string }>()
  for (const from of changed) {
    for (const [key, item] of held.get(from) ?? nothing)
      if (!desired.get(from)?.has(key)) leaving.set(key, { item, from })
  }
  const parts = new Map<string, Map<Key, Item>>()
  const part = (name: string) => parts.getOrInsertComputed(name, () => new Map(held.get(name)))
  for (const to of changed) {
    if (leaving.size === 0) break
    for (const key of desired.get(to)?.keys() ?? []) {
      const moving = leaving.get(key)
      if (!moving || moving.from === to) continue
      part(moving.from).delete(key)
      part(to).set(key, moving.item)
    }
  }
  return new Map(changed.map(name => [name, parts.get(name) ?? held.get(name) ?? nothing]))
}

/** What a part holds after all of its steps but these. */
function withFailures(from: HostState, to: HostState, undone: readonly Outcome[]): HostState {
  const state = new Map(to)
  for (const { step } of undone) {
    const key = keyOf(step.item)
    const old = from.get(key)
    if (old) state.set(key, old)
    else state.delete(key)
  }
  return state
}
