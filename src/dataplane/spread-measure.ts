import { tallySet, type Tally } from '../host/ruleset.ts'
import { tableName } from '../host/ruleset-text.ts'
import { marksOf, spreadAt, type Endpoint, type Spread } from '../host/spread.ts'
import { countFlows } from './flow-count.ts'
import type { Measure } from './measure.ts'
import { attribute, attributeList, attributesOf, text } from './netlink.ts'
import type { Space } from './space.ts'

/** What a namespace spreads flows over. */
export interface Spreader {
  readonly netns: string
  readonly spreads: readonly Spread[]
}

/** What is counted of a backend, or of one that was taken out: then null. */
interface Row {
  readonly listener: string
  readonly backend: string | null
  readonly place: string
  readonly values: Record<keyof typeof nothing, number>
}

const nothing = { bytesIn: 0, packetsIn: 0, bytesOut: 0, packetsOut: 0, newConnections: 0, connections: 0 }

/** What backends of spreads got and sent, and the flows that they have now; those too that were taken out. */
export async function spreadMeasures(space: Space, { netns, spreads }: Spreader): Promise<Measure[]> {
  const rows = new Map<string, Row>()
  const rowOf = (spread: Spread, backend: string | null, target: Endpoint) => {
    const place = placeOf(spread, target)
    const { id: listener } = spread
    return rows.getOrInsertComputed(`${listener} ${place}`, () => ({
      listener,
      backend,
      place,
      values: { ...nothing },
    }))
  }
  for (const spread of spreads) for (const target of spread.targets) rowOf(spread, target.backend, target)
  const byMark = new Map(spreads.flatMap(spread => marksOf(spread).map(mark => [mark, spread] as const)))
  for (const of of new Set(spreads.map(kindOf))) {
    for (const what of ['sent', 'heard', 'made'] as const) {
      for (const { mark, address, port, bytes, packets } of tallied(space, { what, of })) {
        const spread = byMark.get(mark)
        if (!spread || kindOf(spread) !== of) continue
        const { values } = rowOf(spread, null, { address, port })
        if (what === 'made') values.newConnections += packets
        else {
          values[what === 'sent' ? 'bytesIn' : 'bytesOut'] += bytes
          values[what === 'sent' ? 'packetsIn' : 'packetsOut'] += packets
        }
      }
    }
  }
  await countFlows(space, ({ protocol, dport }, target) => {
    const spread = spreadAt(spreads, { protocol, dport })
    if (spread) rowOf(spread, null, target).values.connections++
  })
  return [...rows.values()].map(({ listener, backend, place, values }) => ({
    kind: 'spread',
    netns,
    name: `${listener}/${backend ?? ''}`,
    by: place,
    values: { ...values, connectionsMax: values.connections },
  }))
}

function kindOf({ lastPort }: Spread): Tally['of'] {
  return lastPort === null ? 'port' : 'range'
}

function placeOf(spread: Spread, { address, port }: Endpoint): string {
  return kindOf(spread) === 'port' ? `${address}:${port}` : address
}

interface Counted extends Endpoint {
  readonly mark: number
  readonly bytes: number
  readonly packets: number
}

const getElements = (10 << 8) | 13
const [element, inList] = [
  { key: 1, expression: 7 },
  { table: 1, set: 2, elements: 3 },
]

/** What rules counted in a set; nothing where there is none of that name. */
function* tallied(space: Space, which: Tally): Iterable<Counted> {
  const set = tallySet(which)
  const body = Buffer.concat([
    Buffer.of(2, 0, 0, 0),
    attribute(inList.table, text(tableName)),
    attribute(inList.set, text(set)),
  ])
  for (const { body: answer } of space.netfilter.dump(getElements, body)) {
    const elements = attributesOf(answer, 4).get(inList.elements)
    for (const each of elements ? attributeList(elements) : []) {
      const attributes = attributesOf(each)
      const key = valueOf(attributes.get(element.key))
      const counter = attributesOf(attributesOf(attributes.get(element.expression) ?? none).get(2) ?? none)
      const [bytes, packets] = [counter.get(1), counter.get(2)]
      if (!key || !bytes || !packets) continue
      yield {
        mark: key.readUInt32LE(0),
        address: [...key.subarray(4, 8)].join('.'),
        port: which.of === 'port' ? key.readUInt16BE(8) : 0,
        bytes: Number(bytes.readBigUInt64BE(0)),
        packets: Number(packets.readBigUInt64BE(0)),
      }
    }
  }
}

const none = Buffer.alloc(0)

function valueOf(data: Buffer | undefined): Buffer | undefined {
  return data && attributesOf(data).get(1)
}
