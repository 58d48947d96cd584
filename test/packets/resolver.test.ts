import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { netnsOf } from '../../src/compile/names.ts'
import { startLab, type Lab } from './lab.ts'
import { given, newMachine, newNetwork, until, type Machine, type Network } from './network.ts'

const transports = ['udp', 'tcp'] as const
const many = Array.from({ length: 20 }, (_, i) => `10.1.9.${i}`)
const longName = `${'long.'.repeat(20)}name`

suite('a router answers the names of its VPC', () => {
  let lab: Lab
  let network: Network
  let machine: Machine
  let stranger: Machine
  let gateway: string

  before(async () => {
    lab = await startLab()
    network = await newNetwork(lab, '10.1.0.0/24')
    machine = await newMachine(lab, network)
    // With the same addresses.
    stranger = await newMachine(lab, await newNetwork(lab, '10.1.0.0/24'))
    gateway = given(network.subnet.gateway)
  })
  after(() => lab.close())

  async function setRecords(...dnsRecords: readonly object[]): Promise<void> {
    await lab.client.patch('vpc', network.vpc.id, { dnsRecords })
    await lab.client.apply('vpc', network.vpc.id)
    await lab.settled()
  }

  const ask = (by: 'udp' | 'tcp', name: string, type?: 'A' | 'AAAA' | 'PTR') =>
    machine.place.askDns(by, gateway, name, type)

  test('nobody answers before there are any', async () => {
    for (const by of transports) assert.equal(await ask(by, 'db'), null)
  })

  test('by UDP and TCP: addresses, names, and a refusal of what it does not know', async () => {
    await setRecords(
      { domain: 'db.internal', addresses: ['10.1.0.9', '10.1.0.7'] },
      { domain: 'old', addresses: ['10.1.0.5'], enabled: false },
      { domain: longName, addresses: many },
    )
    for (const by of transports) {
      const told = (rcode: string, ...data: string[]) => ({ rcode, data, cut: false })
      assert.deepEqual(await ask(by, 'DB.internal'), told('NOERROR', '10.1.0.9', '10.1.0.7'))
      assert.deepEqual(await ask(by, 'db.internal', 'AAAA'), told('NOERROR'))
      assert.deepEqual(await ask(by, '9.0.1.10.in-addr.arpa', 'PTR'), told('NOERROR', 'db.internal'))
      for (const name of ['old', 'example.org']) assert.deepEqual(await ask(by, name), told('REFUSED'))
    }
    assert.deepEqual(await ask('udp', longName), { rcode: 'NOERROR', data: [], cut: true })
    assert.deepEqual((await ask('tcp', longName))?.data, many)
  })

  test('it answers at the gateway of a network that is added, and of each to all', async () => {
    const added = await lab.client.create('subnet', { vpc: network.vpc.id, cidr: '10.1.2.0/24' })
    await lab.settled()
    for (const address of [gateway, given(added.gateway)])
      assert.equal((await machine.place.askDns('udp', address, 'db.internal'))?.rcode, 'NOERROR')
  })

  test('another VPC gets no answers, though its gateway has the same address', async () => {
    for (const by of transports) assert.equal(await stranger.place.askDns(by, gateway, 'db.internal'), null)
  })

  test('what is no query gets no answer; connections are few, and idle ones end', async () => {
    assert.equal(await machine.place.askUdp(gateway, 53), null)
    const flows = await Promise.all(Array.from({ length: 9 }, () => machine.place.open(gateway, 53)))
    assert.deepEqual(flows.map(({ ending }) => ending).sort(), [...Array.from({ length: 8 }, () => 'ok'), 'reset'])
    assert.equal(await ask('tcp', 'db.internal'), null)
    assert.equal((await ask('udp', 'db.internal'))?.rcode, 'NOERROR')
    await until('the idle ones are gone', 20_000, async () => (await ask('tcp', 'db.internal'))?.rcode === 'NOERROR')
  })

  test('a restart of the agent brings it back', async () => {
    await lab.killAgent()
    assert.equal(await ask('udp', 'db.internal'), null)
    await lab.startAgent()
    await until('it answers again', 20_000, async () => (await ask('udp', 'db.internal'))?.rcode === 'NOERROR')
    assert.equal((await ask('tcp', 'db.internal'))?.rcode, 'NOERROR')
    await lab.settled()
  })

  test('so does the end of its namespace, once another is made', async () => {
    const from = lab.events.length
    await lab.run(null, 'ip', 'netns', 'del', netnsOf(network.vpc.id))
    // Until then the old one may still be there.
    await until('it is healed', 20_000, () =>
      lab.events.slice(from).some(each => each.type === 'healed' && each.resource === network.vpc.id),
    )
    await until('it answers again', 20_000, async () => (await ask('tcp', 'db.internal'))?.rcode === 'NOERROR')
    await lab.settled()
  })

  test('where something else listens, the VPC says so, until that is gone', async () => {
    await setRecords()
    const router = lab.at(netnsOf(network.vpc.id))
    await router.serveTcp(53)
    await lab.client.patch('vpc', network.vpc.id, { dnsRecords: [{ domain: 'db', addresses: ['10.1.0.9'] }] })
    await lab.client.apply('vpc', network.vpc.id)
    const words = `listening on ${gateway}:53: address already in use`
    await until('it fails', 20_000, async () => {
      const { status } = await lab.client.get('vpc', network.vpc.id)
      return status.phase === 'failed' && (status.reason ?? '').startsWith(words)
    })
    await router.stop(53)
    await until('it answers', 40_000, async () => (await ask('tcp', 'db'))?.rcode === 'NOERROR')
    await lab.settled()
  })

  test('without records nobody answers any more', async () => {
    await setRecords()
    for (const by of transports) assert.equal(await ask(by, 'db'), null)
  })
})
