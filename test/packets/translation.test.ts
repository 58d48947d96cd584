import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { addressOf, newGateway, newGroup, newMachine, newNetwork, type Machine, type Network } from './network.ts'
import type { Place } from './place.ts'

const far = worldServers[0]!
const farUrl = `http://${far.address}/`

suite('in and out by public addresses', () => {
  let lab: Lab
  let visitor: Place
  let open: string

  before(async () => {
    lab = await startLab()
    visitor = lab.at(clientNetns)
    open = await newGroup(lab, { protocol: 'all' })
    await lab.at(far.netns).serveTcp(90)
    await lab.at(far.netns).serveUdp(53)
  })
  after(() => lab.close())

  /** The source that a server on the internet sees, or how asking it failed. */
  async function sourceOf(place: Place): Promise<string> {
    const { ending, seenAs } = await place.connect(far.address, 90)
    return ending === 'ok' ? seenAs : ending
  }

  async function behindRouter(cidr: string, body: object = {}): Promise<[Network, Machine]> {
    const network = await newNetwork(lab, cidr, { eip: { bandwidthMbps: 100 }, securityGroup: open, ...body })
    return [network, await newMachine(lab, network, { securityGroup: open })]
  }

  async function behindGateway(cidr: string, eips: number) {
    const network = await newNetwork(lab, cidr)
    const gateway = await newGateway(lab, network, eips, { securityGroup: open })
    const machine = await newMachine(lab, network, { securityGroup: open })
    return { network, gateway, machine }
  }

  test('a NAT gateway leads ports and ranges of its EIP to servers, which see the client', async () => {
    const { gateway, machine } = await behindGateway('10.1.0.0/24', 1)
    const [eip] = gateway.eips
    const dnatRules = [
      { eip, port: '8080', toAddress: machine.address, toPort: '80' },
      { eip, port: '9000-9010', toAddress: machine.address, toPort: '9000-9010' },
      { eip, port: '53', protocol: 'udp', toAddress: machine.address, toPort: '5353' },
    ]
    await lab.client.patch('nat-gateway', gateway.id, { dnatRules })
    for (const port of [80, 9000, 9010, 9011]) await machine.place.serveTcp(port)
    await machine.place.serveUdp(5353)
    const entrance = await addressOf(lab, eip)
    assert.notEqual((await visitor.connect(entrance, 8080)).ending, 'ok', 'a draft must not be in force')
    await lab.client.apply('nat-gateway', gateway.id)
    await lab.settled()
    for (const port of [8080, 9000, 9010]) {
      const { ending, seenAs } = await visitor.connect(entrance, port)
      assert.deepEqual([port, ending, seenAs], [port, 'ok', plan.client.address])
    }
    assert.equal(await visitor.askUdp(entrance, 53), plan.client.address)
    for (const port of [80, 9011]) assert.notEqual((await visitor.connect(entrance, port)).ending, 'ok')
  })

  test("a server's own EIP is its own in both directions, under its own group only", async () => {
    const guard = await newGroup(lab, { protocol: 'tcp', ports: '80' })
    const network = await newNetwork(lab, '10.2.0.0/24')
    const machine = await newMachine(lab, network, { securityGroup: guard, eip: {} })
    for (const port of [80, 81]) await machine.place.serveTcp(port)
    const eip = await addressOf(lab, machine.server.eip)
    assert.equal((await visitor.connect(eip, 80)).seenAs, plan.client.address)
    assert.equal((await visitor.connect(eip, 81)).ending, 'timeout')
    assert.equal(await sourceOf(machine.place), eip)
    await lab.client.patch('server', machine.server.id, { eip: null })
    await lab.settled()
    assert.notEqual((await visitor.connect(eip, 80)).ending, 'ok')
    assert.notEqual(await sourceOf(machine.place), eip)
  })

  test('a VPC leads ports of its EIP to servers, but not while all replies go to a NAT gateway', async () => {
    const [network, machine] = await behindRouter('10.3.0.0/24')
    const { vpc, routeTable } = network
    await machine.place.serveTcp(80)
    await lab.client.patch('vpc', vpc.id, { portForwards: [{ port: 8080, toAddress: machine.address, toPort: 80 }] })
    await lab.client.apply('vpc', vpc.id)
    await lab.settled()
    const eip = await addressOf(lab, vpc.eip)
    const enters = async () => (await visitor.connect(eip, 8080)).ending
    assert.equal(await enters(), 'ok')
    assert.equal(await sourceOf(machine.place), eip)
    const gateway = await newGateway(lab, network, 1, { securityGroup: open })
    assert.equal(await sourceOf(machine.place), await addressOf(lab, gateway.eips[0]))
    assert.notEqual(await enters(), 'ok')
    const nextHop = { type: 'router', id: vpc.id }
    const own = { destination: '0.0.0.0/0', source: `${machine.address}/32`, nextHop }
    await lab.client.children.add('route-table', routeTable, ['routes'], own)
    await lab.client.apply('route-table', routeTable)
    await lab.settled()
    assert.equal(await enters(), 'ok')
    assert.equal(await sourceOf(machine.place), eip)
  })

  test('a SNAT rule with three EIPs spreads flows over them', async () => {
    const { gateway, machine } = await behindGateway('10.4.0.0/24', 3)
    const held = await Promise.all(gateway.eips.map(eip => addressOf(lab, eip)))
    const seen = await Promise.all(Array.from({ length: 60 }, () => sourceOf(machine.place)))
    assert.deepEqual([...new Set(seen)].sort(), [...held].sort())
    for (const eip of held) assert.ok(seen.filter(source => source === eip).length >= 5, seen.join())
  })

  test('a packet that no rule translates never leaves', async () => {
    const { network, gateway, machine } = await behindGateway('10.5.0.0/24', 1)
    const { client } = lab
    const other = await client.create('subnet', { vpc: network.vpc.id, cidr: '10.5.1.0/24' })
    const uncovered = await newMachine(lab, { ...network, subnet: other }, { securityGroup: open })
    const first = await lab.arrivals()
    assert.equal(await sourceOf(machine.place), await addressOf(lab, gateway.eips[0]))
    assert.notEqual(await sourceOf(uncovered.place), 'ok')
    assert.equal(await uncovered.place.askUdp(far.address, 53, 300), null)
    const [rule] = gateway.snatRules
    const held = await machine.place.open(far.address, 90)
    for (const enabled of [false, true]) {
      await client.children.patch('nat-gateway', gateway.id, ['snatRules', rule?.id ?? ''], { enabled })
      await client.apply('nat-gateway', gateway.id)
      await Promise.all([
        machine.place.floodUdp(far.address, { from: 2000, count: 100, perSecond: 500 }),
        lab.settled(),
      ])
      await machine.place.say(held.flow, 1200)
      assert.equal((await machine.place.askUdp(far.address, 53, 1200)) !== null, enabled)
    }
    const last = await lab.arrivals()
    assert.equal(last.private, 0)
    assert.ok(last.public > first.public)
  })

  test('a flow outlives every change that does not concern it, and ends with its address', async () => {
    const { network, gateway, machine } = await behindGateway('10.8.0.0/24', 2)
    const { client } = lab
    const { flow, seenAs } = await machine.place.open(far.address, 90)
    const goesOn = async (what: string) => {
      await lab.settled()
      assert.ok(await machine.place.say(flow), what)
    }
    const [own, other] = await Promise.all(gateway.eips.map(async eip => [await addressOf(lab, eip), eip] as const))
    const [used, unused] = own?.[0] === seenAs ? [own, other] : [other, own]
    await client.patch('nat-gateway', gateway.id, {
      dnatRules: [{ eip: used?.[1], port: '81', toAddress: machine.address, toPort: '81' }],
    })
    await client.apply('nat-gateway', gateway.id)
    await goesOn('a DNAT rule more')
    await client.patch('nat-gateway', gateway.id, { size: 'medium' })
    await goesOn('another size')
    await client.create('subnet', { vpc: network.vpc.id, cidr: '10.8.1.0/24' })
    await goesOn('a subnet more')
    await client.patch('nat-gateway', gateway.id, { snatRules: [{ target: network.subnet.id, eips: [used?.[1]] }] })
    await client.apply('nat-gateway', gateway.id)
    await client.patch('nat-gateway', gateway.id, { eips: [used?.[1]] })
    await goesOn('without the other EIP')
    await lab.killAgent()
    await lab.startAgent()
    await goesOn('another agent')
    await client.patch('nat-gateway', gateway.id, {
      eips: [used?.[1], unused?.[1]],
      dnatRules: [],
    })
    await client.patch('nat-gateway', gateway.id, { snatRules: [{ target: network.subnet.id, eips: [unused?.[1]] }] })
    await client.apply('nat-gateway', gateway.id)
    await client.patch('nat-gateway', gateway.id, { eips: [unused?.[1]] })
    await lab.settled()
    assert.equal(await machine.place.say(flow), false, 'its address is gone')
    assert.equal(await sourceOf(machine.place), unused?.[0])
  })

  test('an EIP that moves to another server is that server at once, and no more the first', async () => {
    const network = await newNetwork(lab, '10.9.0.0/24')
    const [first, second] = [
      await newMachine(lab, network, { securityGroup: open, eip: {} }),
      await newMachine(lab, network, { securityGroup: open }),
    ]
    await first.place.serveHttp(80, 'first')
    await second.place.serveHttp(80, 'second')
    const { eip } = first.server
    const address = await addressOf(lab, eip)
    const name = async () => (await visitor.get(`http://${address}/`, 1500)).body
    assert.match(await name(), /first/)
    await lab.client.patch('server', first.server.id, { eip: null })
    await lab.client.patch('server', second.server.id, { eip })
    await lab.settled()
    assert.match(await name(), /second/)
    assert.equal(await sourceOf(second.place), address)
    assert.notEqual(await sourceOf(first.place), address)
  })

  test('a small NAT gateway carries no more than 10,000 connections', async () => {
    const { gateway, machine } = await behindGateway('10.6.0.0/24', 1)
    // A little below the rate that its size allows, so that only the number can hold flows back.
    await machine.place.floodUdp(far.address, { from: 10_000, count: 10_900, perSecond: 950 })
    const flows = await lab.at(netnsOf(gateway.id)).flows()
    assert.ok(flows > 9500 && flows <= 10_050, `${flows} flows`)
    assert.equal(await machine.place.askUdp(far.address, 53), null)
  })

  test('an EIP carries what it was bought for', async () => {
    const [network, machine] = await behindRouter('10.7.0.0/24', { eip: { bandwidthMbps: 10 } })
    const { eip } = network.vpc
    await machine.place.serveHttp(80, 'inside')
    await lab.client.patch('vpc', network.vpc.id, {
      portForwards: [{ port: 80, toAddress: machine.address, toPort: 80 }],
    })
    await lab.client.apply('vpc', network.vpc.id)
    await lab.settled()
    const mbps = async (place: Place, url: string) => ((await place.measure(url, 2500)) * 8) / 1e6
    const isAbout = (what: string, rate: number, wish: number) =>
      assert.ok(rate > wish * 0.8 && rate < wish * 1.2, `${what}: ${rate.toFixed(1)} Mbit/s of ${wish}`)
    isAbout('out', await mbps(visitor, `http://${await addressOf(lab, eip)}/bytes`), 10)
    isAbout('in', await mbps(machine.place, `${farUrl}bytes`), 10)
    await lab.client.patch('eip', eip ?? '', { bandwidthMbps: 40 })
    await lab.settled()
    isAbout('out, resized', await mbps(visitor, `http://${await addressOf(lab, eip)}/bytes`), 40)
  })
})
