import type { Space } from './space.ts'
import { attributesOf } from './netlink.ts'

const [newNeighbour, getNeighbour] = [28, 30]
const afInet = 2
const destination = 1
/** What the kernel knows of a neighbour. */
const states = { incomplete: 1, failed: 32 }
const headerLength = 12

/** Whether a neighbour answered ARP when it was asked last; null where nobody asked it. */
export function answersArp(space: Space, address: string): boolean | null {
  const header = Buffer.alloc(headerLength)
  header[0] = afInet
  for (const { type, body } of space.route.dump(getNeighbour, header)) {
    const found = attributesOf(body, headerLength).get(destination)
    if (type !== newNeighbour || found?.join('.') !== address) continue
    const state = body.readUInt16LE(8)
    return (state & (states.incomplete | states.failed)) === 0
  }
  return null
}
