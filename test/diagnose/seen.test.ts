import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compareWays } from '../../src/diagnose/trace/comparison.ts'
import { flowOf } from '../../src/diagnose/trace/ends.ts'
import { translates } from '../../src/diagnose/trace/narration.ts'
import { rulesetIn } from '../../src/diagnose/trace/ruleset-in.ts'
import { sceneOf } from '../../src/diagnose/trace/scene.ts'
import { asItWent, tellSeen } from '../../src/diagnose/trace/seen.ts'
import { tellFlow } from '../../src/diagnose/trace/story.ts'
import type { HostState } from '../../src/host/item.ts'
import type { Packet } from '../../src/host/packet.ts'
import type { SeenEvent } from '../../src/host/seen.ts'
import { traceFlow, type Hop, type Verdict } from '../../src/host/trace.ts'
import { all, type Model } from '../../src/model/model.ts'
import { anyNetwork } from '../compile/any-network.ts'

type Rule = Extract<Hop['did'], { by: 'rule' }>['rule']
interface Standing {
  readonly rule: Rule
  readonly chain: string
}

/** What a kernel would tell that does exactly what a verdict says. */
function eventsOf(state: HostState, { hops, end, packet: last }: Verdict, from: string, sent: Packet): SeenEvent[] {
  const events: SeenEvent[] = []
  let [netns, iif, oif, packet] = [from, '', '', sent]
  const tell = (what: SeenEvent['what'], more: Partial<SeenEvent> = {}) =>
    events.push({ ...nothing, netns, what, iif, oif, packet, ...more })
  const placeOf = ({ rule, chain }: Standing): Pick<SeenEvent, 'chain' | 'index' | 'for'> => {
    const rules = rulesetIn({ state }, netns)?.chains.find(({ name }) => name === chain)?.rules
    return { chain, index: rules?.indexOf(rule) ?? -1, for: rule.for }
  }
  const tellRule = ({ led, ...decided }: Standing & { led: readonly Standing[] }, verdict: 'accept' | 'drop') => {
    for (const each of led) tell('rule', { ...placeOf(each), verdict: each.rule.then.do === 'goto' ? 'goto' : 'jump' })
    tell('rule', { ...placeOf(decided), verdict })
  }
  for (const hop of hops) {
    const { did } = hop
    // A chain tells of a packet as it meets it, before it is rewritten.
    if (!translates(hop)) packet = hop.packet
    if (did.by === 'route') {
      oif = did.route.dev ?? ''
      if (events.length === 0) tell('sends')
    } else if (did.by === 'link') {
      tell('leaves')
      ;[netns, iif, oif] = [hop.netns, did.link, '']
      tell('enters')
    } else tellRule(did, 'accept')
    packet = hop.packet
  }
  packet = last
  if (end.by === 'uplink' || end.by === 'silence') tell('leaves')
  if (end.by === 'arrival') tell('arrives')
  if (end.by === 'rule' && end.rule) tellRule(end, 'drop')
  if (end.by === 'rule' && !end.rule) tell('policy', { chain: end.chain, verdict: 'drop' })
  return events
}

const nothing: SeenEvent = {
  netns: '',
  way: 'there',
  what: 'sends',
  iif: '',
  oif: '',
  chain: '',
  index: -1,
  for: '',
  verdict: 'accept',
  packet: { from: '', to: '', protocol: '', sport: 0, dport: 0 },
  says: 'answers',
}

function anyFlow(model: Model, pick: <T>(list: readonly T[]) => T) {
  const servers = [...all(model, 'server')].filter(({ now }) => now.power === 'on').map(({ id }) => id)
  const from = pick([...servers, 'lb-00000001'])
  const to = pick([...servers, '8.8.8.8', '10.0.1.77', 'rtr-00000001'])
  return flowOf(model, { from, to, vpc: null, protocol: pick(['tcp', 'udp'] as const), port: pick([22, 80, 443]) })
}

test('what a kernel tells that does what it should is the same story; what it tells otherwise is marked where that begins', () => {
  let [followed, cut] = [0, 0]
  fc.assert(
    fc.property(anyNetwork, fc.infiniteStream(fc.nat()), (model, chance) => {
      const pick = <T>(list: readonly T[]): T => list[chance.next().value % list.length]!
      for (let i = 0; i < 8; i++) {
        const flow = anyFlow(model, pick)
        if (!('packet' in flow)) continue
        const scene = sceneOf(model, flow.parts)
        const story = tellFlow(scene, flow.origin, flow.packet)
        const sent = story.there.steps[0]!.after
        const { there } = traceFlow(scene.state, flow.origin, sent)
        const isUnsent = there.hops.length === 0 && there.end.by === 'route'
        if (there.hops.length === 0 && !isUnsent) continue
        const events = isUnsent ? [] : eventsOf(scene.state, there, flow.origin.netns, sent)
        const answer = { unsent: isUnsent ? 'no route' : null, events }
        const went = asItWent(scene, answer)
        const told = tellFlow(went, flow.origin, sent).there
        const seen = tellSeen(went, flow.origin.netns, sent, answer).there
        const pairs = compareWays(told, seen, 'dport')
        const shown = JSON.stringify({
          told: told.steps.map(({ what }) => what),
          seen: seen.steps.map(({ what }) => what),
        })
        assert.ok(
          pairs.every(({ same }) => same),
          shown,
        )
        followed++
        if (events.length < 4) continue
        const less = { unsent: null, events: events.slice(0, -2) }
        const lost = compareWays(told, tellSeen(went, flow.origin.netns, sent, less).there, 'dport')
        assert.ok(!lost.every(({ same }) => same), shown)
        assert.equal(lost[0]?.same, true)
        cut++
      }
    }),
    { numRuns: 80 },
  )
  assert.ok(followed > 300 && cut > 100, `${followed} ${cut}`)
})
