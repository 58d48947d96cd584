import type { TrackedFlow } from '../host/flow-verdict.ts'
import type { Ruleset } from '../host/ruleset.ts'
import { placesIn, type SpreadTarget } from '../host/spread.ts'

/** Backends that were taken out, and whose flows may stay for a while. */
export class Drains {
  /** By namespace, and in it by mark and endpoint, until when. */
  readonly #until = new Map<string, Map<string, number>>()

  /** Takes note of who was taken out when one ruleset took the place of another. */
  turn(netns: string, from: Ruleset, to: Ruleset, nowMs: number): void {
    const draining = this.#until.getOrInsertComputed(netns, () => new Map())
    for (const spread of to.spreads ?? []) {
      const placesOf = (targets: readonly SpreadTarget[]) =>
        targets.flatMap(target => placesIn(spread, target).map(place => `${spread.mark} ${place}`))
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
  keeps(netns: string, { mark, reply }: TrackedFlow, nowMs: number): boolean {
    const until = this.#until.get(netns)?.get(`${mark} ${reply.from}:${reply.sport}`)
    return until !== undefined && until > nowMs
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
