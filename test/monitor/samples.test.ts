import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampler } from '../../src/agent/samples.ts'
import { compilerFor } from '../../src/compile/compile.ts'
import { edgeNetns, netnsOf } from '../../src/compile/names.ts'
import { fakeHost } from '../../src/dataplane/fake-host.ts'
import type { Measure } from '../../src/dataplane/measure.ts'
import { machine } from '../compile/machine.ts'
import { scene, withGateway, withVpc } from '../model/scene.ts'

/** A gateway with two EIPs, and a balancer with one; and what the machine has counted. */
function place() {
  const s = scene()
  const { vpc, subnet } = withVpc(s)
  const { gateway, eips } = withGateway(s, vpc, 2)
  const backends = [{ address: '198.51.100.10', port: 8080 }]
  const balancer = s.create('load-balancer', {
    subnet,
    eips: [{}],
    listeners: [{ port: 80, protocol: 'http', backends }],
  })
  const compile = compilerFor(machine)
  const host = fakeHost()
  const samples = sampler(() => 1000)
  const address = (eip: string) => s.get('eip', eip).now.address
  const link = (name: string, bytes: number): Measure => ({
    kind: 'link',
    netns: edgeNetns,
    name,
    values: { rxBytes: bytes, txBytes: 2 * bytes, rxPackets: 1, txPackets: 2 },
  })
  const shaped = (eip: string, inward: boolean, bytes: number): Measure => ({
    kind: 'class',
    netns: inward ? edgeNetns : netnsOf(gateway),
    name: `${inward ? gateway : 'pub0'} ${address(eip)}`,
    values: { bytes, packets: 1 },
  })
  return {
    gateway,
    eips,
    balancer,
    held: s.get('load-balancer', balancer).live,
    own: s.get('load-balancer', balancer).now.eips[0] ?? '',
    link,
    shaped,
    flows: (connections: number): Measure => ({
      kind: 'flows',
      netns: netnsOf(gateway),
      name: '',
      values: { connections },
    }),
    async take(...measures: Measure[]) {
      host.measure(measures)
      const taken = await samples.take(host, compile(s.model()), s.model())
      assert.ok(taken)
      return taken.of
    },
    unbind: () => s.patch('load-balancer', balancer, { eips: [] }),
    bind: (eip: string) => s.patch('load-balancer', balancer, { eips: [eip] }),
    free: (eip: string) => s.patch('nat-gateway', gateway, { eips: eips.filter(each => each !== eip) }),
  }
}

test('what an appliance is sent comes in, and an address of its own has the same share', async () => {
  const { take, link, balancer, own } = place()
  assert.equal((await take(link(balancer, 100)))[balancer]?.bytesIn, 0, 'what was before nobody knows')
  const of = await take(link(balancer, 150), link('uplink', 9))
  assert.deepEqual(of[balancer], { bytesIn: 100, bytesOut: 50, packetsIn: 0, packetsOut: 0 })
  assert.deepEqual(of[own], of[balancer])
  assert.deepEqual(new Set(Object.keys(of)), new Set([balancer, own]))
})

test('several addresses are told apart by their classes, each way', async () => {
  const { take, shaped, eips } = place()
  const [one = '', two = ''] = eips
  await take(shaped(one, true, 10), shaped(one, false, 20), shaped(two, true, 30))
  const of = await take(shaped(one, true, 11), shaped(one, false, 22), shaped(two, true, 33))
  assert.deepEqual([of[one]?.bytesIn, of[one]?.bytesOut, of[two]?.bytesIn], [1, 2, 3])
})

test('counts go on where counting begins anew, and begin anew nowhere else', async () => {
  const { take, link, balancer } = place()
  const bytesOut = async (bytes: number) => (await take(link(balancer, bytes)))[balancer]?.bytesOut
  assert.deepEqual([await bytesOut(100), await bytesOut(160), await bytesOut(5), await bytesOut(6)], [0, 60, 65, 66])
})

test('an address that moves takes along what it has counted, and nothing of where it comes to', async () => {
  const { take, link, shaped, balancer, gateway, eips, own, unbind, bind, free } = place()
  const [one = '', two = ''] = eips
  await take(link(balancer, 100), link(gateway, 5000), shaped(one, false, 3000))
  await take(link(balancer, 140), link(gateway, 6000), shaped(one, false, 3500))
  unbind()
  free(one)
  bind(one)
  // The balancer was without an address in between: its link is another one.
  const moved = await take(link(balancer, 30), link(gateway, 6000))
  assert.equal(moved[one]?.bytesOut, 530)
  assert.equal(moved[own], undefined)
  const later = await take(link(balancer, 100), link(gateway, 6001))
  assert.deepEqual([later[one]?.bytesOut, later[two]?.bytesOut], [600, 1])
})

test('what several nodes of a balancer count is added up, and one that begins anew takes nothing away', async () => {
  const { take, held, balancer } = place()
  const [listener] = held.listeners
  assert.ok(listener)
  const one = (by: string, newConnections: number): Measure => ({
    kind: 'listener',
    netns: netnsOf(balancer),
    name: listener.id,
    by,
    values: { newConnections, connections: 2 },
  })
  await take(one('lb-1', 100), one('lb-1.2', 1000))
  const of = await take(one('lb-1', 103), one('lb-1.2', 1040))
  assert.deepEqual(of[listener.id], { newConnections: 43, connections: 4 })
  const later = await take(one('lb-1', 104), one('lb-1.2', 5), one('lb-1.3', 7))
  assert.deepEqual(later[listener.id], { newConnections: 49, connections: 6 })
})

test('what the kernel carries counts for its backend and its listener, what is left of one that was taken out for the listener', async () => {
  const { take, held, balancer } = place()
  const [id = '', backend = ''] = [held.listeners[0]?.id, held.listeners[0]?.backends[0]?.id]
  const led = (of: string, by: string, bytesIn: number, connections: number): Measure => ({
    kind: 'spread',
    netns: netnsOf(balancer),
    name: `${id}/${of}`,
    by,
    values: { bytesIn, connections, connectionsMax: connections },
  })
  const serving: Measure = { kind: 'listener', netns: netnsOf(balancer), name: id, values: { availableBackends: 1 } }
  await take(led(backend, '198.51.100.10:8080', 100, 1), led('', '198.51.100.9:80', 50, 2))
  const of = await take(led(backend, '198.51.100.10:8080', 160, 3), led('', '198.51.100.9:80', 57, 2), serving)
  assert.deepEqual(of[backend], { bytesIn: 60, connections: 3, connectionsMax: 3 })
  assert.deepEqual(of[id], { bytesIn: 67, connections: 5, connectionsMax: 5, availableBackends: 1 })
  // It moves, and what it was counted by is another's that is left.
  const moved = await take(led(backend, '198.51.100.11:8080', 5, 1), led('', '198.51.100.10:8080', 165, 3))
  assert.deepEqual([moved[backend]?.bytesIn, moved[id]?.connections], [60, 4])
})

test('a gateway tells its connections and how many it may have', async () => {
  const { take, flows, gateway } = place()
  assert.deepEqual((await take(flows(7)))[gateway], { connections: 7, connectionLimit: 10_000 })
})

test('what a balancer answers itself is told from what its backends answer, though these are replaced', async () => {
  const { take, balancer, held } = place()
  const [listener] = held.listeners
  const [id = '', backend = ''] = [listener?.id, listener?.backends[0]?.id]
  const netns = netnsOf(balancer)
  const ofListener = (errors: number): Measure => ({
    kind: 'listener',
    netns,
    name: id,
    values: { requests: 2 * errors, newConnections: 0, responses4xx: 0, responses5xx: errors, latency: 9 },
  })
  const ofServer = (name: string, errors: number, connections = 1): Measure => ({
    kind: 'backend',
    netns,
    name: `${id}/${name}`,
    values: { requests: errors, responses4xx: 0, responses5xx: errors, connections, latency: connections },
  })
  await take(ofListener(10), ofServer(backend, 5))
  const first = await take(ofListener(30), ofServer(backend, 15))
  assert.deepEqual(first[id], {
    requests: 40,
    newConnections: 0,
    responses4xx: 0,
    responses5xx: 20,
    ownErrors4xx: 0,
    ownErrors5xx: 10,
    latency: 9,
  })
  // Another takes its place, and a moment later it is gone with all that it counted.
  const both = await take(ofListener(30), ofServer(backend, 17), ofServer(`${backend}:2`, 0, 3))
  assert.deepEqual([both[backend]?.requests, both[backend]?.connections, both[backend]?.latency], [12, 4, 3])
  assert.equal(both[id]?.ownErrors5xx, 10, 'what is answered and not yet told to the client is nobody’s error')
  const after = await take(ofListener(40), ofServer(`${backend}:2`, 4))
  assert.deepEqual([after[backend]?.requests, after[id]?.ownErrors5xx], [16, 14])
})
