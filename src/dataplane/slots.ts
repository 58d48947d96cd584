import type { Ruleset } from '../host/ruleset.ts'
import { tableName } from '../host/ruleset-text.ts'
import { slotsOf, slotsStay } from '../host/deal.ts'
import { mapElements, placeOf, spreadMaps, type Endpoint, type Spread, type SpreadTarget } from '../host/spread.ts'
import type { ServerHealth } from './host.ts'
import { mapNames } from './ruleset-load.ts'

/** What maps hold: by name and slot, where it leads. */
export type Filling = ReadonlyMap<string, ReadonlyMap<number, string>>

type Maps = readonly [string, ReadonlyMap<number, string>]

const nothing: Filling = new Map()

/**
 * What the maps of spreads hold, and should hold: which backends are active, as checks said last. Knows; whoever loads tables
 * acts.
 */
export class Slots {
  /** What is in the maps of a namespace, as it was put or read. */
  readonly #filled = new Map<string, Filling>()
  /** Whether a backend is active, by listener and endpoint. */
  readonly #active = new Map<string, boolean>()
  /** What the maps of a spread should hold while these backends are active, whatever they hold: it is asked for again and again. */
  readonly #latest = new WeakMap<Spread, { readonly key: string; readonly maps: readonly Maps[] }>()
  /** Whether a target is active, until health says something new. */
  #actives = new WeakMap<SpreadTarget, boolean>()

  /** What was put into the maps of a namespace. */
  put(netns: string, filling: Filling): void {
    this.#filled.set(netns, filling)
  }

  /** The maps of a namespace are no more, or nobody knows what is in them. */
  forget(netns: string): void {
    this.#filled.delete(netns)
  }

  /** Whether maps that were read are as they were put. Where nobody here put anything, whether somebody may have: then they are adopted. */
  recognise(netns: string, { spreads = [] }: Ruleset, read: Filling): boolean {
    if (spreads.length === 0) return true
    const known = this.#filled.get(netns)
    if (known) return isSame(known, read)
    const adopted = spreads.map(spread => ({ spread, active: activeIn(spread, read) }))
    if (adopted.some(({ active }) => active === null)) return false
    this.#forgetActives()
    for (const { spread, active } of adopted) {
      for (const target of spread.targets) this.#active.set(keyOf(spread.id, target), active!.has(target.backend))
    }
    this.#filled.set(netns, read)
    return true
  }

  /** Whether a backend had flows when somebody was last asked. */
  isActive(spread: Spread, target: SpreadTarget): boolean {
    if (spread.check === 'none') return true
    return this.#actives.getOrInsertComputed(target, () => this.#active.get(keyOf(spread.id, target)) ?? false)
  }

  /** What checks say of a backend, by {@link keyOf}, wherever it is carried: by the kernel it may be tomorrow. Returns whether that is news. */
  learn(key: string, state: ServerHealth['state']): boolean {
    const isActive = state === 'up' || state === 'falling' || state === 'no-check'
    const was = this.#active.get(key)
    this.#active.set(key, isActive)
    const isNews = (was ?? false) !== isActive
    if (isNews) this.#forgetActives()
    return isNews
  }

  /** Forgets backends that are not among these. */
  keepOnly(known: ReadonlySet<string>): void {
    for (const [key, isActive] of this.#active) {
      if (known.has(key)) continue
      this.#active.delete(key)
      if (isActive) this.#forgetActives()
    }
  }

  /** What maps that hold this should hold now. */
  wanted({ spreads = [] }: Ruleset, from: Filling): Filling {
    return new Map(spreads.flatMap(spread => this.#mapsOf(spread, from)))
  }

  #forgetActives(): void {
    this.#actives = new WeakMap()
  }

  #mapsOf(spread: Spread, from: Filling): readonly Maps[] {
    const active = spread.targets.filter(target => this.isActive(spread, target)).map(({ backend }) => backend)
    if (slotsStay(spread)) return [...mapElements(spread, slotsOf(spread, new Set(active), holdersOf(spread, from)))]
    const key = active.join()
    const before = this.#latest.get(spread)
    if (before?.key === key) return before.maps
    const maps = [...mapElements(spread, slotsOf(spread, new Set(active)))]
    this.#latest.set(spread, { key, maps })
    return maps
  }

  /** What is in the maps of a namespace as far as it is known. */
  filled(netns: string): Filling {
    return this.#filled.get(netns) ?? nothing
  }
}

/** The key by which a backend's health is known. */
export function keyOf(listener: string, { address, port }: Endpoint): string {
  return `${listener} ${address}:${port}`
}

/** The backends that have slots in maps; null where no health of any kind leads to such maps. */
function activeIn(spread: Spread, read: Filling): ReadonlySet<string> | null {
  const holders = holdersOf(spread, read)
  const maps = spreadMaps(spread).map(({ name }) => [name, read.get(name) ?? new Map<number, string>()] as const)
  if (maps.reduce((sum, [, map]) => sum + map.size, 0) > holders.size) return null
  const active = new Set(holders.values().map(({ backend }) => backend))
  const should = mapElements(spread, slotsOf(spread, active, holders))
  return maps.every(([name, map]) => isSameMap(should.get(name)!, map)) ? active : null
}

/** To whom slots lead; without those that lead to nobody who is here now. */
function holdersOf(spread: Spread, held: Filling): ReadonlyMap<number, SpreadTarget> {
  const holders = new Map<number, SpreadTarget>()
  for (const { name, distance } of spreadMaps(spread)) {
    const map = held.get(name)
    if (!map) continue
    const places = new Map<string, SpreadTarget>()
    for (const target of spread.targets) {
      if (distance === null || target.port - spread.port === distance) places.set(placeOf(target, distance), target)
    }
    for (const [slot, place] of map) {
      const holder = places.get(place)
      if (holder) holders.set(slot, holder)
    }
  }
  return holders
}

function isSame(a: Filling, b: Filling): boolean {
  return a.size === b.size && [...a].every(([name, map]) => b.has(name) && isSameMap(map, b.get(name)!))
}

function isSameMap(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  return a.size === b.size && [...a].every(([slot, place]) => b.get(slot) === place)
}

/** The lines that turn what the maps of a table hold into something else; maps that were not there are empty. */
export function fillText(ruleset: Ruleset, from: Filling, to: Filling): string {
  const table = `${ruleset.family} ${tableName}`
  return mapNames(ruleset)
    .flatMap(name => {
      const [before, after] = [from.get(name) ?? new Map<number, string>(), to.get(name) ?? new Map<number, string>()]
      const gone = [...before].filter(([slot, place]) => after.get(slot) !== place)
      const changes = [...after].filter(([slot, place]) => before.get(slot) !== place)
      // Much is emptied sooner than it is named.
      const isMuch = gone.length > 100 && gone.length > before.size / 2
      const come = isMuch ? [...after] : changes
      const away = isMuch
        ? [`flush map ${table} ${name}`]
        : gone.length > 0
          ? [`delete element ${table} ${name} { ${gone.map(([slot]) => slot).join(', ')} }`]
          : []
      return [
        ...away,
        ...(come.length > 0
          ? [`add element ${table} ${name} { ${come.map(([slot, place]) => `${slot} : ${place}`).join(', ')} }`]
          : []),
      ]
    })
    .map(line => `${line}\n`)
    .join('')
}
