import type { TrackedFlow } from '../host/flow-verdict.ts'
import type { Item, ProxyItem, RulesetItem } from '../host/item.ts'
import { listenerOf, poolsOf } from '../host/proxy.ts'
import type { Ruleset } from '../host/ruleset.ts'
import { placesIn, spreadAt, type Spread } from '../host/spread.ts'
import { Drains } from './drains.ts'
import type { ServerHealth } from './host.ts'
import { runNft } from './nft.ts'
import { prober } from './prober.ts'
import { fillText, keyOf, Slots, type Filling } from './slots.ts'
import type { Measure } from './measure.ts'
import type { Space } from './space.ts'
import type { Spreader } from './spread-measure.ts'

interface SpreadingPort {
  readonly enter: <T>(netns: string, run: () => T) => T
  readonly space: (netns: string) => Space | null
  /** Runs something while nothing else is changed. */
  readonly alone: <T>(run: () => Promise<T>) => Promise<T>
  /** Forgets the flows of a namespace that do not stand. */
  readonly cut: (space: Space, stands: (flow: TrackedFlow) => boolean) => void
  /** Judges all flows of a namespace again. */
  readonly judge: (space: Space) => void
}

const empty: Filling = new Map()

/** Leads new flows to backends that are active, and no others: fills maps from what checks say. */
export class Spreading {
  readonly slots = new Slots()
  readonly #port: SpreadingPort
  readonly #drains = new Drains()
  readonly #prober: ReturnType<typeof prober>
  /** Listeners whose backends are not as they were when their maps were filled last. */
  readonly #turned = new Set<string>()

  constructor(port: SpreadingPort) {
    this.#port = port
    this.#prober = prober({ enter: port.enter })
  }

  /**
   * What the maps of a ruleset should hold, and what must be said for that together with it, so that no flow finds them empty; to be
   * followed by {@link loaded}.
   */
  filling(netns: string, ruleset: Ruleset, isFresh: boolean): { readonly filling: Filling; readonly text: string } {
    const from = isFresh ? empty : this.slots.filled(netns)
    const filling = this.slots.wanted(ruleset, this.slots.filled(netns))
    return { filling, text: fillText(ruleset, from, filling) }
  }

  /** A ruleset was loaded in the place of another, with that in its maps. */
  loaded(netns: string, before: Ruleset | null | undefined, ruleset: Ruleset, filling: Filling): void {
    if (ruleset.spreads) this.slots.put(netns, filling)
    else this.slots.forget(netns)
    if (before) this.#drains.turn(netns, before, ruleset, Date.now())
  }

  /** Whether a flow may stay although no rule would lead it there today. */
  keeps(netns: string, flow: TrackedFlow): boolean {
    return this.#drains.keeps(netns, flow, Date.now())
  }

  /** Checks what HAProxy cannot check, from now on. Returns what is known so far, also of what nobody is to check. */
  probe(rulesets: readonly RulesetItem[]): readonly ServerHealth[] {
    const targets = rulesets.flatMap(({ netns, ruleset: { spreads = [] } }) =>
      spreads.flatMap(spread => {
        const { id: listener, check } = spread
        if (typeof check === 'string') return []
        return spread.targets.map(target => {
          const { backend, address, port } = target
          return { netns, listener, backend, address, port, check, wasUp: this.slots.isActive(spread, target) }
        })
      }),
    )
    this.#prober.set(targets)
    return [...this.#prober.health().filter(({ known }) => known), ...rulesets.flatMap(uncheckedIn)]
  }

  /** Takes note of what checks say, and has flows go there. */
  async heed(items: readonly Item[], health: readonly ServerHealth[]): Promise<void> {
    const places = placesOf(items)
    this.slots.keepOnly(new Set(places.values().map(({ key }) => key)))
    for (const { listener, backend, state } of health) {
      const place = places.get(`${listener} ${backend}`)
      if (place && this.slots.learn(place.key, state)) this.#turned.add(listener)
    }
    for (const item of items) {
      if (item.kind === 'ruleset' && item.ruleset.spreads?.some(({ id }) => this.#turned.has(id))) {
        await this.#port.alone(() => this.#refill(item.netns))
      }
    }
    this.#turned.clear()
    for (const netns of this.#drains.due(Date.now())) {
      const space = this.#port.space(netns)
      if (space) await this.#port.alone(async () => this.#port.judge(space))
    }
  }

  /** How many backends of each listener may have flows now. */
  available({ netns, spreads }: Spreader): Measure[] {
    return spreads.map(spread => {
      const able = spread.targets.filter(target => target.weight > 0 && this.slots.isActive(spread, target))
      return { kind: 'listener', netns, name: spread.id, values: { availableBackends: able.length } }
    })
  }

  close(): void {
    this.#prober.close()
  }

  async #refill(netns: string): Promise<void> {
    const space = this.#port.space(netns)
    const ruleset = space?.currentRulesets().ip
    // What is not known is read, and put again, by others.
    if (!space?.loaded || !ruleset?.spreads) return
    const { filling, text } = this.filling(netns, ruleset, false)
    if (text !== '') {
      const { rulesets } = space.loaded
      const result = await runNft(space.fd, text)
      if ('error' in result) {
        this.slots.forget(netns)
        space.loaded = undefined
        return
      }
      this.slots.put(netns, filling)
      space.loaded = { rulesets, generation: space.rulesGeneration() }
    }
    const { spreads } = ruleset
    const lost = new Set(spreads.flatMap(spread => this.#lostOf(spread)))
    if (lost.size === 0) return
    this.#port.cut(space, ({ original, reply }) => {
      const spread = spreadAt(spreads, original)
      return !spread || !lost.has(`${spread.id} ${reply.from}:${reply.sport}`)
    })
  }

  /** The backends of a spread that flows must leave. */
  #lostOf(spread: Spread): string[] {
    if (!this.#turned.has(spread.id) || (spread.protocol === 'tcp' && !spread.cutWhenDown)) return []
    return spread.targets
      .filter(target => !this.slots.isActive(spread, target))
      .flatMap(target => placesIn(spread, target).map(place => `${spread.id} ${place}`))
  }
}

function uncheckedIn({ ruleset: { spreads = [] } }: RulesetItem): ServerHealth[] {
  const open = { state: 'no-check', reason: '', checkMs: null, sessions: 0, requests: 0 } as const
  return spreads
    .filter(({ check }) => check === 'none')
    .flatMap(({ id: listener, targets }) => targets.map(({ backend }) => ({ listener, backend, ...open })))
}

/** Where every backend is that is checked, by listener and backend. */
function placesOf(items: readonly Item[]): ReadonlyMap<string, { readonly key: string }> {
  const places = new Map<string, { readonly key: string }>()
  const add = (listener: string, backend: string, endpoint: { readonly address: string; readonly port: number }) =>
    places.set(`${listener} ${backend}`, { key: keyOf(listener, endpoint) })
  for (const { config } of items.filter((item): item is ProxyItem => item.kind === 'proxy')) {
    for (const pool of poolsOf(config)) for (const server of pool.servers) add(listenerOf(pool.id), server.id, server)
  }
  for (const { ruleset } of items.filter((item): item is RulesetItem => item.kind === 'ruleset')) {
    for (const { id, targets } of ruleset.spreads ?? []) for (const each of targets) add(id, each.backend, each)
  }
  return places
}
