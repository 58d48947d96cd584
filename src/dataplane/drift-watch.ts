import { diff } from '../host/diff.ts'
import { isServed, keyOf, localTable, ruleName, stateOf, type Item } from '../host/item.ts'
import type { Drift } from './host.ts'
import { KernelEvents, type KernelEvent } from './kernel-events.ts'
import type { Known } from './known.ts'
import { readSpace, type Reading } from './read-space.ts'
import { madeByKernel } from './rtnetlink.ts'
import type { Slots } from './slots.ts'
import type { Space, Spaces } from './space.ts'

/** An event is looked into when so much time has passed, together with what follows it. */
const settleMs = 30
const sweepMs = 1000
/** Everything is read again in so many seconds, but never more namespaces than this in one: a sweep must cost next to nothing. */
const sweepSeconds = 60
const mostPerSweep = 2

export interface DriftWatchOptions {
  readonly spaces: Spaces
  readonly known: Known
  readonly slots: Slots
  readonly prefix: string
  readonly report: (drift: Drift) => void
  /** Runs something while nothing is being changed. */
  readonly alone: <T>(run: () => Promise<T>) => Promise<T>
  /** Whether something is being changed, so that events cannot be judged. */
  readonly busy: () => boolean
}

/**
 * Finds out what somebody else changed. Events only raise suspicion: a namespace is then read, and what differs from what is
 * known is reported. Our own changes are known before their events are looked at, so they raise none.
 */
export class DriftWatch {
  readonly #options: DriftWatchOptions
  readonly #events: KernelEvents
  readonly #netnsOf = new Map<number, string>()
  readonly #followed = new Map<string, string>()
  readonly #suspects = new Set<string>()
  /** Names that came or went, perhaps by our own doing. */
  readonly #named = new Set<string>()
  readonly #sweeper: NodeJS.Timeout
  #timer: NodeJS.Timeout | undefined
  #round: string[] = []
  #gathering = false
  #unjudged: [number, KernelEvent][] = []

  constructor(options: DriftWatchOptions) {
    this.#options = options
    this.#events = new KernelEvents({
      onEvent: (nsid, event) => {
        if (options.busy() || this.#gathering) this.#unjudged.push([nsid, event])
        else this.#consider(nsid, event)
      },
      onName: name => {
        if (!name.startsWith(options.prefix)) return
        this.#named.add(name)
        this.#lookSoon()
      },
      onLoss: () => {
        for (const netns of options.known.namespaces) this.#suspect(netns)
      },
    })
    this.#sweeper = setInterval(() => void this.#sweep(), sweepMs).unref()
    for (const netns of options.known.namespaces) {
      const space = options.spaces.get(netns)
      if (space) this.follow(space)
    }
  }

  /** Hears from now on what happens in a namespace. */
  follow(space: Space): void {
    if (this.#followed.get(space.name) === space.id) return
    const nsid = this.#options.spaces.home.nsidOf(space.fd)
    this.#netnsOf.set(nsid, space.name)
    this.#followed.set(space.name, space.id)
  }

  /** Judges what happened during a change, now that its result is known. */
  judge(): void {
    this.#gathering = true
    this.#events.drain()
    this.#gathering = false
    for (const [nsid, event] of lastWords(this.#unjudged.splice(0))) this.#consider(nsid, event)
  }

  close(): void {
    clearInterval(this.#sweeper)
    clearTimeout(this.#timer)
    this.#events.close()
  }

  #consider(nsid: number, event: KernelEvent): void {
    const netns = this.#netnsOf.get(nsid)
    if (netns === undefined) return
    const { known, spaces } = this.#options
    const space = spaces.open(netns)
    if (!space) return
    if (event.what === 'link') this.#considerLink(space, event)
    else if (event.what === 'ruleset') {
      if (event.generation > (space.loaded?.generation ?? 0)) this.#suspect(netns)
    } else if (isNews(event, space, known)) this.#suspect(netns)
  }

  #considerLink(space: Space, { gone, link }: KernelEvent & { what: 'link' }): void {
    const declared = this.#options.known.linkAt(space.name, link.name)
    const suspicious = gone ? declared !== undefined : !space.sawLink(link)
    if (!suspicious) return
    this.#suspect(space.name)
    if (declared) this.#suspect(declared.netns)
  }

  #suspect(netns: string): void {
    this.#suspects.add(netns)
    this.#lookSoon()
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => void this.#lookIntoSuspects(), settleMs).unref()
  }

  async #lookIntoSuspects(): Promise<void> {
    await this.#options.alone(async () => {
      this.#timer = undefined
      const suspects = new Set([...this.#suspects, ...[...this.#named].filter(name => !this.#stands(name))])
      this.#suspects.clear()
      this.#named.clear()
      for (const netns of suspects) await this.#check(netns)
    })
  }

  /** Whether a name still means the namespace that is followed under it. */
  #stands(name: string): boolean {
    const { spaces } = this.#options
    const space = spaces.open(name)
    return space !== null && spaces.get(name) === space && this.#followed.get(name) === space.id
  }

  async #sweep(): Promise<void> {
    if (this.#round.length === 0) this.#round = [...this.#options.known.namespaces]
    const count = Math.min(Math.ceil(this.#round.length / sweepSeconds), mostPerSweep)
    const now = this.#round.splice(0, Math.max(count, 1))
    // Nothing else tells of settings.
    await this.#options.alone(async () => {
      for (const netns of now) await this.#check(netns)
    })
  }

  /** Reads a namespace and reports what differs from what is known; from then on that is known. */
  async #check(netns: string): Promise<void> {
    const { spaces, known, slots, report } = this.#options
    const space = spaces.get(netns)
    const believed = [...known.of(netns).values()].filter(item => !isServed(item))
    if (!space && believed.length === 0) return
    const linkAt = (where: string, name: string) => known.linkAt(where, name)
    const reading: Reading = { spaces, believed: known.state, linkAt, slots, trustSettings: 'never', links: new Map() }
    const found = space ? await readSpace(reading, space) : []
    const what = wordsFor(netns, believed, found)
    if (what === null) return
    known.replace(netns, found, item => !isServed(item))
    report({ netns, what })
  }
}

/** Without what was said of a link that was spoken of again: one that is being made is down at first. */
function lastWords(events: readonly [number, KernelEvent][]): [number, KernelEvent][] {
  const linkOf = (nsid: number, event: KernelEvent) => (event.what === 'link' ? `${nsid} ${event.link.name}` : null)
  const last = new Map(events.map(([nsid, event]) => [linkOf(nsid, event), event]))
  return events.filter(([nsid, event]) => event.what !== 'link' || last.get(linkOf(nsid, event)) === event)
}

/** What differs, in words; null where nothing does. */
function wordsFor(netns: string, believed: readonly Item[], found: readonly Item[]): string | null {
  if (found.length === 0) return 'namespace deleted'
  const wasThere = new Set(believed.map(keyOf))
  if (!wasThere.has(keyOf({ kind: 'netns', netns, name: '' }))) return 'namespace added'
  // The way back from what was found says what was done to it.
  const [step] = diff(stateOf(found), stateOf(believed))
  if (!step) return null
  const isThere = new Set(found.map(keyOf)).has(keyOf(step.item))
  const done = step.do === 'remove' ? 'added' : isThere ? 'changed' : 'removed'
  return [step.item.kind, step.item.name, done].filter(word => word !== '').join(' ')
}

/** Whether an event tells of something that is not as it is known. */
function isNews(
  event: Exclude<KernelEvent, { what: 'link' | 'ruleset' }>,
  { name: netns, linkName }: Space,
  { state }: Known,
): boolean {
  switch (event.what) {
    case 'address': {
      const { index, address, length } = event.address
      const key = keyOf({ kind: 'address', netns, name: `${linkName(index)} ${address}/${length}` })
      return event.gone === state.has(key)
    }
    case 'route': {
      const { table, destination, protocol, index, via } = event.route
      if (protocol === madeByKernel || table === localTable) return false
      const known = state.get(keyOf({ kind: 'route', netns, name: `${table} ${destination}` }))
      if (event.gone || known?.kind !== 'route') return event.gone === Boolean(known)
      return known.dev !== null && (known.dev !== linkName(index) || known.via !== via)
    }
    case 'rule': {
      const { protocol, ...rule } = event.rule
      const key = keyOf({ kind: 'rule', netns, name: ruleName(rule) })
      return protocol !== madeByKernel && event.gone === state.has(key)
    }
  }
}
