import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Diagnosis } from '../../src/client/diagnosis.ts'
import type { Forecast } from '../../src/client/forecast-wire.ts'
import type { WireOf } from '../../src/client/wire.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { worldServers } from '../../src/demo/world.ts'
import { natSizes } from '../../src/compile/nat-gateway.ts'
import { startLab, type Lab } from './lab.ts'
import { addressOf, newGateway, newGroup, newMachine, newNetwork, until, type Machine } from './network.ts'

const [north] = worldServers
const south = worldServers.find(({ region }) => region === 'south')!

suite('what source NAT has in use, with real flows', () => {
  let lab: Lab
  let gateway: WireOf<'nat-gateway'>
  let machine: Machine

  before(async () => {
    lab = await startLab()
    const securityGroup = await newGroup(lab, { protocol: 'all' }, { protocol: 'all', direction: 'egress' })
    const network = await newNetwork(lab, '10.7.0.0/24')
    gateway = await newGateway(lab, network, 2, { securityGroup })
    machine = await newMachine(lab, network, { securityGroup })
  })
  after(() => lab.close())

  const forecast = () => lab.client.forecast('nat-gateway', gateway.id, 1000)
  const portsTo = ({ destinations }: Forecast, address: string, port: number) =>
    destinations
      .filter(each => each.destination === address && each.port === port)
      .reduce((sum, { ports }) => sum + ports, 0)

  test('figures are what was opened, by public IP and destination', async () => {
    const idle = await forecast()
    const [tcp, udp] = [12, 40]
    const flows = await Promise.all(Array.from({ length: tcp }, () => machine.place.open(north!.address, plan.port)))
    assert.ok(flows.every(({ ending }) => ending === 'ok'))
    await Promise.all(Array.from({ length: udp }, (_, i) => machine.place.askUdp(south.address, 5353, 1, 20_000 + i)))
    const busy = await forecast()
    assert.equal(portsTo(busy, north!.address, plan.port) - portsTo(idle, north!.address, plan.port), tcp)
    assert.equal(portsTo(busy, south.address, 5353), udp)
    assert.deepEqual(new Set(busy.addresses.map(({ eip }) => eip)), new Set(gateway.eips))
    const known = await Promise.all(gateway.eips.map(eip => addressOf(lab, eip)))
    assert.ok(busy.addresses.every(({ address }) => known.includes(address)))
    assert.equal(
      busy.addresses.reduce((sum, { connections }) => sum + connections, 0),
      busy.connections.inUse,
    )
    assert.ok(busy.destinations.some(({ protocol, port }) => protocol === 'udp' && port === 5353))
    assert.deepEqual([busy.connections.limit, busy.exhaustedAt, busy.proposals], [natSizes.small.connections, null, []])
    for (const { flow } of flows) await machine.place.hangUp(flow)
  })

  const told = async (code: string) => {
    const path = `/v1/servers/${machine.server.id}/diagnosis`
    const find = async () => (await lab.client.ask<Diagnosis>('GET', path)).items.find(each => each.code === code)
    await until(`${code} is told`, 30_000, async () => (await find()) !== undefined)
    return (await find())!
  }

  test('who asks for more new connections a second than the size makes is told so, by a server that is asked about', async () => {
    await machine.place.floodUdp(south.address, { from: 20_000, count: 4000, perSecond: 4000 })
    const { resource, certainty, repair } = await told('gateway-too-fast')
    assert.deepEqual([resource, certainty, repair?.requests[0]?.body], [gateway.id, 'seen', { size: 'medium' }])
  })

  test('where the size is full, that is told, with what to do; more than it carries does not get through', async () => {
    const idle = (await forecast()).connections.inUse
    const many = natSizes.small.connections - idle + 500
    await machine.place.floodUdp(south.address, { from: 30_000, count: many, perSecond: 900 })
    const { connections, destinations, proposals, exhaustedAt } = await forecast()
    assert.ok(connections.inUse >= natSizes.small.connections, String(connections.inUse))
    // A connection that has ended keeps its port for a while, and counts no more towards the limit.
    assert.ok(connections.inUse <= natSizes.small.connections + 20, String(connections.inUse))
    assert.deepEqual(
      proposals.map(each => [each.do, each.size]),
      [['resize', 'medium']],
    )
    assert.ok(exhaustedAt !== null)
    // Each port of the destination is a destination of its own: of none of them are many ports in use.
    assert.ok(destinations.every(({ ports }) => ports <= 64))
    assert.equal((await told('connections-full')).resource, gateway.id)
    const meters = async () => (await lab.client.metrics(gateway.id, { meter: 'snatPorts,connections' })).meters
    await until('what is full is measured', 30_000, async () => (await meters()).length === 2)
    const eips = await Promise.all(gateway.eips.map(eip => lab.client.metrics(eip, { meter: 'snatPorts' })))
    assert.ok(eips.every(each => each.meters.length === 1))
  })

  test('thousands of flows are looked at in a moment', async () => {
    assert.ok((await lab.at(netnsOf(gateway.id)).flows()) > 5000)
    const started = performance.now()
    await forecast()
    assert.ok(performance.now() - started < 2000)
  })
})
