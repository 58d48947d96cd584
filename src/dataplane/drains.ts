import type { TrackedFlow } from '../host/flow-verdict.ts'
import type { Ruleset } from '../host/ruleset.ts'
import { lostTargets, placesIn, spreadAt, type Spread, type SpreadTarget } from '../host/spread.ts'

/** Backends that were taken out, and whose flows may stay for a while. */
export class Drains {
  /** By namespace, and in it by spread and endpoint, until when. */
  readonly #until = new Map<string, Map<string, number>>()
  readonly #spreads = new Map<string, readonly Spread[]>()

  /** Takes note of who was taken out when one ruleset took the place of another. */
  turn(netns: string, from: Ruleset, to: Ruleset, nowMs: number): void {
    const draining = this.#until.getOrInsertComputed(netns, () => new Map())
    this.#spreads.set(netns, to.spreads ?? [])
    const placesOf = (spread: Spread, target: SpreadTarget) =>
      placesIn(spread, target).map(place => `${spread.id} ${place}`)
    const lost = lostTargets(from.spreads ?? [], to.spreads ?? [])
    for (const { spread, target } of lost) {
      if (spread.drainS === 0) continue
      for (const place of placesOf(spread, target)) draining.set(place, nowMs + spread.drainS * 1000)
    }
    // Who is there again has nothing to finish.
    if (draining.size === 0) return
    for (const spread of to.spreads ?? [])
      for (const target of spread.targets) for (const place of placesOf(spread, target)) draining.delete(place)
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
