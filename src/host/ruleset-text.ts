import { digestOf } from './digest.ts'
import type { Action, Chain, FilterRule, Match, NamedSet, Ruleset } from './ruleset.ts'
import { spreadMaps, type Spread } from './spread.ts'

/** The name of our tables, one for each family at most; other tables are never ours. */
export const tableName = 'causeway'

/** The set in our table that holds the digest of the whole: a table's comment cannot be changed in place. */
export const digestSet = 'digest'

/** The whole table as `nft -f` reads it, its digest included. */
export function rulesetText(ruleset: Ruleset): string {
  return tableText(ruleset, [
    `\tset ${digestSet} {\n\t\ttype ipv6_addr\n\t\telements = { ${rulesetDigest(ruleset)} }\n\t}`,
    ...ruleset.sets.map(set => setText(set)),
  ])
}

/** A digest of everything that a ruleset says. */
export function rulesetDigest(ruleset: Ruleset): string {
  return digests.getOrInsertComputed(ruleset, () => newDigest(ruleset))
}

const digests = new WeakMap<Ruleset, string>()

function newDigest(ruleset: Ruleset): string {
  const { sets, spreads } = ruleset
  const text = tableText(
    ruleset,
    sets.map(set => setText(set)),
  )
  return digestOf(spreads ? text + JSON.stringify(spreads) : text)
}

/** A digest of what cannot be changed by elements: chains, rules, and which sets there are. */
export function rulesetStructure(ruleset: Ruleset): string {
  const { sets } = ruleset
  return structures.getOrInsertComputed(ruleset, () =>
    digestOf(
      tableText(
        ruleset,
        sets.map(set => setText({ ...set, elements: [] })),
      ),
    ),
  )
}

const structures = new WeakMap<Ruleset, string>()

/** What must leave and enter a set, the former first. */
export interface ElementChange {
  readonly set: string
  readonly remove: readonly string[]
  readonly add: readonly string[]
}

/**
 * The changes of elements that turn a table into another of the same structure, that of the digest's set included;
 * to be made in one transaction. Empty when nothing differs.
 */
export function elementChanges(from: Ruleset, to: Ruleset): ElementChange[] {
  const before = new Map(from.sets.map(set => [set.name, new Set(set.elements)]))
  const changes = to.sets.flatMap(set => {
    const old = before.get(set.name) ?? new Set()
    const now = new Set(set.elements)
    const remove = [...old.difference(now)]
    const add = [...now.difference(old)]
    return remove.length + add.length > 0 ? [{ set: set.name, remove, add }] : []
  })
  if (changes.length === 0 && rulesetDigest(from) === rulesetDigest(to)) return []
  return [...changes, { set: digestSet, remove: [rulesetDigest(from)], add: [rulesetDigest(to)] }]
}

/** The `nft -f` text of such changes. */
export function elementChangesText(family: Ruleset['family'], changes: readonly ElementChange[]): string {
  const line = (verb: string, set: string, elements: readonly string[]) =>
    elements.length > 0 ? [`${verb} element ${family} ${tableName} ${set} ${oneOf(elements, true)}`] : []
  return changes
    .flatMap(({ set, remove, add }) => [...line('delete', set, remove), ...line('add', set, add)])
    .join('\n')
}

function tableText(ruleset: Ruleset, sets: readonly string[]): string {
  const { family, chains, spreads = [] } = ruleset
  return [
    `table ${family} ${tableName} {`,
    ...sets,
    ...spreads.flatMap(spreadTexts),
    ...countersOf(chains).map(name => `\tcounter ${name} {\n\t}`),
    ...chains.map(chain => chainText(ruleset, chain)),
    '}',
    '',
  ].join('\n')
}

/** The names of the counters that rules count in. */
export function countersOf(chains: Ruleset['chains']): string[] {
  const names = chains.flatMap(({ rules }) =>
    rules.flatMap(({ counter }) => (typeof counter === 'string' ? counter : [])),
  )
  return [...new Set(names)].sort()
}

/**
 * Seconds for which the port that a client was translated to rests after its connection: as long as the Linux behind it remembers what it
 * closed. Before, it could refuse who comes from that port; later, ports run out at half as many connections a second.
 */
const restS = 60

/** The maps of a spread, which are filled by whoever loads the table, and how long its flows may be silent. */
function spreadTexts(spread: Spread): string[] {
  const { id, protocol, idleS } = spread
  const times =
    protocol === 'tcp' ? `established : ${idleS}, time_wait : ${restS}` : `unreplied : ${idleS}, replied : ${idleS}`
  return [
    ...spreadMaps(spread).map(
      ({ name, distance }) =>
        `\tmap ${name} {\n\t\ttype mark : ipv4_addr${distance === null ? ' . inet_service' : ''}\n\t}`,
    ),
    `\tct timeout ${id} {\n\t\tprotocol ${protocol}\n\t\tl3proto ip\n\t\tpolicy = { ${times} }\n\t}`,
  ]
}

/** The types of sets that rules fill. */
const filled = {
  answers: 'ipv4_addr . ipv4_addr . inet_proto . inet_service . inet_service',
  echoes: 'ipv4_addr . ipv4_addr',
  tally: 'mark . ipv4_addr . inet_service',
  'range-tally': 'mark . ipv4_addr',
}

/** Whether rules fill a set, so that what is in it is nobody's wish. */
export function isFilled(set: NamedSet): set is NamedSet & { readonly type: keyof typeof filled } {
  return set.type in filled
}

function setText(set: NamedSet): string {
  const { name, type, elements } = set
  const lines = linesOf(set)
  if (elements.length > 0) lines.push(`elements = ${oneOf(elements, true)}`)
  return `\t${type === 'ports' ? 'map' : 'set'} ${name} {\n${lines.map(line => `\t\t${line}\n`).join('')}\t}`
}

function linesOf(set: NamedSet): string[] {
  if (set.type === 'ports') return ['type inet_service : inet_service']
  if (!isFilled(set)) return [`type ${set.type}`, 'flags interval']
  return [
    `type ${filled[set.type]}`,
    'size 65536',
    'flags dynamic,timeout',
    `timeout ${set.type === 'tally' || set.type === 'range-tally' ? '1d' : '5m'}`,
  ]
}

function chainText(ruleset: Ruleset, { name, hook, rules }: Chain): string {
  const lines = rules.map(rule => ruleText(ruleset, rule))
  if (hook) lines.unshift(`type ${hook.type} hook ${hook.at} priority ${hook.priority}; policy ${hook.policy};`)
  return `\tchain ${name} {\n${lines.map(line => `\t\t${line}\n`).join('')}\t}`
}

/** One rule as nft reads it. */
export function ruleText(ruleset: Ruleset, { match, counter, then, for: owner }: FilterRule): string {
  const counting = typeof counter === 'string' ? [`counter name ${counter}`] : counter ? ['counter'] : []
  const words = [...match.map(matchText), ...limitText(then), ...counting, actionText(ruleset, then)]
  return `${words.join(' ')} comment ${JSON.stringify(owner)}`
}

function matchText(match: Match): string {
  switch (match.on) {
    case 'iif':
    case 'oif':
      return `${match.on}name ${match.not ? '!= ' : ''}${oneOf(match.is.map(link => JSON.stringify(link)))}`
    case 'saddr':
    case 'daddr':
      return `ip ${match.on} ${match.not ? '!= ' : ''}${setOrList(match.is)}`
    case 'protocol':
      return `meta l4proto ${oneOf(match.is.map(name => protocolNumbers[name] ?? name))}`
    case 'sport':
    case 'dport':
      return `${match.protocol} ${match.on} ${setOrList(match.is)}`
    case 'icmp':
      return `icmp type ${match.type}${match.code === null ? '' : ` icmp code ${match.code}`}`
    case 'ethertype':
      return `ether type ${match.not ? '!= ' : ''}${match.is}`
    case 'arp-sender':
      return `arp saddr ip ${match.is}`
    case 'expected':
      return `ip saddr . ip daddr${match.as === 'answers' ? ' . meta l4proto . th sport . th dport' : ''} @${match.in}`
    case 'ct-state':
      return `ct state ${match.is.join(',')}`
    case 'ct-direction':
      return `ct direction ${match.is}`
    case 'ct-status':
      return `ct status ${match.is}`
    case 'ct-mark':
      return `ct mark ${oneOf(match.is.map(hexOf))}`
    case 'ct-original-daddr':
      return `ct original ip daddr ${oneOf(match.is)}`
  }
}

/** What holds only for flows that are too many. */
function limitText(action: Action): string[] {
  switch (action.do) {
    case 'limit-connections':
      return [`ct count over ${action.most}`]
    case 'limit-rate':
      return [`limit rate over ${action.perSecond}/second burst ${action.perSecond} packets`]
    default:
      return []
  }
}

/** Protocols that nft knows only where the machine has /etc/protocols. */
const protocolNumbers: Readonly<Record<string, string>> = { ipip: '4', vrrp: '112' }

function hexOf(mark: number): string {
  return `0x${mark.toString(16)}`
}

function actionText({ spreads = [] }: Ruleset, action: Action): string {
  switch (action.do) {
    case 'accept':
    case 'drop':
    case 'return':
      return action.do
    case 'reject':
      return action.with === 'tcp-reset' ? 'reject with tcp reset' : `reject with icmp type ${action.with}`
    case 'jump':
    case 'goto':
      return `${action.do} ${action.chain}`
    case 'dnat':
      return `dnat to ${action.to}${action.port === null ? '' : `:${action.port}`}`
    case 'slot': {
      const { id, by, slots, mark } = spreads.find(each => each.id === action.of)!
      const slot = by === 'turn' ? `numgen inc mod ${slots}` : `jhash ip saddr mod ${slots} seed ${hexOf(mark)}`
      return `ct mark set ${hexOf(mark)} ct timeout set ${JSON.stringify(id)} meta mark set ${slot}`
    }
    case 'spread': {
      const { protocol } = spreads.find(each => each.id === action.of)!
      return `dnat ip to meta mark map @${action.map}${action.ports === null ? '' : ` : ${protocol} dport map @${action.ports}`}`
    }
    case 'mark':
      return `meta mark set ${hexOf(action.mark)}`
    case 'mark-as-flow':
      return `meta mark set ct mark & ${hexOf(action.mask)}`
    case 'mark-flow':
      return `ct mark set ${action.more ? 'ct mark | ' : ''}${hexOf(action.mark)}`
    case 'tally':
      return tallyText(action)
    case 'snat': {
      const [only = '', ...others] = action.to
      if (others.length === 0) return `snat to ${only}`
      return `snat to numgen random mod ${action.to.length} map { ${action.to.map((to, i) => `${i} : ${to}`).join(', ')} }`
    }
    case 'limit-connections':
    case 'limit-rate':
      return 'drop'
    case 'expect':
      return `update @${action.in} { ip daddr . ip saddr${action.as === 'answers' ? ' . meta l4proto . th dport . th sport' : ''} }`
    case 'clamp-mss':
      return 'tcp flags syn tcp option maxseg size set rt mtu'
  }
}

function tallyText({ what, of, in: set }: Extract<Action, { readonly do: 'tally' }>): string {
  const [address, port] = what === 'heard' ? ['ip saddr', 'th sport'] : ['ip daddr', 'th dport']
  const update = `update @${set} { ct mark . ${address}${of === 'port' ? ` . ${port}` : ''} counter }`
  return what === 'made' ? update : `${update} accept`
}

function setOrList(is: readonly string[] | { readonly set: string }): string {
  return 'set' in is ? `@${is.set}` : oneOf(is)
}

/** One value, or several in braces. */
function oneOf(values: readonly string[], always = false): string {
  return values.length === 1 && !always ? values[0]! : `{ ${values.join(', ')} }`
}
