import type { ShaperItem } from '../host/item.ts'
import { attribute, attributesOf, flag, nest, text, textOf, u32, type Request } from './netlink.ts'
import { ipBytes, ipText, type Link } from './rtnetlink.ts'
import type { Space } from './space.ts'

type ShaperClass = ShaperItem['classes'][number]

const tc = { newQdisc: 36, delQdisc: 37, newClass: 40, getClass: 42, newFilter: 44, getFilter: 46 }
const root = 0xffffffff
const handle = 0x10000
const ethertypeIp = 0x0008
const offsets = { src: 12, dst: 16 }

/** Takes all shaping from a link. */
export function delShaper(index: number): Request {
  return { type: tc.delQdisc, flags: 0, body: header(index, 0, root, 0) }
}

/** Shaping of what leaves by a link, where there is none. Traffic of no class is not shaped. */
export function newShaper(index: number, classes: readonly ShaperClass[]): Request[] {
  const init = Buffer.concat([u32(3), u32(10), u32(0), u32(0), u32(0)])
  const qdisc = Buffer.concat([header(index, handle, root, 0), attribute(1, text('htb')), nest(2, attribute(2, init))])
  return [
    { type: tc.newQdisc, flags: flag.create | flag.exclusive, body: qdisc },
    ...classes.flatMap((shape, i) => [setClass(index, i, shape.kbit), newFilter(index, i, shape)]),
  ]
}

/** The requests that turn one shaping into another: rates change under way, anything else begins anew. */
export function changeShaper(
  index: number,
  from: readonly ShaperClass[],
  to: readonly ShaperClass[],
): Request[] | null {
  const matches = (classes: readonly ShaperClass[]) => classes.map(({ match, address }) => `${match} ${address}`).join()
  if (matches(from) !== matches(to)) return null
  return to.flatMap(({ kbit }, i) => (from[i]!.kbit === kbit ? [] : [setClass(index, i, kbit)]))
}

/** Sets the rate of the class at a position, made if need be. */
function setClass(index: number, position: number, kbit: number): Request {
  const bytesPerSecond = kbit * 125
  // So much may leave at once: ten milliseconds' worth, and no less than a few packets.
  const burst = Math.max(bytesPerSecond / 100, 16_384)
  const ticks = Math.min(Math.round((burst / bytesPerSecond) * (1e9 / 64)), 0xffffffff)
  const rate = Buffer.alloc(12)
  rate[1] = 1
  rate.writeUInt32LE(Math.min(bytesPerSecond, 0xffffffff), 8)
  const options = Buffer.concat([
    rate,
    rate,
    u32(ticks),
    u32(ticks),
    u32(Math.min(Math.max(bytesPerSecond / 10, 1500), 60_000) >>> 0),
    u32(0),
    u32(0),
  ])
  const body = Buffer.concat([
    header(index, handle + position + 1, handle, 0),
    attribute(1, text('htb')),
    nest(2, attribute(1, options)),
  ])
  return { type: tc.newClass, flags: flag.create, body }
}

function newFilter(index: number, position: number, { match, address }: ShaperClass): Request {
  const selector = Buffer.alloc(32)
  selector[0] = 1
  selector[2] = 1
  selector.fill(0xff, 16, 20)
  ipBytes(address).copy(selector, 20)
  selector.writeInt32LE(offsets[match], 24)
  const options = nest(2, attribute(1, u32(handle + position + 1)), attribute(5, selector))
  const body = Buffer.concat([header(index, 0, handle, (1 << 16) | ethertypeIp), attribute(1, text('u32')), options])
  return { type: tc.newFilter, flags: flag.create | flag.exclusive, body }
}

/** The shapers of those links that have one. */
export function readShapers(space: Space, links: readonly Link[]): ShaperItem[] {
  return links
    .filter(({ qdisc }) => qdisc === 'htb')
    .map(({ index, name }) => ({
      kind: 'shaper',
      netns: space.name,
      name,
      for: '',
      classes: readClasses(space, index),
    }))
}

function readClasses(space: Space, index: number): ShaperClass[] {
  const rates = new Map<number, number>()
  for (const { body } of space.route.dump(tc.getClass, header(index, 0, 0, 0))) {
    const parameters = attributesOf(attributesOf(body, 20).get(2) ?? Buffer.alloc(0)).get(1)
    if (parameters) rates.set(body.readUInt32LE(8), parameters.readUInt32LE(8) / 125)
  }
  const classes: [number, ShaperClass][] = []
  for (const { body } of space.route.dump(tc.getFilter, header(index, 0, handle, 0))) {
    const attributes = attributesOf(body, 20)
    const options = attributesOf(attributes.get(2) ?? Buffer.alloc(0))
    const [id, selector] = [options.get(1)?.readUInt32LE(0), options.get(5)]
    if (textOf(attributes.get(1)) !== 'u32' || id === undefined || !selector || selector.length < 32) continue
    const match = selector.readInt32LE(24) === offsets.src ? 'src' : 'dst'
    classes.push([id, { match, address: ipText(selector.subarray(20, 24)), kbit: rates.get(id) ?? 0 }])
  }
  return classes.sort(([a], [b]) => a - b).map(([, shape]) => shape)
}

/** What each class of a link let through and dropped, by its position. */
export function classCounts(space: Space, index: number): ReadonlyMap<number, Readonly<Record<string, number>>> {
  const counts = new Map<number, Readonly<Record<string, number>>>()
  for (const { body } of space.route.dump(tc.getClass, header(index, 0, 0, 0))) {
    const stats = attributesOf(attributesOf(body, 20).get(7) ?? Buffer.alloc(0))
    const [basic, packets64] = [stats.get(1), stats.get(8)]
    if (!basic) continue
    counts.set(body.readUInt32LE(8) - handle - 1, {
      bytes: Number(basic.readBigUInt64LE(0)),
      packets: packets64 ? Number(packets64.readBigUInt64LE(0)) : basic.readUInt32LE(8),
    })
  }
  return counts
}

function header(index: number, self: number, parent: number, info: number): Buffer {
  const out = Buffer.alloc(20)
  out.writeInt32LE(index, 4)
  out.writeUInt32LE(self, 8)
  out.writeUInt32LE(parent, 12)
  out.writeUInt32LE(info, 16)
  return out
}
