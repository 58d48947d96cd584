import { edgeNetns, links } from '../../compile/names.ts'
import type { Packet } from '../../host/packet.ts'
import type { Chain, FilterRule, Ruleset } from '../../host/ruleset.ts'
import type { Followed, SeenEvent } from '../../host/seen.ts'
import type { End, Hop } from '../../host/trace.ts'
import type { Decided } from '../../host/walk-ruleset.ts'
import { endingOf, type Outcome } from './ending.ts'
import type { Scene } from './fate.ts'
import { narration, translates } from './narration.ts'
import { rulesetIn } from './ruleset-in.ts'
import type { Way } from './story.ts'
import { decisionOf, told, type Told } from './telling.ts'

/** What was seen of a packet that was sent, and of its answer; null where none was seen. */
export interface SeenStory {
  readonly there: Way
  readonly back: Way | null
}

/** Tells what the kernel did with a packet, in the words in which a trace tells what it would do. */
export function tellSeen(scene: Scene, from: string, packet: Packet, { unsent, events }: Followed): SeenStory {
  const [there, back] = (['there', 'back'] as const).map(way =>
    events.filter(event => event.way === way && !isWithin(event)),
  )
  const forth = tellWay(scene, there ?? [], { netns: from, packet, unsent })
  return { there: forth, back: back?.[0] ? tellWay(scene, back, { ...back[0], unsent: null }) : null }
}

/** Whether a packet goes round in its own namespace, of which a trace says nothing but that it arrives. */
function isWithin({ iif, oif, what, verdict }: SeenEvent): boolean {
  return (iif === 'lo' || oif === 'lo') && what !== 'arrives' && what !== 'sends' && verdict !== 'drop'
}

interface Begun {
  readonly netns: string
  readonly packet: Packet
  readonly unsent: string | null
}

function tellWay(scene: Scene, events: readonly SeenEvent[], { netns, packet, unsent }: Begun): Way {
  const { steps, add, placeOf, before } = narration(scene, packet)
  add(netns, told(beginning(netns, events[0])), packet)
  let led: Decided[] = []
  let leaving = ''
  for (const [i, event] of events.entries()) {
    // Conntrack undoes by itself what rules did to the flow.
    if (!same(before(), event.packet)) add(undoneAt(events, i), told('undone'), event.packet)
    const note = (did: Hop['did']) => {
      const hop = { netns: event.netns, did, for: event.for, packet: afterwards(events, i) }
      const after = translates(hop) ? hop.packet : event.packet
      add(event.netns, decisionOf(scene, hop, event.packet, undefined), after)
    }
    if (event.what === 'enters') {
      leaving = ''
      led = []
      if (i > 0) note({ by: 'link', link: event.iif })
    }
    if (event.oif !== leaving && event.oif !== '' && event.oif !== 'lo') {
      leaving = event.oif
      add(event.netns, told('goes-on', { values: { link: leaving } }), before())
    }
    const decided = event.what === 'rule' ? decidedBy(scene, event, led) : null
    if (!decided) continue
    if (event.verdict === 'jump' || event.verdict === 'goto') led = [...decided.led, decided] as Decided[]
    else if (event.verdict === 'accept') note({ by: 'rule', hook: hookOf(scene, event, decided), ...decided })
    if (event.verdict !== 'jump' && event.verdict !== 'goto') led = []
  }
  const { outcome, ...end } = unsent !== null && !events.some(isDrop) ? notSent(unsent) : endOf(scene, events, placeOf)
  add(events.at(-1)?.netns ?? netns, end, before())
  return { outcome, steps }
}

/** How a way begins. Out of the edge comes what stands for the internet. */
function beginning(netns: string, first: SeenEvent | undefined): Told['what'] {
  if (first?.way !== 'back') return netns === edgeNetns ? 'comes' : 'sends'
  if (netns === edgeNetns) return 'answered'
  return first.says === 'refuses' ? 'refuses' : 'answers'
}

const isDrop = ({ verdict }: SeenEvent) => verdict === 'drop'

/** The packet after a rule: what the next chain meets. */
function afterwards(events: readonly SeenEvent[], i: number): Packet {
  return (events[i + 1] ?? events[i])!.packet
}

/** Where a translation was undone: conntrack does it last before a packet leaves, or first when it enters. */
function undoneAt(events: readonly SeenEvent[], i: number): string {
  const [event, before] = [events[i]!, events[i - 1]]
  return event.what === 'enters' && before ? before.netns : event.netns
}

function same(a: Packet, b: Packet): boolean {
  return a.from === b.from && a.to === b.to && a.sport === b.sport && a.dport === b.dport
}

/** The rule that an event tells of, as it was compiled; as much as is known of it where the kernel has another. */
function decidedBy(scene: Scene, event: SeenEvent, led: readonly Decided[]): Decided {
  const chain = rulesetIn(scene, event.netns)?.chains.find(({ name }) => name === event.chain)
  const compiled = chain?.rules[event.index]
  const verb = event.verdict === 'drop' ? 'drop' : 'accept'
  const rule: FilterRule = compiled?.for === event.for ? compiled : { for: event.for, match: [], then: { do: verb } }
  return { rule, chain: event.chain, led: chain?.hook ? [] : led.map(each => ({ rule: each.rule, chain: each.chain })) }
}

/** The hook of the chain that a packet entered first. */
function hookOf(
  scene: Scene,
  { netns, chain }: SeenEvent,
  { led }: Pick<Decided, 'led'>,
): NonNullable<Chain['hook']>['at'] {
  const chains = rulesetIn(scene, netns)?.chains ?? []
  return chains.find(({ name }) => name === (led[0]?.chain ?? chain))?.hook?.at ?? 'prerouting'
}

function notSent(reason: string): Told & { readonly outcome: Outcome } {
  return { ...told('unsent', { values: { reason } }), outcome: 'unreachable' }
}

/** How a way ended, as far as it was seen. */
function endOf(
  scene: Scene,
  events: readonly SeenEvent[],
  placeOf: (netns: string) => Told['it'],
): Told & { readonly outcome: Outcome } {
  const last = events.at(-1)
  if (!last) return { ...told('lost'), outcome: 'dropped' }
  const { netns, packet } = last
  const ended = (verdict: 'delivered' | 'dropped' | 'rejected' | 'sent-out', end: End, owner = '') =>
    endingOf(
      scene,
      { verdict, netns, packet, end, for: owner, by: null, why: '', hops: [], sources: [] },
      placeOf(netns),
      last.way === 'back',
    )
  if (last.verdict === 'drop' && last.chain.includes(' ')) {
    return { ...told('foreign', { values: { chain: last.chain } }), outcome: 'dropped' }
  }
  if (last.verdict === 'drop') {
    const led = events.slice(0, -1).filter(each => each.verdict === 'jump' || each.verdict === 'goto')
    const decided = decidedBy(
      scene,
      last,
      led.map(each => decidedBy(scene, each, [])),
    )
    const hook = hookOf(scene, last, decided)
    if (last.what === 'policy') return ended('dropped', { by: 'rule', hook, rule: null, chain: last.chain })
    const verdict = decided.rule.then.do === 'reject' ? 'rejected' : 'dropped'
    return ended(verdict, { by: 'rule', hook, ...decided }, last.for)
  }
  if (last.what === 'arrives') return ended('delivered', { by: 'arrival' })
  if (last.what !== 'leaves') return { ...told('lost'), outcome: 'dropped' }
  if (netns === edgeNetns && last.oif === links.uplink) return ended('sent-out', { by: 'uplink', link: last.oif })
  return { ...told('unseen', { values: { link: last.oif } }), outcome: 'leaves' }
}

/** A scene in which what is left to chance goes as it went: the address that a source got, the backend that a flow was given. */
export function asItWent(scene: Scene, { events }: Followed): Scene {
  const state = new Map(scene.state)
  for (const [i, event] of events.entries()) {
    const item = state.get(`ruleset ${event.netns} `)
    if (event.way !== 'there' || event.what !== 'rule' || item?.kind !== 'ruleset') continue
    const { then } = decidedBy(scene, event, []).rule
    const after = afterwards(events, i)
    if (then.do === 'snat' && then.to.length > 1) {
      state.set(`ruleset ${event.netns} `, { ...item, ruleset: withSource(item.ruleset, event, after.from) })
    }
    if (then.do === 'spread') {
      const { spreads = [] } = item.ruleset
      const targets = (spread: (typeof spreads)[number]) =>
        spread.targets.filter(
          ({ address, port }) => address === after.to && (spread.lastPort !== null || port === after.dport),
        )
      const chosen = spreads.map(each => (each.id === then.of ? { ...each, targets: targets(each) } : each))
      state.set(`ruleset ${event.netns} `, { ...item, ruleset: { ...item.ruleset, spreads: chosen } })
    }
  }
  return { ...scene, state }
}

function withSource(ruleset: Ruleset, { chain, index }: SeenEvent, source: string): Ruleset {
  const chosen = (rule: FilterRule, i: number): FilterRule =>
    i === index && rule.then.do === 'snat' ? { ...rule, then: { do: 'snat', to: [source] } } : rule
  return {
    ...ruleset,
    chains: ruleset.chains.map(each => (each.name === chain ? { ...each, rules: each.rules.map(chosen) } : each)),
  }
}
