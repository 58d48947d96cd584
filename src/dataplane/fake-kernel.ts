import { carriedOff, changesInPlace, devOf, endsOf } from '../host/cascade.ts'
import { guardsOf, isServed, keyOf, type HostState, type Item, type Key } from '../host/item.ts'

/** What a kernel holds, and as strict: refuses what a kernel would, and drops with an item what a kernel drops. */
export class FakeKernel {
  readonly #items = new Map<Key, Item>()
  /** The links by their ends, `<netns> <name>`. */
  readonly #ends = new Map<string, Key>()
  /** Namespaces and interfaces that are there without us. */
  readonly #others: ReadonlySet<string>

  constructor(others: Iterable<string> = []) {
    this.#others = new Set(others)
  }

  get state(): HostState {
    return this.#items
  }

  /** Returns why it is refused. */
  put(item: Item): string | undefined {
    const refused = this.#refusal(item)
    if (refused !== undefined) return refused
    const old = this.#items.get(keyOf(item))
    if (old && !changesInPlace(old, item)) this.remove(old)
    for (const end of endsOf(item)) this.#clear(end, keyOf(item))
    this.#items.set(keyOf(item), item)
    for (const end of endsOf(item)) this.#ends.set(end.join(' '), keyOf(item))
    return undefined
  }

  /** A process ends, and with it what it did itself; those with processes of their own go on. */
  endProcess(): void {
    for (const [key, { kind }] of this.#items) if (kind === 'resolver') this.#items.delete(key)
  }

  remove(item: Item): string | undefined {
    const held = this.#items.get(keyOf(item))
    if (!held) return undefined
    const inside = [...this.#items.values()].filter(({ netns }) => netns === item.netns)
    if (item.kind === 'netns' && inside.some(isServed)) return `a process is still at work in ${item.netns}`
    if (
      item.kind === 'ruleset' &&
      [...this.#items.values()].some(
        other => guardsOf(other).includes(item.name) && endsOf(other).some(end => end[0] === item.netns),
      )
    )
      return `links in ${item.netns} still need their guard`
    if (held.kind === 'bridge') this.#releasePorts(held.netns, held.name)
    const gone = [keyOf(held), ...carriedOff(this.#items, [held])]
    for (const key of gone) {
      for (const end of endsOf(this.#items.get(key)!)) this.#ends.delete(end.join(' '))
      this.#items.delete(key)
    }
    return undefined
  }

  #refusal(item: Item): string | undefined {
    if (item.kind === 'netns')
      return item.owned || this.#others.has(item.netns) ? undefined : `there is no namespace ${item.netns}`
    const missing = [item.netns, ...endsOf(item).map(([netns]) => netns)].find(netns => !this.#exists(netns))
    if (missing !== undefined) return `there is no namespace ${missing}`
    const bare = endsOf(item).find(([netns]) => !this.#isGuarded(netns, item))
    if (bare) return `the ruleset of ${bare[0]} is not loaded`
    const dev = devOf(item)
    if (dev !== null && !this.#linkAt(item.netns, dev)) return `there is no link ${dev} in ${item.netns}`
    for (const [netns, bridge] of portsOf(item))
      if (bridge !== null && this.#linkAt(netns, bridge)?.kind !== 'bridge')
        return `there is no bridge ${bridge} in ${netns}`
    if (item.kind === 'macvlan' && !this.#others.has(item.parent)) return `there is no interface ${item.parent}`
    if (item.kind === 'tap' && !this.#hasTap(item)) return `there is no tap device ${item.name}`
    const strange = item.kind === 'resolver' && item.listen.find(each => !this.#hasAddress(item.netns, each))
    return strange ? `listening on ${strange}:53: address not available` : undefined
  }

  #hasAddress(netns: string, address: string): boolean {
    const held = this.#items.values().filter(each => each.kind === 'address' && each.netns === netns)
    return held.some(each => each.kind === 'address' && each.address === address)
  }

  /** Whether a tap device is where it was, or where it should go already. */
  #hasTap({ netns, name }: Item): boolean {
    const taken = this.#items.values().some(each => each.kind === 'tap' && each.name === name && each.netns !== netns)
    return this.#others.has(name) && !taken
  }

  #exists(netns: string): boolean {
    return this.#others.has(netns) || this.#items.has(keyOf({ kind: 'netns', netns, name: '' }))
  }

  #isGuarded(netns: string, link: Item): boolean {
    const space = this.#items.get(keyOf({ kind: 'netns', netns, name: '' }))
    if (!(space?.kind === 'netns' && space.owned)) return true
    return guardsOf(link).every(name => this.#items.has(keyOf({ kind: 'ruleset', netns, name })))
  }

  #linkAt(netns: string, name: string): Item | undefined {
    const key = this.#ends.get(`${netns} ${name}`)
    return key && this.#items.get(key)
  }

  /** Nothing else may have a link's name. */
  #clear([netns, name]: [string, string], except: Key): void {
    const other = this.#linkAt(netns, name)
    if (other && keyOf(other) !== except) this.remove(other)
  }

  #releasePorts(netns: string, bridge: string): void {
    for (const [key, item] of this.#items) {
      if (item.kind !== 'veth') continue
      const released = item.netns === netns && item.bridge === bridge ? { ...item, bridge: null } : item
      const { peer } = released
      const whole =
        peer.netns === netns && peer.bridge === bridge ? { ...released, peer: { ...peer, bridge: null } } : released
      this.#items.set(key, whole)
    }
  }
}

function portsOf(item: Item): [string, string | null][] {
  if (item.kind === 'tap') return [[item.netns, item.bridge]]
  if (item.kind !== 'veth') return []
  return [
    [item.netns, item.bridge],
    [item.peer.netns, item.peer.bridge],
  ]
}
