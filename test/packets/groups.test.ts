import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startLab, type Lab } from './lab.ts'
import { newGroup, newMachine, newNetwork, setRules, type Machine } from './network.ts'

const tcp = (ports: string, more: object = {}) => ({ protocol: 'tcp', ports, ...more })

suite('who may talk to whom', () => {
  let lab: Lab
  let a: Machine
  let b: Machine
  let guard: string
  let own: string

  before(async () => {
    lab = await startLab()
    guard = await newGroup(lab)
    own = await newGroup(lab)
    const network = await newNetwork(lab, '10.1.0.0/24')
    a = await newMachine(lab, network, { securityGroup: own })
    b = await newMachine(lab, network, { securityGroup: guard })
    for (const port of [80, 81, 82]) await b.place.serveTcp(port)
    await b.place.serveUdp(53)
    await a.place.serveTcp(80)
  })
  after(() => lab.close())

  const reaches = async (port: number) => (await a.place.connect(b.address, port, 1200)).ending

  test('two VPCs with one address range do not see each other', async () => {
    await setRules(lab, guard, tcp('80'))
    const twin = await newNetwork(lab, '10.1.0.0/24')
    const open = await newGroup(lab, { protocol: 'all' })
    const stranger = await newMachine(lab, twin, { address: a.address, securityGroup: open })
    await stranger.place.serveTcp(80)
    assert.equal(await reaches(80), 'ok')
    assert.notEqual((await stranger.place.connect(b.address, 80)).ending, 'ok')
    const other = await newMachine(lab, twin, { address: b.address, securityGroup: open })
    await other.place.serveTcp(90)
    assert.equal((await stranger.place.connect(b.address, 90)).ending, 'ok')
    await setRules(lab, guard, tcp('90'))
    assert.equal(await reaches(90), 'refused')
  })

  test('without a rule nothing enters; what a rule admits does, and no more', async () => {
    await setRules(lab, guard)
    assert.equal(await reaches(80), 'timeout')
    await setRules(lab, guard, tcp('80-81'))
    assert.deepEqual([await reaches(80), await reaches(81), await reaches(82)], ['ok', 'ok', 'timeout'])
    assert.equal(await a.place.askUdp(b.address, 53), null)
    await setRules(lab, guard, { protocol: 'udp', ports: '53' })
    assert.equal(await a.place.askUdp(b.address, 53), a.address)
    assert.equal(await reaches(80), 'timeout')
  })

  test('a rule may name whom it admits, by prefix or by set', async () => {
    await setRules(lab, guard, tcp('80', { peer: '10.1.0.128/25' }))
    assert.equal(await reaches(80), 'timeout')
    const peers = await lab.client.create('ip-set', { type: 'ip', members: [`${a.address}/32`] })
    const ports = await lab.client.create('ip-set', { type: 'port', members: ['80', '82'] })
    await setRules(lab, guard, { protocol: 'tcp', ports: ports.id, peer: peers.id })
    assert.deepEqual([await reaches(80), await reaches(81), await reaches(82)], ['ok', 'timeout', 'ok'])
    await lab.client.patch('ip-set', ports.id, { members: ['81'] })
    await lab.client.apply('ip-set', ports.id)
    await lab.settled()
    assert.deepEqual([await reaches(80), await reaches(81), await reaches(82)], ['timeout', 'ok', 'timeout'])
  })

  test('the smaller priority decides, and at a tie drop does', async () => {
    const drop = { action: 'drop' }
    await setRules(lab, guard, tcp('80', { priority: 5 }), tcp('80', { ...drop, priority: 6 }))
    assert.equal(await reaches(80), 'ok')
    await setRules(lab, guard, tcp('80', { priority: 6 }), tcp('80', { ...drop, priority: 5 }))
    assert.equal(await reaches(80), 'timeout')
    await setRules(lab, guard, tcp('80', { priority: 5 }), tcp('80', { ...drop, priority: 5 }))
    assert.equal(await reaches(80), 'timeout')
    await setRules(lab, guard, tcp('80', { priority: 5 }), tcp('80', { ...drop, priority: 1, enabled: false }))
    assert.equal(await reaches(80), 'ok')
  })

  test('replies pass whatever the group says of new flows', async () => {
    await setRules(lab, own)
    await setRules(lab, guard, tcp('80'), { direction: 'egress', action: 'drop' })
    assert.equal(await reaches(80), 'ok')
    assert.equal((await b.place.connect(a.address, 80)).ending, 'timeout')
  })

  test('egress rules hold back what would leave', async () => {
    await setRules(lab, guard, tcp('80-82'))
    await setRules(lab, own, tcp('80', { direction: 'egress', action: 'drop' }))
    assert.deepEqual([await reaches(80), await reaches(81)], ['timeout', 'ok'])
    await setRules(lab, own, tcp('81', { direction: 'egress', priority: 1 }), {
      direction: 'egress',
      action: 'drop',
      priority: 2,
    })
    assert.deepEqual([await reaches(80), await reaches(81)], ['timeout', 'ok'])
    await setRules(lab, own)
  })

  test('what a group no longer admits is cut, and only that', async () => {
    await setRules(lab, guard, tcp('80'), tcp('81'))
    const [first, second] = [await a.place.open(b.address, 80), await a.place.open(b.address, 81)]
    assert.deepEqual([await a.place.say(first.flow), await a.place.say(second.flow)], [true, true])
    await setRules(lab, guard, tcp('81'))
    assert.deepEqual([await a.place.say(first.flow), await a.place.say(second.flow)], [false, true])
    await setRules(lab, guard, tcp('80'), tcp('81'))
    assert.equal(await a.place.say(second.flow), true)
    await setRules(lab, guard, tcp('80-81', { peer: '10.1.0.0/24' }))
    assert.equal(await a.place.say(second.flow), true)
  })
})
