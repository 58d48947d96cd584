import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { netnsOf } from '../../src/compile/names.ts'
import { startLab, type Lab } from './lab.ts'
import { given, newGroup, newMachine, newNetwork, until, type Machine, type Network } from './network.ts'
import type { Place } from './place.ts'

suite('what joins a network, moves, and leaves', () => {
  let lab: Lab
  let network: Network
  let neighbour: Machine
  let open: string
  /** A flow between two that stay, which nothing here may touch. */
  let steady: number
  let witness: Machine

  const linksIn = async (id: string) =>
    [...(await lab.run(netnsOf(id), 'ip', '-o', 'link')).matchAll(/^\d+: (\w+)[@:]/gm)].map(([, name]) => name)
  const reaches = async (from: Place, address: string | null) =>
    (await from.connect(given(address), 22, 1200)).ending === 'ok'

  before(async () => {
    lab = await startLab()
    network = await newNetwork(lab, '10.7.0.0/24')
    open = await newGroup(lab, { protocol: 'all' })
    neighbour = await newMachine(lab, network, { securityGroup: open })
    witness = await newMachine(lab, network, { securityGroup: open })
    await neighbour.place.serveTcp(22)
    await witness.place.serveTcp(22)
    steady = (await witness.place.open(neighbour.address, 22)).flow
  })
  after(() => lab.close())

  test('a network joins a VPC and leaves it: its servers get a link and an address, and lose them', async () => {
    const { client } = lab
    const subnet = await client.create('subnet', {})
    const server = await client.create('server', { subnet: subnet.id, securityGroup: open })
    assert.equal(server.address, null)
    await lab.settled()
    const place = lab.at(netnsOf(server.id))
    await place.serveTcp(22)
    assert.deepEqual(await linksIn(server.id), ['lo'])

    await client.patch('subnet', subnet.id, { vpc: network.vpc.id, cidr: '10.7.1.0/24' })
    await lab.settled()
    const { address } = await client.get('server', server.id)
    assert.deepEqual(await linksIn(server.id), ['lo', 'eth0'])
    await until('it is reached', 20_000, () => reaches(neighbour.place, address))
    assert.ok(await reaches(place, neighbour.address))

    await client.patch('subnet', subnet.id, { vpc: null, cidr: null })
    await lab.settled()
    assert.deepEqual(await linksIn(server.id), ['lo'])
    assert.ok(!(await reaches(neighbour.place, address)))
    assert.ok(await witness.place.say(steady))

    await client.patch('server', server.id, { subnet: network.subnet.id })
    await lab.settled()
    const moved = await client.get('server', server.id)
    await until('it is reached where it moved to', 20_000, () => reaches(neighbour.place, moved.address))
    assert.ok(await witness.place.say(steady))
    await client.remove('server', server.id)
    await client.remove('subnet', subnet.id)
  })

  test('one more interface is reached from its own network and from others, and comes off again', async () => {
    const { client } = lab
    const other = await client.create('subnet', { vpc: network.vpc.id, cidr: '10.7.2.0/24' })
    const inside = await newMachine(lab, { ...network, subnet: other }, { securityGroup: open })
    const narrow = await newGroup(lab, { protocol: 'tcp', ports: '22' })
    const server = await newMachine(lab, network, { securityGroup: narrow })
    for (const port of [22, 23]) await server.place.serveTcp(port)
    const nic = await client.create('nic', { subnet: other.id, server: server.server.id })
    await lab.settled()
    assert.deepEqual(await linksIn(server.server.id), ['lo', 'eth0', 'eth1'])
    assert.ok((await lab.run(netnsOf(server.server.id), 'ip', '-o', 'link')).includes(nic.mac))
    for (const from of [inside, neighbour]) {
      await until(`it is reached from ${from.address}`, 20_000, () => reaches(from.place, nic.address))
      assert.equal((await from.place.connect(given(nic.address), 23, 400)).ending, 'timeout')
      await until(`its first is, from ${from.address}`, 20_000, () => reaches(from.place, server.address))
    }
    await client.patch('nic', nic.id, { server: null })
    await lab.settled()
    assert.deepEqual(await linksIn(server.server.id), ['lo', 'eth0'])
    assert.ok(!(await reaches(inside.place, nic.address)))
    assert.ok(await reaches(neighbour.place, server.address))
    assert.ok(await witness.place.say(steady))
  })

  test('a virtual address stays with the server that takes it, and another may take it over', async () => {
    const { client } = lab
    const vip = await client.create('vip', { subnet: network.subnet.id })
    await lab.settled()
    const [first, second] = [neighbour.server.id, witness.server.id].map(netnsOf)
    const from = await newMachine(lab, network, { securityGroup: open })
    const held = async () => (await lab.run(first ?? null, 'ip', '-o', 'address')).includes(`${vip.address}/32`)
    await lab.run(first ?? null, 'ip', 'address', 'add', `${vip.address}/32`, 'dev', 'eth0')
    await until('it is reached', 20_000, () => reaches(from.place, vip.address))
    // A change of what the server may take touches nothing that it took.
    await client.create('vip', { subnet: network.subnet.id })
    await lab.settled()
    assert.ok(await held())
    await lab.run(first ?? null, 'ip', 'address', 'del', `${vip.address}/32`, 'dev', 'eth0')
    await lab.run(second ?? null, 'ip', 'address', 'add', `${vip.address}/32`, 'dev', 'eth0')
    await lab.run(from.place.netns, 'ip', 'neigh', 'flush', 'all')
    await until('it is reached at the other', 20_000, () => reaches(from.place, vip.address))
  })
})
