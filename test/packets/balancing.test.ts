import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireOf } from '../../src/client/wire.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { addressOf, allActive, backendsOf, newBalancer, newGateway, newGroup, newNetwork, until } from './network.ts'
import type { Page } from './talk.ts'

const [north, north2, south] = worldServers.map(({ address }) => ({ address, port: plan.port }))

suite('balancing, under load', () => {
  let lab: Lab
  let balancer: WireOf<'load-balancer'>
  let url: string

  before(async () => {
    lab = await startLab()
    const securityGroup = await newGroup(lab, { protocol: 'tcp', ports: '80' })
    const network = await newNetwork(lab, '10.1.0.0/24')
    await newGateway(lab, network, 1, { securityGroup, size: 'large' })
    balancer = await newBalancer(lab, network, [north!, north2!], { securityGroup })
    url = `http://${await addressOf(lab, balancer.eips[0])}/`
  })
  after(() => lab.close())

  /** Publishes other backends. */
  async function become(...backends: readonly object[]): Promise<void> {
    const [listener] = (await lab.client.get('load-balancer', balancer.id)).listeners
    const known = new Map(listener?.backends.map(({ address, id }) => [address, id]))
    const whole = backends.map(each => {
      const id = known.get((each as { address: string }).address)
      return id === undefined ? each : { ...each, id }
    })
    await lab.client.patch('load-balancer', balancer.id, { listeners: [{ ...listener, backends: whole }] })
    await lab.client.apply('load-balancer', balancer.id)
    await lab.settled()
  }

  /** How often each server answered. */
  async function shares(count: number): Promise<Readonly<Record<string, number>>> {
    const tally: Record<string, number> = {}
    for (const page of await lab.at(clientNetns).pages(url, count)) {
      const name = typeof page === 'string' ? page : (page satisfies Page).name
      tally[name] = (tally[name] ?? 0) + 1
    }
    return tally
  }

  test('a backend that dies is out after its failures, clients see no error then, and it comes back', async () => {
    const place = lab.at(worldServers[0]!.netns)
    await place.stop(plan.port)
    const out = await until('it is out', 20_000, async () => {
      return (await backendsOf(lab, balancer.id)).get(north!.address) === 'unavailable'
    })
    // At most an interval until the first failure, then one a second, and the report.
    assert.ok(out < 2000 + 1000 + 5000, `out after ${out.toFixed(0)} ms`)
    assert.deepEqual(await shares(40), { 'north-2': 40 })
    const { backendStatus } = await lab.client.get('load-balancer', balancer.id)
    assert.ok(Object.values(backendStatus).some(({ reason }) => /refused/i.test(reason)))
    await place.serveHttp(plan.port, 'north-1')
    await allActive(lab, balancer.id)
    assert.deepEqual(await shares(40), { 'north-1': 20, 'north-2': 20 })
  })

  test('a backend that answers wrongly is out, in the words of the answer', async () => {
    const place = lab.at(worldServers[0]!.netns)
    await place.setHealth(plan.port, 503)
    await until('it is out', 20_000, async () => {
      const { backendStatus } = await lab.client.get('load-balancer', balancer.id)
      return Object.values(backendStatus).some(({ state, reason }) => state === 'unavailable' && reason === 'HTTP 503')
    })
    await place.setHealth(plan.port, 200)
    await allActive(lab, balancer.id)
  })

  test('an agent that is killed and started again under load costs no request and changes nothing', async () => {
    const earlier = await traces()
    const load = await underLoad(lab, url, 6, async () => {
      await sleep(500)
      await lab.killAgent()
      await sleep(300)
      await lab.startAgent()
      await until('the new agent reports', 30_000, async () => {
        const [agent] = (await lab.client.status()).agents
        return agent !== undefined && agent.synced > 0 && (agent.counters['netlinkRequests'] ?? 0) > 0
      })
      await lab.settled()
    })
    assertFlawless(load)
    assert.deepEqual(await traces(), earlier)
    const { counters } = await lab.settled()
    assert.deepEqual([counters['processes'], counters['reloads'], counters['proxyCommands']], [0, 0, 0])
    await allActive(lab, balancer.id)
  })

  test('backends come, change and go under load: no request fails, nothing is reloaded', async () => {
    const earlier = (await lab.settled()).counters
    const load = await underLoad(lab, url, 10, async () => {
      await sleep(300)
      await become(north!, north2!, south!)
      await allActive(lab, balancer.id)
      assert.ok(((await shares(30))['south-1'] ?? 0) > 0)
      await become(north!, { ...north2, weight: 3 }, south!)
      await become(north!, { ...north2, weight: 0 }, south!)
      assert.equal((await shares(30))['north-2'], undefined)
      await become(north!, north2!, { ...south, enabled: false })
      assert.equal((await shares(30))['south-1'], undefined)
      await become(north!, { ...south, backup: true })
      await become(north!, north2!)
    })
    assertFlawless(load)
    await allActive(lab, balancer.id)
    const { counters } = await lab.settled()
    assert.equal(counters['reloads'], earlier['reloads'])
    assert.equal(counters['processes'], earlier['processes'])
    assert.deepEqual(await shares(40), { 'north-1': 20, 'north-2': 20 })
  })

  /** Everything in our namespaces with the numbers that the kernel gave it: what is made again has others. */
  async function traces(): Promise<string> {
    const names = (await lab.run(null, 'ip', 'netns', 'list')).match(/cw-\S+/g) ?? []
    const all = await Promise.all(
      names
        .sort()
        .map(netns =>
          Promise.all([
            lab.run(netns, 'readlink', '/proc/self/ns/net'),
            lab.run(netns, 'ip', '-o', 'link'),
            lab.run(netns, 'ip', '-4', '-o', 'addr'),
            lab.run(netns, 'ip', '-4', 'route', 'show', 'table', 'all'),
            lab.run(netns, 'ip', '-4', 'rule'),
            lab.run(netns, 'nft', '--stateless', '--handle', 'list', 'ruleset'),
          ]),
        ),
    )
    return [...all.flat(), lab.proxyOf(balancer.id)].join('\n')
  }
})
