import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireOf } from '../../src/client/wire.ts'
import { plan } from '../../src/demo/plan.ts'
import { worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { addressOf, allActive, newBalancer, newGateway, newGroup, newNetwork, until, type Network } from './network.ts'

const backends = worldServers.map(({ address }) => ({ address, port: plan.port }))

suite('an apply that does harm is taken back by itself', () => {
  let lab: Lab
  let network: Network
  let securityGroup: string
  let balancer: WireOf<'load-balancer'>
  let url: string

  before(async () => {
    lab = await startLab()
    securityGroup = await newGroup(lab, { protocol: 'tcp', ports: '80' })
    network = await newNetwork(lab, '10.1.0.0/24')
    await newGateway(lab, network, 1, { securityGroup })
    balancer = await newBalancer(lab, network, backends, { securityGroup })
    url = `http://${await addressOf(lab, balancer.eips[0])}/`
  })
  after(() => lab.close())

  /** How long after its apply a trial was taken back, in milliseconds. */
  async function takenBack(kind: 'load-balancer' | 'security-group', id: string): Promise<number> {
    const { trial } = await lab.client.apply(kind, id, { watch: { watchS: 60 } })
    assert.ok(trial)
    const took = await until('it is taken back', 20_000, async () => {
      const { state } = await lab.client.trials.get(trial.id)
      assert.notEqual(state, 'stuck')
      return state === 'reverted'
    })
    await allActive(lab, balancer.id)
    return took
  }

  test('one backend of a balancer gets a wrong port: back within 10 s, and no request fails', async () => {
    const [listener] = balancer.listeners
    assert.ok(listener)
    const path = ['listeners', listener.id, 'backends', listener.backends[0]!.id]
    let took = 0
    const load = await underLoad(lab, url, 15, async () => {
      await lab.client.children.patch('load-balancer', balancer.id, path, { port: 9 })
      took = await takenBack('load-balancer', balancer.id)
    })
    assertFlawless(load)
    assert.ok(took < 10_000, `it took ${took} ms`)
    const { listeners, applied } = await lab.client.get('load-balancer', balancer.id)
    assert.deepEqual([listeners[0]?.backends[0]?.port, applied], [plan.port, true])
  })

  test('a group closes the way to one backend: back within 10 s of its fall, and no request fails', async () => {
    const drop = { direction: 'egress', action: 'drop', protocol: 'tcp', peer: `${backends[1]!.address}/32` }
    let took = 0
    const load = await underLoad(lab, url, 15, async () => {
      await lab.client.children.add('security-group', securityGroup, ['rules'], drop)
      took = await takenBack('security-group', securityGroup)
    })
    // Requests on their way to that backend wait until they are sent to another one.
    assert.deepEqual(load.failures, [])
    assert.ok(load.requests > 0)
    assert.ok(took < 10_000, `it took ${took} ms`)
    const group = await lab.client.get('security-group', securityGroup)
    assert.equal(group.rules.length, 1)
    const [trial] = await lab.client.trials.list()
    assert.match(trial?.reason ?? '', new RegExp(`${backends[1]!.address}.*became unavailable`))
  })

  test('an apply that does no harm is kept', async () => {
    await lab.client.children.add('security-group', securityGroup, ['rules'], { protocol: 'tcp', ports: '443' })
    const { trial } = await lab.client.apply('security-group', securityGroup, { watch: { watchS: 5 } })
    assert.ok(trial)
    await until('it is kept', 20_000, async () => (await lab.client.trials.get(trial.id)).state === 'kept')
  })
})
