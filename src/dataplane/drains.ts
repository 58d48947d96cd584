import type { TrackedFlow } from '../host/flow-verdict.ts'
import type { Ruleset } from '../host/ruleset.ts'
import { placesIn, spreadAt, type Spread, type SpreadTarget } from '../host/spread.ts'

/** Backends that were taken out, and whose flows may stay for a while. */
export class Drains {
  /** By namespace, and in it by spread and endpoint, until when. */
  readonly #until = new Map<string, Map<string, number>>()
  readonly #spreads = new Map<string, readonly Spread[]>()

  /** Takes note of who was taken out when one ruleset took the place of another. */
  turn(netns: string, from: Ruleset, to: Ruleset, nowMs: number): void {
    const draining = this.#until.getOrInsertComputed(netns, () => new Map())
    this.#spreads.set(netns, to.spreads ?? [])
    for (const spread of to.spreads ?? []) {
      const placesOf = (targets: readonly SpreadTarget[]) =>
        targets.flatMap(target => placesIn(spread, target).map(place => `${spread.id} ${place}`))
      const kept = new Set(placesOf(spread.targets))
      for (const place of kept) draining.delete(place)
      const before = from.spreads?.find(({ id }) => id === spread.id)
      if (spread.drainS === 0 || !before) continue
      for (const place of placesOf(before.targets)) {
        if (!kept.has(place)) draining.set(place, nowMs + spread.drainS * 1000)
      }
    }
  }

  /** Whether a flow is one of a backend that was taken out, and may stay. */
  keeps(netns: string, { original, reply }: TrackedFlow, nowMs: number): boolean {
    const draining = this.#until.get(netns)
    const spread = draining && draining.size > 0 && spreadAt(this.#spreads.get(netns) ?? [], original)
    const until = spread && draining.get(`${spread.id} ${reply.from}:${reply.sport}`)
    return until !== undefined && until !== false && until > nowMs
  }

  /** The namespaces in which somebody's time is over, each once. */
  due(nowMs: number): string[] {
    const over = [...this.#until].filter(([, places]) => places.values().some(until => until <= nowMs))
    for (const [netns, places] of over) {
      for (const [place, until] of places) if (until <= nowMs) places.delete(place)
      if (places.size === 0) this.#until.delete(netns)
    }
    return over.map(([netns]) => netns)
  }
}
