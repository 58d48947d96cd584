import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileParts } from '../../src/compile/compile.ts'
import { edgeShard, netnsOf } from '../../src/compile/names.ts'
import { partitionOf } from '../../src/diagnose/reach/partition.ts'
import { judgePolicy } from '../../src/diagnose/reach/policy.ts'
import { reachChange, type Reach } from '../../src/diagnose/reach/reach.ts'
import type { Scene } from '../../src/diagnose/trace/fate.ts'
import { traceFlow, type Origin } from '../../src/host/trace.ts'
import { all, get, put, type Model, type PolicyTest } from '../../src/model/model.ts'
import { anyNetwork } from '../compile/any-network.ts'
import { machine } from '../compile/machine.ts'
import { modelOf } from '../compile/model-of.ts'

const vpc = 'rtr-00000001'
const outside = ['8.8.8.8', '8.8.8.9', '8.9.0.1', '1.2.3.4', '198.51.100.77']
const sceneOf = (model: Model): Scene => ({ model, state: compileParts(model, machine, [edgeShard, vpc]) })

/** A flow that somebody may try. */
interface Try {
  readonly from: string
  readonly to: string
  readonly origin: Origin
  readonly source: string
  readonly destination: string
  readonly port: number
}

test('what a plan says is gained or lost is what is, for every pair and port that one may try', () => {
  let seen = 0
  fc.assert(
    fc.property(anyNetwork, anyNetwork, fc.infiniteStream(fc.nat()), (one, other, chance) => {
      const [before, after] = [sceneOf(one), sceneOf(other)]
      const said = reachChange(vpc, before, after)
      const { signatureOf } = partitionOf([before.state, after.state])
      const pick = <T>(list: readonly T[]): T => list[chance.next().value % list.length]!
      for (let i = 0; i < 40; i++) {
        const tried = anyTry(before.model, after.model, pick)
        if (!tried) return
        const [was, is] = [gets(before, tried), gets(after, tried)]
        const covers = (reach: Reach) =>
          reach.protocol === 'tcp' &&
          isAt(reach.from, tried.from, signatureOf) &&
          isAt(reach.to, tried.to, signatureOf) &&
          reach.ports.some(([from, to]) => from <= tried.port && tried.port <= to)
        const what = JSON.stringify(tried)
        assert.equal(said.gained.some(covers), !was && is, `gained: ${what}`)
        assert.equal(said.lost.some(covers), was && !is, `lost: ${what}`)
        if (was !== is) seen++
      }
    }),
    { numRuns: 60 },
  )
  assert.ok(seen > 40, `only ${seen} of the flows that were tried changed`)
})

/** Servers that are on in both, the internet, and each other's ends. */
function anyTry(before: Model, after: Model, pick: <T>(list: readonly T[]) => T): Try | undefined {
  const isOn = (model: Model, id: string) =>
    [...all(model, 'server')].some(each => each.id === id && each.now.power === 'on')
  const servers = [...all(after, 'server')].filter(
    ({ id, now }) => now.power === 'on' && now.subnet !== null && isOn(before, id),
  )
  if (servers.length < 2) return undefined
  const from = pick(servers)
  const to = pick(servers.filter(({ id }) => id !== from.id))
  const port = pick([22, 70, 80, 81, 90, 91, 400, 443, 501, 8080, 65_535])
  const inside = { from: from.id, origin: { netns: netnsOf(from.id), enters: null }, source: from.now.address!, port }
  if (pick([true, false])) return { ...inside, to: to.id, destination: to.now.address! }
  const away = pick(outside)
  return { ...inside, to: away, destination: away }
}

function gets({ state }: Scene, { origin, source, destination, port }: Try): boolean {
  const packet = { from: source, to: destination, protocol: 'tcp', sport: 40_000, dport: port }
  const { there, back } = traceFlow(state, origin, packet)
  return [there, back].every(way => way?.verdict === 'delivered' || way?.verdict === 'sent-out')
}

function isAt(end: Reach['from'], who: string, signatureOf: (address: string) => string): boolean {
  if (end.kind === 'internet') return /^\d/.test(who) && signatureOf(end.address) === signatureOf(who)
  return end.kind === 'server' && end.ids.includes(who)
}

test('servers that were alike are told apart where one of them goes', () => {
  const model = modelOf(
    JSON.stringify({
      local: { pools: [] },
      'sg-00000001': { rules: [{ id: 'sgr-00000001', protocol: 'tcp', ports: '80' }] },
      [vpc]: { cidr: '10.0.0.0/16', type: 'small', securityGroup: 'sg-00000001' },
      'rt-00000001': { vpc, isDefault: true, routes: [] },
      'vxnet-00000001': { vpc, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: 'rt-00000001' },
      ...Object.fromEntries(
        [1, 2, 3].map(n => [
          `i-0000000${n}`,
          { subnet: 'vxnet-00000001', address: `10.0.1.2${n}`, securityGroup: 'sg-00000001' },
        ]),
      ),
    }),
  )
  const gone = get(model, 'server', 'i-00000002')
  const after = put(model, { ...gone, now: { ...gone.now, power: 'off' } })
  const { lost, gained } = reachChange(vpc, sceneOf(model), sceneOf(after))
  const pairs = lost
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ from, to }) => [...from.ids, '>', ...to.ids].join(' '))
  assert.deepEqual(pairs.sort(), ['i-00000001 i-00000003 > i-00000002', 'i-00000002 > i-00000001 i-00000003'])
  assert.deepEqual(gained, [])
})

test('a policy test of a pair and a port says what becomes of its packets', () => {
  let [held, asked] = [0, 0]
  fc.assert(
    fc.property(anyNetwork, fc.infiniteStream(fc.nat()), (one, chance) => {
      const scene = sceneOf(one)
      const pick = <T>(list: readonly T[]): T => list[chance.next().value % list.length]!
      for (let i = 0; i < 15; i++) {
        const tried = anyTry(one, one, pick)
        if (!tried) return
        const from = { type: 'server', id: tried.from } as const
        const isServer = tried.to.startsWith('i-')
        const to = isServer
          ? ({ type: 'server', id: tried.to } as const)
          : ({ type: 'address', prefix: `${tried.to}/32` } as const)
        const statement = (must: 'reach' | 'not-reach') =>
          ({ now: { must, from, to, protocol: 'tcp', ports: String(tried.port), enabled: true } }) as PolicyTest
        const isReached = gets(scene, tried)
        const states = (['reach', 'not-reach'] as const).map(must => judgePolicy(scene, statement(must)).state)
        asked++
        if (isReached) held++
        assert.equal(states[0], isReached ? 'holds' : 'broken', JSON.stringify(tried))
        // What gets there and is not answered keeps neither.
        if (isReached) assert.equal(states[1], 'broken', JSON.stringify(tried))
      }
    }),
    { numRuns: 40 },
  )
  assert.ok(held > asked / 20 && held < asked, `${held} of ${asked}`)
})
