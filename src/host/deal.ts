import type { Spread, SpreadTarget } from './spread.ts'

const most = 1024
/** So many slots are dealt anew without a thought. */
const few = 256
/** With so many times the slots that weights need, shares stay even when some backends are lost. */
const multiples = [60, 12, 6, 4, 3, 2, 1]

/** How many slots such backends need, so that each has exactly its share. */
export function slotsFor(by: Spread['by'], targets: readonly Pick<SpreadTarget, 'weight' | 'tier'>[]): number {
  if (by === 'source') return most
  const sums = [...Map.groupBy(targets, ({ tier }) => tier).values()].map(tier => {
    const weights = tier.map(({ weight }) => weight)
    return weights.reduce((sum, weight) => sum + weight, 0) / (weights.reduce(divisor, 0) || 1)
  })
  const least = sums.filter(sum => sum > 0).reduce((a, b) => (a * b) / divisor(a, b), 1)
  const multiple = multiples.find(each => least * each <= most)
  return multiple === undefined ? most : least * multiple
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}

/** Whether slots stay with whom they lead to, as far as shares allow, because it costs too much to deal all of them anew. */
export function slotsStay({ by, slots }: Pick<Spread, 'by' | 'slots'>): boolean {
  return by === 'turn' && slots > few
}

/**
 * Which target each slot leads to while these backends are active; empty where none of any tier is. Where slots stay, it depends on where
 * they led before.
 */
export function slotsOf(
  spread: Spread,
  active: ReadonlySet<string>,
  before: ReadonlyMap<number, SpreadTarget> = new Map(),
): readonly SpreadTarget[] {
  const able = spread.targets.filter(({ backend, weight }) => weight > 0 && active.has(backend))
  const tier = Math.min(...able.map(each => each.tier))
  const serving = able.filter(each => each.tier === tier)
  if (serving.length === 0) return []
  if (spread.by === 'source') return heirs(serving, spread.slots)
  const counts = sharesOf(serving, spread.slots)
  return slotsStay(spread) ? staying(serving, counts, spread.slots, before) : turns(serving, counts)
}

/** How many slots each has, as its weight says. */
function sharesOf(targets: readonly SpreadTarget[], slots: number): readonly number[] {
  const sum = targets.reduce((all, { weight }) => all + weight, 0)
  const shares = targets.map(({ weight }) => (weight * slots) / sum)
  const counts = shares.map(Math.floor)
  // What does not come out even goes to those who would lose most.
  const losers = [...shares.keys()].sort((a, b) => (shares[b]! % 1) - (shares[a]! % 1) || a - b)
  const left = slots - counts.reduce((all, count) => all + count, 0)
  for (const i of losers.slice(0, left)) counts[i]!++
  return counts
}

/** Each so often, its turns as far from one another as can be. */
function turns(targets: readonly SpreadTarget[], counts: readonly number[]): SpreadTarget[] {
  const places = counts.flatMap((count, i) => Array.from({ length: count }, (_, n) => ({ i, at: (n + 0.5) / count })))
  return places.sort((a, b) => a.at - b.at || a.i - b.i).map(({ i }) => targets[i]!)
}

/** Each so often, and where it was before as far as that goes: only what is left over is dealt. */
function staying(
  targets: readonly SpreadTarget[],
  counts: readonly number[],
  slots: number,
  before: ReadonlyMap<number, SpreadTarget>,
): SpreadTarget[] {
  const left = new Map(targets.map((target, i) => [target, counts[i]!]))
  const kept = Array.from({ length: slots }, (_, slot) => {
    const had = before.get(slot)
    const more = had && left.get(had)
    if (!more) return null
    left.set(had, more - 1)
    return had
  })
  const rest = turns(targets, [...left.values()]).values()
  return kept.map(each => each ?? rest.next().value!)
}

/** For each slot, who wins a lottery of its own: without one of them, only the slots that it had won go to others. */
function heirs(targets: readonly SpreadTarget[], slots: number): SpreadTarget[] {
  // By where they are: one that comes back, under whatever id, wins what it had.
  const seeds = targets.map(({ address, port }) => seedOf(`${address}:${port}`))
  return Array.from({ length: slots }, (_, slot) => {
    let [best, lowest] = [0, Infinity]
    for (const [i, { weight }] of targets.entries()) {
      const score = -Math.log(chance(seeds[i]!, slot)) / weight
      if (score < lowest) [best, lowest] = [i, score]
    }
    return targets[best]!
  })
}

function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}

/** A number between 0 and 1, the same for the same two. */
function chance(seed: number, slot: number): number {
  let mixed = seed ^ Math.imul(slot + 1, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32
}
