import { rulesetDigest, tableName } from '../host/ruleset-text.ts'
import {
  keyOf,
  localTable,
  ruleName,
  type AddressItem,
  type HostState,
  type Item,
  type Key,
  type NetnsItem,
  type RulesetItem,
} from '../host/item.ts'
import type { Ruleset } from '../host/ruleset.ts'
import { runNft } from './nft.ts'
import { addressOf, allAddresses, allRoutes, madeByKernel, routeOf, routeType, rtm, type Link } from './rtnetlink.ts'
import { allRules, isLocalLater, localFirst, ruleOf } from './rtnetlink-rule.ts'
import { readProxyDelay } from './neighbours.ts'
import { isListingOf, mapsIn } from './ruleset-load.ts'
import { readShapers } from './shaper.ts'
import type { Slots } from './slots.ts'
import type { Space, Spaces } from './space.ts'
import { readSysctls, settled } from './sysctl.ts'

/** What is needed to read namespaces: all that are open, and what is believed to be there. */
export interface Reading {
  readonly spaces: Spaces
  /** What cannot be read back whole is recognised among these; and of namespaces that are not ours, only these are read. */
  readonly believed: HostState
  /** The believed link that has an end of this name there. */
  readonly linkAt: (netns: string, name: string) => Item | undefined
  /**
   * Whether settings are taken to be as believed: reading those of many namespaces may cost as much as all else. They are written
   * before the guard is loaded, so where that stands, they were.
   */
  readonly trustSettings: 'where-guarded' | 'never'
  /** What maps of spreads should hold. */
  readonly slots: Slots
  /** The links of a namespace, read once in a round. */
  readonly links: Map<string, readonly Link[]>
}

const routeTypes = new Map([
  [routeType.unicast, 'unicast'],
  [routeType.unreachable, 'unreachable'],
  [routeType.blackhole, 'blackhole'],
] as const) as ReadonlyMap<number, 'unicast' | 'unreachable' | 'blackhole'>

/** What a namespace holds, balancers aside, as the items that would make it so. */
export async function readSpace(reading: Reading, space: Space): Promise<Item[]> {
  const netns = space.name
  const { believed } = reading
  const expected = believed.get(keyOf({ kind: 'netns', netns, name: '' })) as NetnsItem | undefined
  const owned = expected?.owned ?? !netns.startsWith('/')
  const links = linksOf(reading, space)
  const names = new Map(links.map(link => [link.index, link.name]))
  const ours = links.filter(({ name }) => owned || isBelieved(reading, netns, name))
  const declared = ours.flatMap(link =>
    readLink(reading, space, link, links).map(item => tuned(reading, space, link, item)),
  )
  // What is on half a pair is not there: it goes when the pair is made whole.
  const whole = ours.filter(link => declared.some(({ name }) => name === link.name) || isFarEnd(reading, space, link))
  const devs = new Set(whole.map(({ name }) => name))
  const guards = await readRulesets(reading, space)
  const isGuarded = guards.some(({ name, ruleset }) => name === '' && isRecognised(ruleset))
  const sysctls =
    isGuarded && reading.trustSettings === 'where-guarded' ? (expected?.sysctls ?? {}) : readSettings(space, expected)
  const mayTake = expected?.mayTake
  const found: Item[] = [
    { kind: 'netns', netns, name: '', for: '', owned, sysctls, ...(mayTake ? { mayTake } : {}) },
    ...guards,
    ...declared,
    ...readAddresses(space, names, devs).filter(({ address }) => !mayTake?.includes(address)),
    ...readRoutes(space, names, devs, owned),
    ...readRules(space, owned ? null : believed),
    ...readShapers(space, whole),
  ]
  return found.map(item => ({ ...item, for: believed.get(keyOf(item))?.for ?? '' }))
}

function isBelieved({ linkAt }: Reading, netns: string, name: string): boolean {
  return linkAt(netns, name) !== undefined
}

/** Whether a link is the far end of a whole pair that is declared, and believed to be, in another namespace. */
function isFarEnd({ spaces, linkAt, links }: Reading, space: Space, link: Link): boolean {
  const near = linkAt(space.name, link.name)
  const other = near && spaces.get(near.netns)
  if (!other) return false
  const end = links.get(other.name)?.find(({ name }) => name === near.name) ?? other.readLink(near.name)
  return (
    end?.index === link.peer &&
    end.peer === link.index &&
    end.alias === peerAlias({ netns: space.name, name: link.name })
  )
}

function linksOf({ links }: Reading, space: Space): readonly Link[] {
  const known = links.get(space.name)
  if (known) return known
  const read = space.readLinks()
  links.set(space.name, read)
  return read
}

function readSettings(space: Space, expected: NetnsItem | undefined): NetnsItem['sysctls'] {
  const wanted = expected?.sysctls ?? {}
  const actual = readSysctls(space.fd, Object.keys(wanted))
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [
      name,
      settled(name, actual[name]!, value) ? value : (actual[name] ?? ''),
    ]),
  )
}

const unknownChain = '?'

/** A ruleset that is not the believed one; never equal to one that was compiled. */
const unrecognised = (family: Ruleset['family']): Ruleset => ({
  family,
  sets: [],
  chains: [{ name: unknownChain, hook: null, rules: [] }],
})

function isRecognised({ chains }: Ruleset): boolean {
  return chains[0]?.name !== unknownChain
}

async function readRulesets({ believed, slots }: Reading, space: Space): Promise<RulesetItem[]> {
  const netns = space.name
  const generation = space.rulesGeneration()
  const before = space.loaded
  const current = before?.generation === generation ? before.rulesets : {}
  const tables = 'ip' in current && 'bridge' in current ? [] : space.tablesNamed(tableName)
  const rulesets: { [Family in Ruleset['family']]?: Ruleset | null } = {}
  const items: RulesetItem[] = []
  for (const [family, name] of familyNames) {
    const expected = (believed.get(keyOf({ kind: 'ruleset', netns, name })) as RulesetItem | undefined)?.ruleset
    const candidates = [expected, before?.rulesets[family]].filter(each => each != null)
    const found =
      family in current
        ? current[family]
        : tables.includes(family)
          ? await recognise(slots, space, family, candidates)
          : null
    if (found !== undefined) rulesets[family] = found
    if (found === null) continue
    const same = found && expected && rulesetDigest(expected) === rulesetDigest(found)
    items.push({ kind: 'ruleset', netns, name, for: '', ruleset: same ? expected : (found ?? unrecognised(family)) })
  }
  space.loaded = { rulesets, generation }
  return items
}

const familyNames = [
  ['ip', ''],
  ['bridge', 'bridge'],
] as const satisfies [Ruleset['family'], RulesetItem['name']][]

/** Which of these rulesets a table is. */
async function recognise(
  slots: Slots,
  space: Space,
  family: Ruleset['family'],
  candidates: readonly Ruleset[],
): Promise<Ruleset | undefined> {
  if (candidates.length === 0) return undefined
  const listing = await runNft(space.fd, `list table ${family} ${tableName}`)
  if (!('output' in listing)) return undefined
  const { output } = listing
  return candidates.find(
    ruleset => isListingOf(output, ruleset) && slots.recognise(space.name, ruleset, mapsIn(output, ruleset)),
  )
}

function readLink(reading: Reading, space: Space, link: Link, links: readonly Link[]): Item[] {
  const netns = space.name
  const { name, mac } = link
  // A link that is down is never as it should be.
  const mtu = link.up ? link.mtu : 0
  const bridgeOf = (master: number, among: readonly Link[]) => among.find(({ index }) => index === master)?.name ?? null
  switch (link.kind) {
    case 'bridge':
      return [{ kind: 'bridge', netns, name, for: '', mac, mtu }]
    case 'macvlan': {
      const parents = linksOf(reading, reading.spaces.home)
      return [
        {
          kind: 'macvlan',
          netns,
          name,
          for: '',
          mtu,
          parent: parents.find(({ index }) => index === link.peer)?.name ?? '',
        },
      ]
    }
    case 'tun':
      return [{ kind: 'tap', netns, name, for: '', bridge: bridgeOf(link.master, links) ?? '' }]
    case 'veth': {
      const [peerNetns, peerName] = peerNamedIn(link.alias)
      const other = peerNetns === undefined ? null : reading.spaces.get(peerNetns)
      const peer = other && readPeer(reading, other, peerName!)
      if (!other || !peer || peer.index !== link.peer || peer.peer !== link.index) return []
      const peerBridge = peer.master === 0 ? null : bridgeOf(peer.master, linksOf(reading, other))
      return [
        {
          kind: 'veth',
          netns,
          name,
          for: '',
          mac,
          bridge: bridgeOf(link.master, links),
          mtu: peer.up && peer.mtu === link.mtu ? mtu : 0,
          peer: { netns: peerNetns!, name: peerName!, mac: peer.mac, bridge: peerBridge },
        },
      ]
    }
    default:
      return []
  }
}

/** A link with what is read only where it is expected to be set. */
function tuned({ believed }: Reading, space: Space, { index }: Link, item: Item): Item {
  const expected = believed.get(keyOf(item))
  if (item.kind !== 'veth' && item.kind !== 'macvlan') return item
  if (expected?.kind !== item.kind || expected.proxyDelayMs === undefined) return item
  return { ...item, proxyDelayMs: readProxyDelay(space, index) ?? -1 }
}

function readPeer({ links }: Reading, space: Space, name: string): Link | null {
  const known = links.get(space.name)
  return known ? (known.find(link => link.name === name) ?? null) : space.readLink(name)
}

/** The alias of the end of a veth pair that declares it: where the other end is. */
export function peerAlias(peer: { readonly netns: string; readonly name: string }): string {
  return `${peer.netns} ${peer.name}`
}

function peerNamedIn(alias: string): [string | undefined, string | undefined] {
  const [netns, name] = alias.split(' ')
  return name === undefined ? [undefined, undefined] : [netns, name]
}

type Names = ReadonlyMap<number, string>

function readAddresses(space: Space, names: Names, devs: ReadonlySet<string>): AddressItem[] {
  return space.route.dump(rtm.getAddress, allAddresses).flatMap(message => {
    const { index, address, length } = addressOf(message)
    const dev = names.get(index) ?? ''
    if (!devs.has(dev)) return []
    return [{ kind: 'address', netns: space.name, name: `${dev} ${address}/${length}`, for: '', dev, address, length }]
  })
}

function readRoutes(space: Space, names: Names, devs: ReadonlySet<string>, owned: boolean): Item[] {
  const found = new Map<Key, Item>()
  for (const message of space.route.dump(rtm.getRoute, allRoutes)) {
    const { table, destination, type, protocol, index, via } = routeOf(message)
    const typeName = routeTypes.get(type)
    const dev = type === routeType.unicast ? (names.get(index) ?? '') : null
    if (table === localTable || protocol === madeByKernel || !typeName) continue
    if (dev === null ? !owned : !devs.has(dev)) continue
    const name = `${table} ${destination}`
    const item = {
      kind: 'route',
      netns: space.name,
      name,
      for: '',
      table,
      destination,
      type: typeName,
      dev,
      via,
    } as const
    if (!found.has(keyOf(item))) found.set(keyOf(item), item)
  }
  return [...found.values()]
}

/** In somebody else's namespace only rules that are believed to be ours. */
function readRules(space: Space, onlyAmong: HostState | null): Item[] {
  const found = new Map<Key, Item>()
  const rules = space.route.dump(rtm.getRule, allRules).map(ruleOf)
  const isFirst = rules.some(({ priority, table }) => priority === localFirst.priority && table === localFirst.table)
  for (const { protocol, ...rule } of rules) {
    // One that would come later is nothing yet while the first is there.
    if (protocol === madeByKernel || (isLocalLater(rule) && isFirst)) continue
    const item = { kind: 'rule', netns: space.name, name: ruleName(rule), for: '', ...rule } as const
    if (!onlyAmong || onlyAmong.has(keyOf(item))) found.set(keyOf(item), item)
  }
  return [...found.values()]
}
