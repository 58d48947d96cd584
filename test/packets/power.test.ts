import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireOf } from '../../src/client/wire.ts'
import type { KindName } from '../../src/model/kinds.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import {
  given,
  addressOf,
  newBalancer,
  newGateway,
  newGroup,
  newMachine,
  newNetwork,
  until,
  type Machine,
  type Network,
} from './network.ts'
import type { Place } from './place.ts'

suite('what is switched off and on, and servers that were there before', () => {
  let lab: Lab
  let visitor: Place
  let network: Network
  let gateway: WireOf<'nat-gateway'>
  let balancer: WireOf<'load-balancer'>
  let machine: Machine
  let url: string
  let open: string

  before(async () => {
    lab = await startLab()
    visitor = lab.at(clientNetns)
    open = await newGroup(lab, { protocol: 'all' })
    network = await newNetwork(lab, '10.1.0.0/24', { securityGroup: open })
    gateway = await newGateway(lab, network, 1, { securityGroup: open })
    machine = await newMachine(lab, network, { securityGroup: open, eip: {} })
    await machine.place.serveTcp(22)
    const backends = worldServers.slice(0, 2).map(({ address }) => ({ address, port: plan.port }))
    balancer = await newBalancer(lab, network, backends, { securityGroup: open })
    url = `http://${await addressOf(lab, balancer.eips[0])}/`
  })
  after(() => lab.close())

  const serves = async () => (await visitor.get(url, 1500)).status === 200
  const answers = async () =>
    (await visitor.connect(await addressOf(lab, machine.server.eip), 22, 1500)).ending === 'ok'

  async function offAndOn(kind: KindName, id: string, works: () => Promise<boolean>): Promise<void> {
    assert.ok(await works(), 'before')
    await lab.client.act(kind, id, 'stop')
    await lab.settled()
    assert.equal((await lab.client.get(kind, id)).status.phase, 'stopped')
    await until('nothing passes', 20_000, async () => !(await works()))
    await lab.client.act(kind, id, 'start')
    await lab.settled()
    assert.equal((await lab.client.get(kind, id)).status.phase, 'active')
    await until('it works again', 40_000, works)
  }

  test('a balancer', () => offAndOn('load-balancer', balancer.id, serves))

  test('a NAT gateway, of which backends speak only when they turn', async () => {
    await offAndOn('nat-gateway', gateway.id, serves)
    const heard = Map.groupBy(lab.turns, ({ id }) => id)
    assert.ok(heard.size > 0)
    for (const turns of heard.values()) {
      for (const [i, { status }] of turns.entries()) assert.notEqual(status.state, turns[i - 1]?.status.state)
    }
  })

  test('a VPC', async () => {
    await offAndOn('vpc', network.vpc.id, serves)
    await until('its servers answer again', 20_000, answers)
  })

  test('a server, whose programs go on meanwhile', () => offAndOn('server', machine.server.id, answers))

  test('an address that goes to another server is reached there at once', async () => {
    for (const name of ['first', 'second']) {
      const { server, place, address } = await newMachine(lab, network, { securityGroup: open, address: '10.1.0.77' })
      await place.serveHttp(80, name)
      assert.match((await machine.place.get(`http://${address}/`, 5000)).body, new RegExp(name))
      await lab.client.remove('server', server.id)
      await lab.settled()
    }
  })

  test('a namespace that was there before becomes a server, and stays what it was when that is deleted', async () => {
    await lab.run(null, 'ip', 'netns', 'add', 'guest')
    await lab.run('guest', 'ip', 'link', 'add', 'name', 'own0', 'type', 'bridge')
    await lab.run('guest', 'nft', 'add', 'table', 'ip', 'own')
    const guest = await lab.client.create('server', {
      subnet: network.subnet.id,
      securityGroup: await newGroup(lab, { protocol: 'tcp', ports: '22' }),
      attach: { type: 'netns', path: '/run/netns/guest' },
    })
    await lab.settled()
    const place = lab.at('guest')
    for (const port of [22, 23]) await place.serveTcp(port)
    await until('it is reached', 20_000, async () => {
      return (await machine.place.connect(given(guest.address), 22, 1200)).seenAs === machine.address
    })
    assert.equal((await machine.place.connect(given(guest.address), 23, 300)).ending, 'timeout')
    assert.equal((await place.connect(machine.address, 22)).ending, 'ok')
    await lab.client.remove('server', guest.id)
    await lab.settled()
    const links = await lab.run('guest', 'ip', '-o', 'link')
    assert.match(links, / own0: /)
    assert.doesNotMatch(links, / cw0[@:]/)
    assert.equal(await lab.run('guest', 'nft', 'list', 'tables'), 'table ip own\n')
    assert.notEqual((await machine.place.connect(given(guest.address), 22, 300)).ending, 'ok')
  })

  test('a namespace that is not there is said to be missing, and taken up when it comes', async () => {
    const path = '/run/netns/later'
    const server = await lab.client.create('server', {
      subnet: network.subnet.id,
      securityGroup: open,
      attach: { type: 'netns', path },
    })
    await until('it is reported', 20_000, async () => {
      const { status } = await lab.client.get('server', server.id)
      return status.phase === 'failed' && status.reason.includes(path)
    })
    await lab.run(null, 'ip', 'netns', 'add', 'later')
    await until('it is active', 40_000, async () => {
      return (await lab.client.get('server', server.id)).status.phase === 'active'
    })
    await lab.at('later').serveTcp(22)
    await until('it is reached', 20_000, async () => {
      return (await machine.place.connect(given(server.address), 22, 1200)).ending === 'ok'
    })
  })
})
