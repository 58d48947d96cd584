import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { addressOf, allActive, eager, given, newGroup, newMachine, setRules, until, type Machine } from './network.ts'
import type { Place } from './place.ts'

type Body = Readonly<Record<string, unknown>>

const tcpCheck = { ...eager, protocol: 'tcp', timeoutS: 2 }
const options = ['transparent']

suite('balancers that show backends their clients', () => {
  let lab: Lab
  let front: Front
  let client: Place
  let group: string
  /** Beside the balancer, in another subnet, and beside it with a public address of its own, in the end. */
  let near: Machine, far: Machine, known: Machine

  before(async () => {
    lab = await startLab()
    front = await newFront(lab, [{ protocol: 'all' }])
    const vpc = front.network.vpc.id
    const other = await lab.client.create('subnet', { vpc, cidr: '10.1.1.0/24' })
    group = await newGroup(lab, { protocol: 'all' })
    const body = { securityGroup: group }
    near = await newMachine(lab, front.network, body)
    far = await newMachine(lab, { ...front.network, subnet: other }, body)
    known = await newMachine(lab, front.network, body)
    for (const { place, server } of [near, far, known]) {
      await place.serveTcp(90, server.id)
      await place.serveUdp(53, server.id)
    }
    client = lab.at(clientNetns)
  })
  after(() => lab.close())

  const tcp = (...machines: readonly Machine[]) => ({
    protocol: 'tcp',
    port: 9000,
    options,
    check: tcpCheck,
    backends: machines.map(({ address }) => ({ address, port: 90 })),
  })
  const udp = (...machines: readonly Machine[]) => ({
    protocol: 'udp',
    port: 5300,
    options,
    check: { ...tcpCheck, protocol: 'icmp' },
    backends: machines.map(({ address }) => ({ address, port: 53 })),
  })

  async function become(...listeners: readonly Body[]): Promise<void> {
    await front.listen(...listeners)
    await allActive(lab, front.balancer.id)
    const { listeners: all } = await lab.client.get('load-balancer', front.balancer.id)
    for (const { id, backends } of all) {
      await until(`${id} leads to its backends`, 20_000, async () => {
        const map = await lab.run(netnsOf(front.balancer.id), 'nft', 'list', 'map', 'ip', 'causeway', id)
        return backends.every(({ address, port }) => map.includes(`${address} . ${port}`))
      })
    }
  }

  /** As whom backends see somebody, by backend, after a connection and a datagram for each. */
  async function seenFrom(place: Place, to: string, count: number): Promise<Readonly<Record<string, string>>> {
    const words: string[] = []
    for (let i = 0; i < count; i++) {
      const { ending, flow, seenAs } = await place.open(to, 9000)
      assert.equal(ending, 'ok')
      assert.equal(await place.say(flow), true)
      await place.hangUp(flow)
      words.push(seenAs.trim(), (await place.askUdp(to, 5300)) ?? 'nobody')
    }
    const seen = words.map(each => each.split(' ') as [string, string])
    const byName = Object.fromEntries(seen)
    for (const [name, address] of seen) assert.equal(address, byName[name], words.join())
    return byName
  }
  const all = (address: string) => Object.fromEntries([near, far, known].map(({ server }) => [server.id, address]))

  test('backends see the client itself, in whichever subnet they are, and it hears their answers', async () => {
    await become(tcp(near, far, known), udp(near, far, known))
    assert.deepEqual(await seenFrom(client, front.address, 3), all(plan.client.address))
  })

  test('clients within the VPC are seen as the balancer, and are answered as well', async () => {
    const address = given(front.balancer.address)
    assert.deepEqual(await seenFrom(far.place, address, 3), all(address))
    assert.deepEqual(await seenFrom(near.place, address, 3), all(address))
  })

  test('a server that leaves by the NAT gateway is seen as that, even by itself', async () => {
    const [gateway] = (await lab.client.list('nat-gateway', { vpc: front.network.vpc.id })).items
    assert.deepEqual(await seenFrom(near.place, front.address, 3), all(await addressOf(lab, gateway?.eips[0])))
  })

  test('a public address of its own leaves a backend what it has, and takes its clients nothing', async () => {
    const eip = await lab.client.create('eip', { bandwidthMbps: 100 })
    await lab.client.patch('server', known.server.id, { eip: eip.id })
    await lab.client.patch('vpc', front.network.vpc.id, { securityGroup: group })
    await lab.client.apply('vpc', front.network.vpc.id)
    await lab.settled()
    assert.deepEqual(await seenFrom(client, front.address, 3), all(plan.client.address))
    const direct = await client.connect(eip.address, 90)
    assert.deepEqual([direct.ending, direct.seenAs.trim()], ['ok', `${known.server.id} ${plan.client.address}`])
    const [world] = worldServers
    await lab.at(world!.netns).serveTcp(95)
    assert.equal((await known.place.connect(world!.address, 95)).seenAs.trim(), eip.address)
    // Its router would not believe that such a client comes from elsewhere.
    assert.deepEqual(await seenFrom(known.place, front.address, 3), all(given(front.balancer.address)))
  })

  test('errors come back to the client, too', async () => {
    await known.place.stop(-53)
    await become(udp(known), tcp(near))
    assert.equal(await client.askUdp(front.address, 5300, 10_000), 'refused')
    await known.place.serveUdp(53, known.server.id)
  })

  test('the group of a server meets the client, and the balancer where it checks', async () => {
    await become(tcp(near), udp(near))
    const own = { protocol: 'all', peer: `${given(front.balancer.address)}/32` }
    await setRules(lab, group, own)
    assert.equal((await client.connect(front.address, 9000)).ending, 'timeout')
    await setRules(lab, group, own, { protocol: 'tcp', ports: '90', peer: `${plan.client.address}/32` })
    assert.equal((await client.connect(front.address, 9000)).ending, 'ok')
    assert.equal(await client.askUdp(front.address, 5300), null)
    await setRules(lab, group, { protocol: 'all' })
  })

  test('a backend that is removed loses its flows and no other does, and with several nodes nothing is different', async () => {
    for (const nodeCount of [1, 2]) {
      await lab.client.patch('load-balancer', front.balancer.id, { nodeCount })
      await become(tcp(near, far), udp(near, far))
      const opened = [await client.open(front.address, 9000), await client.open(front.address, 9000)]
      const of = ({ server }: Machine) => opened.find(({ seenAs }) => seenAs.startsWith(server.id))!
      assert.deepEqual(await seenFrom(client, front.address, 2), {
        [near.server.id]: plan.client.address,
        [far.server.id]: plan.client.address,
      })
      const { counters } = await lab.settled()
      await front.listen(tcp(far), udp(far))
      assert.equal(await client.say(of(far).flow), true)
      const started = performance.now()
      assert.equal(await client.say(of(near).flow, 20_000), false)
      assert.ok(performance.now() - started < 15_000, 'it heard nothing')
      assert.ok((await lab.settled()).counters['flowsCut']! > counters['flowsCut']!)
      await client.hangUp(of(far).flow)
    }
  })

  test('an agent that is killed and begins again changes nothing, and no flow ends', async () => {
    await become(tcp(near, far), udp(near, far))
    const { flow } = await client.open(front.address, 9000)
    const rounds = async () => (await lab.client.status()).agents[0]?.counters['rounds'] ?? 0
    const earlier = await rounds()
    await lab.killAgent()
    assert.equal(await client.say(flow), true)
    await lab.startAgent()
    await until('another agent tells', 20_000, async () => (await rounds()) < earlier)
    const { counters } = await lab.settled()
    assert.deepEqual([counters['steps'], counters['flowsCut']], [0, 0])
    assert.equal(await client.say(flow), true)
  })

  test('without the option backends see the balancer again, and its link is gone', async () => {
    const links = () => lab.run(netnsOf(front.network.vpc.id), 'ip', '-br', 'link')
    assert.match(await links(), /^w-/m)
    await become({ ...tcp(near, far), options: [] }, { ...udp(near, far), options: [] })
    const address = given(front.balancer.address)
    assert.deepEqual(await seenFrom(client, front.address, 2), { [near.server.id]: address, [far.server.id]: address })
    assert.doesNotMatch(await links(), /^w-/m)
  })
})
