import { attributesOf } from './netlink.ts'
import { rtm } from './rtnetlink.ts'
import type { Space } from './space.ts'

/** What went through every link of a namespace, by the link's name: one dump, and none of what a link is besides. */
export function* linkStats(space: Space): Iterable<readonly [name: string, counts: LinkCounts]> {
  const names = new Map([...space.links].map(([name, { index }]) => [index, name]))
  const filter = Buffer.alloc(12)
  filter.writeUInt32LE(1, 8)
  for (const { body } of space.route.dump(rtm.getStats, filter)) {
    const name = names.get(body.readUInt32LE(4))
    const stats = attributesOf(body, 12).get(1)
    if (name === undefined || !stats) continue
    const count = (place: number) => Number(stats.readBigUInt64LE(place * 8))
    yield [name, { rxPackets: count(0), txPackets: count(1), rxBytes: count(2), txBytes: count(3) }]
  }
}

/** As seen from the namespace that holds the link. */
type LinkCounts = Readonly<Record<'rxPackets' | 'txPackets' | 'rxBytes' | 'txBytes', number>>
