import { attribute, attributesOf, nest, text, u32, type Request } from './netlink.ts'
import type { Space } from './space.ts'

const newTable = 64
const getTable = 66
const setTable = 67
const afInet = 2
const ndta = { name: 1, parameters: 6 }
const ndtpa = { index: 1, proxyDelay: 13 }

/** Sets how long at most a link waits before it answers ARP for others. */
export function setProxyDelay(index: number, ms: number): Request {
  const delay = Buffer.alloc(8)
  delay.writeBigUInt64LE(BigInt(ms))
  const parameters = nest(ndta.parameters, attribute(ndtpa.index, u32(index)), attribute(ndtpa.proxyDelay, delay))
  return {
    type: setTable,
    flags: 0,
    body: Buffer.concat([header, attribute(ndta.name, text('arp_cache')), parameters]),
  }
}

/** How long at most a link waits before it answers ARP for others, in milliseconds; null where the kernel does not say. */
export function readProxyDelay(space: Space, index: number): number | null {
  for (const { type, body } of space.route.dump(getTable, header)) {
    const parameters = attributesOf(body, header.length).get(ndta.parameters)
    if (type !== newTable || !parameters) continue
    const values = attributesOf(parameters)
    if (values.get(ndtpa.index)?.readUInt32LE(0) !== index) continue
    return Number(values.get(ndtpa.proxyDelay)?.readBigUInt64LE(0) ?? 0n)
  }
  return null
}

const header = Buffer.of(afInet, 0, 0, 0)
