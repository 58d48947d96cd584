import { endsOf } from '../host/cascade.ts'
import { diff } from '../host/diff.ts'
import { keyOf, type HostState, type Item, type Key, type Shards } from '../host/item.ts'
import { edgeShard } from '../compile/names.ts'
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

/**
 * What is held when these namespaces are as just read: the rest stays as it was known, unchanged parts as the same objects.
 * Parts with nothing in these namespaces cost a glance.
 */
export function refresh(held: Shards, netns: ReadonlySet<string> | 'all', seen: HostState, desired: Shards): Shards {
  const concerned = (part: HostState | undefined) =>
    part !== undefined && (netns === 'all' || !namespacesOf(part).isDisjointFrom(netns))
  const names = [...new Set([...held.keys(), ...desired.keys()])].filter(
    name => concerned(held.get(name)) || concerned(desired.get(name)),
  )
  const fresh = adopt(seen, new Map(names.map(name => [name, desired.get(name) ?? held.get(name) ?? nothing])))
  const next = new Map(held)
  for (const name of new Set([...names, ...fresh.keys()])) {
    const before = held.get(name) ?? nothing
    const kept = [...before].filter(([, item]) => netns !== 'all' && !netns.has(item.netns))
    const read = fresh.get(name) ?? nothing
    if (kept.length === before.size && read.size === 0) continue
    const after = new Map([...kept, ...read])
    next.set(name, diff(before, after).length === 0 ? before : after)
  }
  return next
}

const namespacesByPart = new WeakMap<HostState, ReadonlySet<string>>()

function namespacesOf(part: HostState): ReadonlySet<string> {
  return namespacesByPart.getOrInsertComputed(part, () => new Set(part.values().map(item => item.netns)))
}

/** Brings a machine from what it holds to what it should hold, part by part; a part that is the same object costs nothing. */
export async function reconcile(host: Host, held: Shards, desired: Shards): Promise<Round> {
  const changed = changedParts(held, desired)
  if (changed.length === 0) return { held, steps: 0, failed: [] }
  const after = new Map(held)
  const left = new Map<Key, Item>()
  const failed: Outcome[] = []
  let steps = 0
  for (const group of groupsOf(held, desired, changed)) {
    const from = whole(only(held, group))
    const to = whole(only(desired, group))
    const plan = diff(from, to)
    const outcomes = plan.length > 0 ? await host.apply(plan) : []
    const undone = outcomes.filter(outcome => outcome.failed !== undefined)
    steps += plan.length
    failed.push(...undone)
    for (const name of group) after.delete(name)
    const wanted = only(desired, group)
    const parts = undone.length > 0 ? adopt(withFailures(from, to, undone), wanted) : wanted
    for (const [name, part] of parts) {
      if (name === orphans) for (const [key, item] of part) left.set(key, item)
      else after.set(name, part)
    }
  }
  if (left.size > 0) after.set(orphans, left)
  return { held: after, steps, failed }
}

/** Parts to be brought about, the machine's edge first, parts that go last. */
function changedParts(held: Shards, desired: Shards): string[] {
  const wanted = [...desired.keys()].filter(name => held.get(name) !== desired.get(name))
  const gone = [...held.keys()].filter(name => !desired.has(name))
  return [...wanted, ...gone].sort((a, b) => placeOf(a, desired) - placeOf(b, desired))
}

function placeOf(name: string, desired: Shards): number {
  const isEdge = name === edgeShard
  return desired.has(name) ? (isEdge ? 0 : 1) : isEdge ? 3 : 2
}

/**
 * Parts that must be brought about together, because something moves between them: a public address to another VPC, a
 * balancer to another subnet. One part would else remove what the other just put.
 */
function groupsOf(held: Shards, desired: Shards, changed: readonly string[]): readonly (readonly string[])[] {
  const leaving = new Map<string, string>()
  for (const from of changed) {
    for (const [key, item] of held.get(from) ?? nothing) {
      if (!desired.get(from)?.has(key)) for (const claim of claimsOf(item)) leaving.set(claim, from)
    }
  }
  const groups = new Map(changed.map(name => [name, [name]]))
  for (const to of leaving.size > 0 ? changed : []) {
    for (const item of desired.get(to)?.values() ?? []) {
      for (const claim of claimsOf(item)) {
        const [a, b] = [groups.get(to), groups.get(leaving.get(claim) ?? to)]
        if (!a || !b || a === b) continue
        a.push(...b)
        for (const name of b) groups.set(name, a)
      }
    }
  }
  return [...new Set(groups.values())]
}

/** What an item has to itself: its key, the names of a link's ends, and a device of which there is only one. */
function claimsOf(item: Item): string[] {
  const device = item.kind === 'tap' ? [`tap ${item.name}`] : []
  return [keyOf(item), ...endsOf(item).map(([netns, name]) => `end ${netns} ${name}`), ...device]
}

function only(parts: Shards, names: readonly string[]): Shards {
  return new Map(names.flatMap(name => (parts.has(name) ? [[name, parts.get(name) ?? nothing]] : [])))
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
