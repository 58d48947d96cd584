import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import {
  addressOf,
  eager,
  newBalancer,
  newGateway,
  newGroup,
  newMachine,
  newNetwork,
  until,
  type Network,
} from './network.ts'

const [north, south] = [worldServers[0]!, worldServers[2]!]

suite('the ways of a balancer to its backends', () => {
  let lab: Lab
  let open: string
  let network: Network
  let byGateway: string
  let byRouter: string

  before(async () => {
    lab = await startLab()
    open = await newGroup(lab, { protocol: 'all' })
    network = await newNetwork(lab, '10.1.0.0/24', { eip: {}, securityGroup: open })
    const gateway = await newGateway(lab, network, 1, { securityGroup: open })
    byGateway = await addressOf(lab, gateway.eips[0])
    byRouter = await addressOf(lab, network.vpc.eip)
    for (const { netns } of [north, south]) await lab.at(netns).serveTcp(90)
  })
  after(() => lab.close())

  async function sourcesSeen(entrance: string, count: number): Promise<readonly string[]> {
    const visits = Array.from({ length: count }, () => lab.at(clientNetns).connect(entrance, 90, 2000))
    return (await Promise.all(visits)).map(({ seenAs }) => seenAs)
  }

  const tcpTo = (...addresses: readonly string[]) => ({
    securityGroup: open,
    listeners: [
      {
        protocol: 'tcp',
        port: 90,
        check: { ...eager, protocol: 'tcp' },
        backends: addresses.map(address => ({ address, port: 90 })),
      },
    ],
  })

  test("a TCP listener leads through the subnet's way out", async () => {
    const balancer = await newBalancer(lab, network, [], tcpTo(north.address, south.address))
    const seen = await sourcesSeen(await addressOf(lab, balancer.eips[0]), 6)
    assert.deepEqual(
      seen,
      Array.from({ length: 6 }, () => byGateway),
    )
  })

  test("a balancer's own route table is asked before that of its subnet", async () => {
    const own = await lab.client.create('route-table', {
      vpc: network.vpc.id,
      serves: 'load-balancer',
      routes: [{ destination: `${north.address}/32`, nextHop: { type: 'router', id: network.vpc.id } }],
    })
    const balancer = await newBalancer(lab, network, [], {
      ...tcpTo(north.address, south.address),
      routeTable: own.id,
    })
    const entrance = await addressOf(lab, balancer.eips[0])
    assert.deepEqual([...new Set(await sourcesSeen(entrance, 6))].sort(), [byGateway, byRouter].sort())
    await lab.client.patch('load-balancer', balancer.id, { routeTable: null })
    await lab.settled()
    await until('everything goes by the NAT gateway', 20_000, async () =>
      (await sourcesSeen(entrance, 6)).every(source => source === byGateway),
    )
  })

  test('a backend may be a server of the VPC, which sees the balancer by its private address', async () => {
    const other = await lab.client.create('subnet', { vpc: network.vpc.id, cidr: '10.1.1.0/24' })
    const machine = await newMachine(lab, { ...network, subnet: other }, { securityGroup: open })
    await machine.place.serveHttp(8080, 'private')
    const balancer = await newBalancer(lab, network, [{ server: machine.server.id, port: 8080 }], {
      securityGroup: open,
    })
    const [page] = await lab.at(clientNetns).pages(`http://${await addressOf(lab, balancer.eips[0])}/`, 1)
    assert.deepEqual(page, { name: 'private', source: balancer.address, forwardedFor: plan.client.address })
  })

  test('a balancer that moves to another subnet takes its backends along', async () => {
    const backends = [{ address: north.address, port: plan.port }]
    const balancer = await newBalancer(lab, network, backends, { securityGroup: open })
    const url = `http://${await addressOf(lab, balancer.eips[0])}/`
    const other = await newNetwork(lab, '10.1.0.0/24', { securityGroup: open })
    const gateway = await newGateway(lab, other, 1, { securityGroup: open })
    await lab.client.patch('load-balancer', balancer.id, { subnet: other.subnet.id, address: null })
    await lab.settled()
    const source = await addressOf(lab, gateway.eips[0])
    await until('it serves from its new network', 20_000, async () => {
      const [page] = await lab.at(clientNetns).pages(url, 1)
      return typeof page === 'object' && page.source === source
    })
  })
})
