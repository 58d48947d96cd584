import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireOf } from '../../src/client/wire.ts'
import { edgeNetns, netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { addressOf, newBalancer, newGateway, newGroup, newNetwork, until, type Network } from './network.ts'

const backends = worldServers.slice(0, 2).map(({ address }) => ({ address, port: plan.port }))

suite('what breaks is mended by itself', () => {
  let lab: Lab
  let network: Network
  let gateway: WireOf<'nat-gateway'>
  let balancer: WireOf<'load-balancer'>
  let url: string

  before(async () => {
    lab = await startLab()
    const securityGroup = await newGroup(lab, { protocol: 'tcp', ports: '80' })
    network = await newNetwork(lab, '10.1.0.0/24')
    gateway = await newGateway(lab, network, 1, { securityGroup })
    balancer = await newBalancer(lab, network, backends, { securityGroup })
    url = `http://${await addressOf(lab, balancer.eips[0])}/`
    // Others' things, in the middle of ours.
    await lab.run(null, 'ip', 'netns', 'add', 'stranger')
    for (const id of [network.vpc.id, gateway.id, balancer.id]) await lab.run(netnsOf(id), 'nft', strangersTable)
  })
  after(() => lab.close())

  const strangersTable = 'table ip stranger { chain mine { type filter hook input priority 10; counter accept; }; }'

  async function serves(): Promise<boolean> {
    const pages = await lab.at(clientNetns).pages(url, 4)
    return pages.every(page => typeof page === 'object')
  }

  async function strangersAreThere(...ids: readonly string[]): Promise<void> {
    assert.match(await lab.run(null, 'ip', 'netns', 'list'), /^stranger/m)
    for (const id of ids) assert.match(await lab.run(netnsOf(id), 'nft', 'list', 'tables'), /table ip stranger/)
  }

  /** Breaks something, and waits until it was noticed, said, and made good. */
  async function heals(owner: string, breakIt: () => Promise<unknown>): Promise<void> {
    assert.ok(await serves(), 'it should serve before it is broken')
    const from = lab.events.length
    await breakIt()
    const said = (type: string) => lab.events.slice(from).some(e => e.type === type && e.resource === owner)
    await until('it is reported as drift and as healed', 5000, () => said('drift') && said('healed'))
    await until('it serves again', 5000, serves)
    await lab.settled()
  }

  type Mishap = readonly [what: string, where: () => string, argv: readonly [string, ...string[]], owner?: () => string]
  const mishaps: readonly Mishap[] = [
    ['the ruleset of a NAT gateway is flushed', () => gateway.id, ['nft', 'flush', 'table', 'ip', 'causeway']],
    ['the table of a router is deleted', () => network.vpc.id, ['nft', 'delete', 'table', 'ip', 'causeway']],
    ['the chain of a balancer gets a rule', () => balancer.id, ['nft', 'insert rule ip causeway input drop']],
    [
      'a route of a balancer is deleted',
      () => balancer.id,
      ['ip', 'route', 'del', 'default'],
      () => network.routeTable,
    ],
    ['a route of a NAT gateway is deleted', () => gateway.id, ['ip', 'route', 'del', 'default']],
    ['an address of a balancer is deleted', () => balancer.id, ['ip', 'addr', 'flush', 'dev', 'pub0']],
    ['a link of a NAT gateway is set down', () => gateway.id, ['ip', 'link', 'set', 'vpc0', 'down']],
    ['a link of a NAT gateway is deleted', () => gateway.id, ['ip', 'link', 'del', 'pub0']],
  ]
  for (const [what, where, argv, owner = where] of mishaps) {
    test(`${what}: healed within 5 seconds, and said`, async () => {
      await heals(owner(), () => lab.run(netnsOf(where()), ...argv))
      await strangersAreThere(network.vpc.id, gateway.id, balancer.id)
    })
  }

  test('HAProxy is killed: healed within 5 seconds, and said', async () => {
    const pid = lab.proxyOf(balancer.id)
    await heals(balancer.id, () => lab.run(null, 'kill', '-9', `${pid}`))
    assert.notEqual(lab.proxyOf(balancer.id), pid)
  })

  test('a route of the edge is deleted: healed within 5 seconds, and said', async () => {
    const eip = await addressOf(lab, balancer.eips[0])
    await heals(balancer.id, () => lab.run(edgeNetns, 'ip', 'route', 'del', `${eip}/32`))
  })

  for (const [what, id] of [
    ['balancer', () => balancer.id],
    ['NAT gateway', () => gateway.id],
    ['router', () => network.vpc.id],
  ] as const) {
    test(`the namespace of a ${what} is deleted: healed within 5 seconds, and said`, async () => {
      await heals(id(), () => lab.run(null, 'ip', 'netns', 'del', netnsOf(id())))
      await strangersAreThere()
    })
  }

  test('an agent that is killed in the middle of its work leaves nothing that the next does not make good', async () => {
    for (const waitMs of [5, 15, 30, 60, 100, 150]) {
      const group = await newGroup(lab, { protocol: 'tcp', ports: '80' })
      const other = await newNetwork(lab, `10.${waitMs}.0.0/24`, { eip: {}, securityGroup: group })
      await lab.client.create('nat-gateway', { vpc: other.vpc.id, eips: [{}], securityGroup: group })
      const made = await lab.client.create('load-balancer', {
        eips: [{}],
        subnet: other.subnet.id,
        securityGroup: group,
        listeners: [{ port: 80, check: { protocol: 'none' }, backends }],
      })
      const nextHop = { type: 'router', id: other.vpc.id }
      await lab.client.patch('route-table', other.routeTable, {
        routes: worldServers.map(({ address }) => ({ destination: `${address}/32`, nextHop })),
      })
      await lab.client.apply('route-table', other.routeTable)
      await sleep(waitMs)
      await lab.killAgent()
      await lab.startAgent()
      const entrance = await addressOf(lab, made.eips[0])
      await until('what was asked for serves', 40_000, async () => {
        const { status } = await lab.at(clientNetns).get(`http://${entrance}/`, 500)
        return status === 200
      })
      await lab.settled()
      await lab.client.remove('load-balancer', made.id)
    }
    assert.ok(await serves())
  })
})
