import { endsOf } from '../host/cascade.ts'
import { keyOf, type HostState, type Item, type Key } from '../host/item.ts'

/** What is believed to be on the machine: what was read or put last. */
export class Known {
  readonly #state = new Map<Key, Item>()
  readonly #byNetns = new Map<string, Map<Key, Item>>()
  /** For every end of a link, `<netns> <name>`, the item that declares it. */
  readonly #ends = new Map<string, Item>()

  get state(): HostState {
    return this.#state
  }

  get namespaces(): Iterable<string> {
    return this.#byNetns.keys()
  }

  of(netns: string): HostState {
    return this.#byNetns.get(netns) ?? nothing
  }

  /** The link that has an end of this name there. */
  linkAt(netns: string, name: string): Item | undefined {
    return this.#ends.get(`${netns} ${name}`)
  }

  /** The links that have an end there. */
  linksIn(netns: string): IteratorObject<Item> {
    return this.#ends
      .entries()
      .filter(([end]) => end.startsWith(`${netns} `))
      .map(([, link]) => link)
  }

  add(item: Item): void {
    const key = keyOf(item)
    this.remove(item)
    this.#state.set(key, item)
    const inside = this.#byNetns.get(item.netns)
    if (inside) inside.set(key, item)
    else this.#byNetns.set(item.netns, new Map([[key, item]]))
    for (const end of endsOf(item)) this.#ends.set(end.join(' '), item)
  }

  remove(item: Pick<Item, 'kind' | 'netns' | 'name'>): void {
    const key = keyOf(item)
    const old = this.#state.get(key)
    if (!old) return
    this.#state.delete(key)
    const inside = this.#byNetns.get(item.netns)
    inside?.delete(key)
    if (inside?.size === 0) this.#byNetns.delete(item.netns)
    for (const end of endsOf(old)) if (this.#ends.get(end.join(' ')) === old) this.#ends.delete(end.join(' '))
  }

  /** Believes that a namespace holds these, and no others of these kinds. */
  replace(netns: string, items: Iterable<Item>, isConcerned: (item: Item) => boolean = () => true): void {
    for (const item of this.of(netns).values()) if (isConcerned(item)) this.remove(item)
    for (const item of items) this.add(item)
  }
}

const nothing: HostState = new Map()
