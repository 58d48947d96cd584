import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireOf } from '../../src/client/wire.ts'
import { worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import {
  addressOf,
  newGateway,
  newGroup,
  newMachine,
  newNetwork,
  until,
  type Machine,
  type Network,
} from './network.ts'

const north = worldServers[0]!

suite('policy tests are tried with packets', { timeout: 180_000 }, () => {
  let lab: Lab
  let network: Network
  let gateway: WireOf<'nat-gateway'>
  let a: Machine
  let b: Machine

  before(async () => {
    lab = await startLab()
    const securityGroup = await newGroup(lab, { protocol: 'tcp', ports: '90-91' }, { protocol: 'udp', ports: '92' })
    network = await newNetwork(lab, '10.1.0.0/24')
    gateway = await newGateway(lab, network, 2, { securityGroup })
    const snatRules = [{ id: gateway.snatRules[0]?.id, target: network.subnet.id, eips: [gateway.eips[0]] }]
    await lab.client.patch('nat-gateway', gateway.id, { snatRules })
    await lab.client.apply('nat-gateway', gateway.id)
    a = await newMachine(lab, network, { name: 'a', securityGroup })
    b = await newMachine(lab, network, { name: 'b', securityGroup })
    await b.place.serveTcp(90)
    await lab.at(north.netns).serveTcp(90)
  })
  after(() => lab.close())

  /** A policy test from `a`, and what it says once packets were sent for it. */
  async function tried(body: object) {
    const from = { type: 'server', id: a.server.id }
    const { id } = await lab.client.create('policy-test', { from, ...body })
    const read = async () => (await lab.client.get('policy-test', id)).verdict
    await until('packets were sent', 20_000, async () => {
      const { state, tried: sent } = await read()
      // What the model knows to be broken needs no packets.
      return state === 'broken' || (sent !== null && sent.asStated !== false)
    })
    const { state, tried: sent, reason } = await read()
    await lab.client.remove('policy-test', id)
    return { state, asStated: sent?.asStated, reason }
  }

  test('what packets find agrees with what is so: answers, refusals, drops and echoes', async () => {
    const toB = { type: 'server', id: b.server.id }
    const away = { type: 'address', prefix: north.address }
    const outcomes = await Promise.all(
      [
        { to: toB, ports: '90' },
        // Nobody listens there, and its answer shows that the way is open.
        { to: toB, ports: '91' },
        { to: toB, ports: '91', must: 'not-reach' },
        { to: toB, ports: '93', must: 'not-reach' },
        { to: toB, ports: '92', protocol: 'udp' },
        { to: toB, protocol: 'icmp', must: 'not-reach' },
        { to: away, ports: '90' },
        { to: away, ports: '91' },
      ].map(tried),
    )
    assert.deepEqual(
      outcomes.map(({ state, asStated }) => `${state} ${asStated ?? 'unsent'}`),
      [
        'holds true',
        'holds true',
        'broken unsent',
        'holds true',
        'holds true',
        'holds true',
        'holds true',
        'broken false',
      ],
    )
    assert.match(outcomes[7]?.reason ?? '', /^packets from a \(10\.1\.0\.\d+\) to .* by TCP 91: connection refused$/)
  })

  test('an apply that only packets know to do harm is taken back: a firewall far away knows one public IP', async () => {
    const [, other] = gateway.eips
    const refused = await addressOf(lab, other)
    const rules = `add table ip far; add chain ip far in { type filter hook input priority 0; }; add rule ip far in ip saddr ${refused} drop`
    await lab.run(north.netns, 'nft', rules)
    const statement = await lab.client.create('policy-test', {
      name: 'a-to-north',
      from: { type: 'server', id: a.server.id },
      to: { type: 'address', prefix: north.address },
      ports: '90',
    })
    const verdict = async () => (await lab.client.get('policy-test', statement.id)).verdict
    await until('it holds', 20_000, async () => (await verdict()).tried?.asStated === true)

    const [rule] = gateway.snatRules
    const moved = { snatRules: [{ id: rule?.id, target: network.subnet.id, eips: [other] }] }
    await lab.client.patch('nat-gateway', gateway.id, moved)
    assert.deepEqual((await lab.client.plan('nat-gateway', gateway.id)).lost, [], 'nothing here speaks against it')
    const { trial } = await lab.client.apply('nat-gateway', gateway.id, { watch: { watchS: 60 } })
    assert.ok(trial)
    const took = await until('it is taken back', 30_000, async () => {
      const { state } = await lab.client.trials.get(trial.id)
      assert.notEqual(state, 'kept')
      return state === 'reverted'
    })
    assert.ok(took < 15_000, `it took ${took} ms`)
    const { reason } = await lab.client.trials.get(trial.id)
    assert.match(reason, /^the policy test a-to-north held and is broken: packets from a .* by TCP 90: no answer$/)
    await until('it holds again', 20_000, async () => (await verdict()).state === 'holds')
    const { eips } = (await lab.client.get('nat-gateway', gateway.id)).snatRules[0] ?? {}
    assert.deepEqual(eips, [gateway.eips[0]])
  })
})
