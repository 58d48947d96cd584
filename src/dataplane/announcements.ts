import { keyOf, type AddressItem, type Item } from '../host/item.ts'
import type { Known } from './known.ts'
import { bind, close, send, socket, SystemCallFailed } from './libc.ts'
import { enter } from './netns.ts'
import type { Space } from './space.ts'

const [packets, frames] = [17, 3]
const [everybody, nobody] = [Array<number>(6).fill(0xff), Array<number>(6).fill(0)]
/** The type of ARP's frames, and the beginning of a request by Ethernet for IPv4. */
const request = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]
/** By then a link that was just made carries. */
const againMs = 1000

/**
 * Tells neighbours in a subnet who holds an address from now on. They remember whoever held it before for half a minute, and where
 * that one had another hardware address (an interface, a further node of a balancer) the new one would not be heard meanwhile.
 */
export class Announcements {
  readonly #known: Known
  readonly #open: (netns: string) => Space | null
  readonly #again = new Set<NodeJS.Timeout>()
  #noted: AddressItem[] = []

  constructor(known: Known, open: (netns: string) => Space | null) {
    this.#known = known
    this.#open = open
  }

  /** An item was put; what it says to neighbours waits until the others are there, too. */
  note(item: Item): void {
    if (item.kind === 'address' && this.#hardware(item) !== null) this.#noted.push(item)
  }

  send(): void {
    const items = this.#noted.splice(0)
    if (items.length === 0) return
    this.#tell(items)
    const timer = setTimeout(() => {
      this.#again.delete(timer)
      this.#tell(items.filter(item => this.#known.state.has(keyOf(item))))
    }, againMs).unref()
    this.#again.add(timer)
  }

  close(): void {
    for (const timer of this.#again) clearTimeout(timer)
  }

  #tell(items: readonly AddressItem[]): void {
    for (const item of items) {
      const [space, hardware] = [this.#open(item.netns), this.#hardware(item)]
      const index = space?.links.get(item.dev)?.index
      if (!space || !hardware || index === undefined) continue
      try {
        enter(space.fd, () => announce(index, octets(hardware, ':', 16), octets(item.address, '.', 10)))
      } catch (error) {
        // A link that is down has nobody to tell.
        if (!(error instanceof SystemCallFailed)) throw error
      }
    }
  }

  /** The hardware address of a link into a bridge; null for others. */
  #hardware({ netns, dev }: AddressItem): string | null {
    const link = this.#known.linkAt(netns, dev)
    if (link?.kind !== 'veth') return null
    const isNear = link.netns === netns && link.name === dev
    if ((isNear ? link.peer.bridge : link.bridge) === null) return null
    return isNear ? link.mac : link.peer.mac
  }
}

/** Sends a gratuitous ARP by a link of the namespace in which the calling thread is. */
function announce(index: number, mac: readonly number[], address: readonly number[]): void {
  const place = Buffer.alloc(20)
  place.writeUInt16LE(packets, 0)
  place.writeInt32LE(index, 4)
  const fd = socket(packets, frames, 0)
  try {
    bind(fd, place)
    send(fd, Buffer.from([...everybody, ...mac, ...request, ...mac, ...address, ...nobody, ...address]))
  } finally {
    close(fd)
  }
}

function octets(text: string, separator: string, base: number): number[] {
  return text.split(separator).map(part => Number.parseInt(part, base))
}
