import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { WireOf } from '../../src/client/wire.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { startLab, type Lab } from './lab.ts'
import { given, newGroup, newMachine, newNetwork, setRules, until, type Machine, type Network } from './network.ts'
import type { Place } from './place.ts'

const tcp = (ports: string, more: object = {}) => ({ protocol: 'tcp', ports, ...more })
const [tap, inner] = ['tap0', 'vm0']

/** A namespace stands for the machine: a cable leads from its interface to the tap device. */
suite('a server behind a tap device', () => {
  let lab: Lab
  let network: Network
  let neighbour: Machine
  let group: string
  let server: WireOf<'server'>
  let inside: Place

  const links = (netns: string | null) => lab.run(netns, 'ip', '-o', 'link')
  const ip = (...words: string[]) => lab.run('vm', 'ip', ...words)
  const enters = async (port: number) => (await neighbour.place.connect(given(server.address), port, 1200)).ending
  const leaves = async (port: number) => (await inside.connect(neighbour.address, port, 1200)).ending

  before(async () => {
    lab = await startLab()
    network = await newNetwork(lab, '10.6.0.0/24')
    neighbour = await newMachine(lab, network, { securityGroup: await newGroup(lab, { protocol: 'all' }) })
    const cable = fileURLToPath(new URL('cable.ts', import.meta.url))
    await lab.run(null, 'sh', '-c', `exec "$0" "$@" >/dev/null 2>&1 &`, process.execPath, cable, tap, inner)
    await until('the cable is there', 20_000, async () => (await links(null)).includes(inner))
    await lab.run(null, 'ip', 'netns', 'add', 'vm')
    await lab.run(null, 'ip', 'link', 'set', inner, 'netns', 'vm')
    group = await newGroup(lab, tcp('80'))
    server = await lab.client.create('server', {
      subnet: network.subnet.id,
      securityGroup: group,
      attach: { type: 'tap', device: tap },
    })
    await lab.settled()
    await ip('address', 'add', `${given(server.address)}/24`, 'dev', inner)
    await ip('link', 'set', inner, 'up')
    await ip('route', 'add', 'default', 'via', given(network.subnet.gateway))
    inside = lab.at('vm')
    for (const place of [inside, neighbour.place]) {
      for (const port of [80, 81]) await place.serveTcp(port)
      await place.serveUdp(53)
    }
    // The neighbour's first word teaches the bridge where everybody is.
    await until('the machine is met', 20_000, async () => (await enters(80)) === 'ok')
  })
  after(() => lab.close())

  test('its group decides on what enters, and on what leaves', async () => {
    assert.deepEqual([await enters(80), await enters(81)], ['ok', 'timeout'])
    assert.deepEqual([await leaves(80), await leaves(81)], ['ok', 'ok'])
    await setRules(lab, group, tcp('81'), tcp('80', { direction: 'egress', action: 'drop' }))
    assert.deepEqual([await enters(80), await enters(81)], ['timeout', 'ok'])
    assert.deepEqual([await leaves(80), await leaves(81)], ['timeout', 'ok'])
    await setRules(lab, group, tcp('80'))
  })

  test('answers come back to what it asked, and nothing else of UDP does', async () => {
    assert.equal(await inside.askUdp(neighbour.address, 53), given(server.address))
    assert.equal(await neighbour.place.askUdp(given(server.address), 53), null)
  })

  test('answers leave to what was let in, even where it may ask nothing', async () => {
    await setRules(lab, group, tcp('80'), { protocol: 'all', direction: 'egress', action: 'drop' })
    assert.deepEqual([await enters(80), await leaves(80)], ['ok', 'timeout'])
    await setRules(lab, group, tcp('80'))
  })

  test('it speaks in no other name', async () => {
    const other = '10.6.0.77'
    await ip('address', 'add', `${other}/32`, 'dev', inner)
    const spoofed = async () => (await lab.run('vm', 'ip', 'route', 'get', neighbour.address)).includes(other)
    await ip('route', 'replace', `${neighbour.address}/32`, 'dev', inner, 'src', other)
    assert.ok(await spoofed())
    assert.notEqual(await leaves(80), 'ok')
    assert.equal(await inside.askUdp(neighbour.address, 53), null)
    await ip('route', 'delete', `${neighbour.address}/32`)
    assert.equal(await leaves(80), 'ok')
  })

  test('it speaks IPv4 and ARP only', async () => {
    const counted = async () =>
      Number(
        /ether type != ip counter packets (\d+)/.exec(
          await lab.run(netnsOf(network.vpc.id), 'nft', 'list', 'chain', 'bridge', 'causeway', `${server.id}-sent`),
        )?.[1],
      )
    const from = await counted()
    await lab.run('vm', 'sysctl', '-qw', `net.ipv6.conf.${inner}.disable_ipv6=0`)
    await ip('-6', 'address', 'add', 'fd00::1/64', 'dev', inner)
    await until('a frame of IPv6 is dropped', 20_000, async () => (await counted()) > from)
  })

  test('a flow that a rule let in ends with the rule', async () => {
    const { flow } = await neighbour.place.open(given(server.address), 80)
    assert.ok(await neighbour.place.say(flow))
    await setRules(lab, group, tcp('81'))
    assert.equal(await neighbour.place.say(flow), false)
    await setRules(lab, group, tcp('80'))
  })

  test('an agent that starts anew changes nothing, and flows go on', async () => {
    const [entering, leaving] = [
      await neighbour.place.open(given(server.address), 80),
      await inside.open(neighbour.address, 81),
    ]
    await lab.killAgent()
    const since = new Date().toISOString()
    await lab.startAgent()
    await until('the new agent reports', 20_000, async () => (await lab.settled()).seenAt > since)
    const { counters } = await lab.settled()
    assert.deepEqual([counters['steps'], counters['rounds']], [0, 1])
    assert.ok(await neighbour.place.say(entering.flow))
    assert.ok(await inside.say(leaving.flow))
  })

  test('a server that goes gives the device back', async () => {
    assert.ok(!(await links(null)).includes(tap))
    await lab.client.remove('server', server.id)
    await lab.settled()
    assert.ok((await links(null)).includes(tap))
    const tables = await lab.run(netnsOf(network.vpc.id), 'nft', 'list', 'tables')
    assert.ok(!tables.includes('bridge'), tables)
  })
})
