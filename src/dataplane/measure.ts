import type { ProxyItem, ShaperItem } from '../host/item.ts'
import { tableName } from '../host/ruleset-text.ts'
import { attributesOf, textOf } from './netlink.ts'
import { linkStats } from './link-stats.ts'
import { classCounts } from './shaper.ts'
import type { Space } from './space.ts'
import { spreadMeasures, type Spreader } from './spread-measure.ts'

/** What is to be measured: no more than what anybody asks for. */
export interface Measurable {
  /** Namespaces of which every link is measured. */
  readonly links: readonly string[]
  readonly shapers: readonly ShaperItem[]
  /** Namespaces whose connections are counted. */
  readonly flows: readonly string[]
  /** Namespaces whose rules count by name. */
  readonly counters: readonly string[]
  /** What spreads flows over backends. */
  readonly spreaders: readonly Spreader[]
  readonly proxies: readonly ProxyItem[]
}

/** What something on a machine has counted since it was made or began anew, and what is there now. */
export interface Measure {
  /**
   * A link, by name; a class of a shaper, by `<link> <address>`; the connections of a namespace, by ''; a listener, by id; a
   * server of HAProxy, by `<listener>/<name>`, of which one backend may have several; a counter of our rules, by name; a
   * backend of a spread, by `<listener>/<backend>`, or by `<listener>/` one that was taken out.
   */
  readonly kind: 'link' | 'class' | 'flows' | 'counter' | 'listener' | 'backend' | 'spread'
  readonly netns: string
  readonly name: string
  /** The process that counted, where several may count the same; the endpoint, of what a backend may have had several. */
  readonly by?: string
  readonly values: Readonly<Record<string, number>>
}

const ctGetStats = (1 << 8) | 5
const nftGetObject = (10 << 8) | 19
const counterObject = 1

/** Measures what the kernel knows of namespaces; those that are not there are passed over. */
export function* measureKernel(space: (name: string) => Space | null, wish: Measurable): Iterable<Measure> {
  for (const netns of wish.links) {
    const found = space(netns)
    for (const [name, values] of found ? linkStats(found) : []) yield { kind: 'link', netns, name, values }
  }
  for (const { netns, name, classes } of wish.shapers) {
    const found = space(netns)
    const index = found?.links.get(name)?.index
    if (!found || index === undefined) continue
    const counts = classCounts(found, index)
    for (const [position, { address }] of classes.entries()) {
      const values = counts.get(position)
      if (values) yield { kind: 'class', netns, name: `${name} ${address}`, values }
    }
  }
  for (const netns of wish.flows) {
    const answer = space(netns)?.netfilter.ask(ctGetStats, Buffer.alloc(4))
    const count = answer && attributesOf(answer.body, 4).get(1)
    if (count) yield { kind: 'flows', netns, name: '', values: { connections: count.readUInt32BE(0) } }
  }
  for (const netns of wish.counters) {
    const found = space(netns)
    for (const [name, packets] of found ? namedCounters(found) : [])
      yield { kind: 'counter', netns, name, values: { packets } }
  }
}

/** Measures what the kernel spreads, where it is there. */
export async function measureSpreads(space: (name: string) => Space | null, wish: Measurable): Promise<Measure[]> {
  const measures: Measure[] = []
  for (const spreader of wish.spreaders) {
    const found = space(spreader.netns)
    if (found) measures.push(...(await spreadMeasures(found, spreader)))
  }
  return measures
}

/** The named counters of our table, with the packets that they counted. */
function* namedCounters(space: Space): Iterable<readonly [string, number]> {
  for (const { body } of space.netfilter.dump(nftGetObject, Buffer.of(2, 0, 0, 0))) {
    const object = attributesOf(body, 4)
    const packets = attributesOf(object.get(4) ?? Buffer.alloc(0)).get(2)
    if (textOf(object.get(1)) !== tableName || object.get(3)?.readUInt32BE(0) !== counterObject || !packets) continue
    yield [textOf(object.get(2)), Number(packets.readBigUInt64BE(0))]
  }
}
