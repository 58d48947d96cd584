import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Trace, TraceRequest } from '../../src/client/trace-wire.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { newBalancer, newGateway, newGroup, newMachine, newNetwork, setRules, until, type Machine } from './network.ts'

const [north] = worldServers
const backend = { address: north!.address, port: plan.port }

suite('a packet that is sent and followed', () => {
  let lab: Lab
  let a: Machine
  let b: Machine
  let group: string
  let forwarded: string
  let balancer: string

  before(async () => {
    lab = await startLab()
    group = await newGroup(lab, { name: 'web', protocol: 'tcp', ports: '80' }, { name: 'ping', protocol: 'icmp' })
    const open = await newGroup(lab, { protocol: 'all' })
    const network = await newNetwork(lab, '10.1.0.0/24')
    a = await newMachine(lab, network, { name: 'a', securityGroup: open })
    b = await newMachine(lab, network, { name: 'b', securityGroup: group })
    await b.place.serveTcp(80)
    const gateway = await newGateway(lab, network, 2, { securityGroup: open })
    const dnatRules = [{ eip: gateway.eips[0], port: '8080', toAddress: b.address, toPort: '80' }]
    await lab.client.patch('nat-gateway', gateway.id, { dnatRules })
    await lab.client.apply('nat-gateway', gateway.id)
    forwarded = gateway.eips[0]!
    balancer = (await newBalancer(lab, network, [backend], { securityGroup: open })).id
    await lab.settled()
  })
  after(() => lab.close())

  /** Sends a packet as a trace tells it; fails where it went another way. */
  async function follow(request: TraceRequest): Promise<Trace & { real: NonNullable<Trace['real']> }> {
    const trace = await lab.client.trace({ ...request, real: true })
    assert.ok(trace.real)
    const { real } = trace
    const told = [trace.there, trace.back].map(way => way?.steps.map(step => [step.netns, step.code, step.after]))
    const seen = [real.there, real.back].map(way => way?.steps.map(step => [step.netns, step.code, step.after]))
    assert.equal(real.agrees, true, JSON.stringify({ told, seen }, null, 1))
    return { ...trace, real }
  }

  const codes = (way: { readonly steps: readonly { readonly code: string }[] } | null | undefined) =>
    way?.steps.map(({ code }) => code)

  test('it is seen to be delivered, by the rule that lets it in, and its answer to come back', async () => {
    const { real } = await follow({ from: a.server.id, to: b.server.id, port: 80 })
    assert.deepEqual(codes(real.there), ['sends', 'goes-on', 'enters', 'admits', 'arrives'])
    const admitted = real.there.steps.find(({ code }) => code === 'admits')
    assert.equal(admitted?.object?.name, 'web')
    assert.deepEqual([real.back?.steps[0]?.code, real.back?.outcome], ['answers', 'arrives'])
  })

  test('an echo is followed, too', async () => {
    const { real } = await follow({ from: a.server.id, to: b.server.id, protocol: 'icmp' })
    assert.deepEqual([real.there.outcome, real.back?.outcome], ['arrives', 'arrives'])
  })

  test('it is seen to be dropped, by the rule that does it', async () => {
    const { real, reaches } = await follow({ from: a.server.id, to: b.server.id, port: 81 })
    assert.deepEqual([reaches, real.there.outcome, real.back], [false, 'dropped', null])
    assert.equal(real.there.steps.at(-1)?.code, 'nobody-admits')
    const drop = { name: 'not-81', action: 'drop', protocol: 'tcp', ports: '81', priority: 0 }
    await setRules(
      lab,
      group,
      { name: 'web', protocol: 'tcp', ports: '80-90' },
      { name: 'ping', protocol: 'icmp' },
      drop,
    )
    const dropped = await follow({ from: a.server.id, to: b.server.id, port: 81 })
    assert.equal(dropped.real.there.steps.at(-1)?.object?.name, 'not-81')
  })

  test('nothing is listening: the answer says so', async () => {
    const { real } = await follow({ from: a.server.id, to: b.server.id, port: 85 })
    assert.deepEqual([real.there.outcome, real.back?.steps[0]?.code], ['arrives', 'refuses'])
  })

  test('without a route it is not seen to go on, wherever that is', async () => {
    const lonely = await newNetwork(lab, '10.2.0.0/24')
    const open = await newGroup(lab, { protocol: 'all' })
    const c = await newMachine(lab, lonely, { securityGroup: open })
    const front = await lab.client.create('load-balancer', { subnet: lonely.subnet.id, securityGroup: open })
    await lab.settled()
    const fromServer = await follow({ from: c.server.id, to: '198.18.0.1', port: 80 })
    assert.deepEqual([...(codes(fromServer.real.there) ?? [])].slice(-2), ['enters', 'lost'])
    const fromBalancer = await follow({ from: front.id, to: '198.18.0.1', port: 80 })
    assert.deepEqual(codes(fromBalancer.real.there), ['sends', 'unsent'])
    assert.match(fromBalancer.real.there.steps.at(-1)?.message ?? '', /no route/)
  })

  test('its source is seen to be rewritten, to whichever address was chosen', async () => {
    const { real } = await follow({ from: a.server.id, to: backend.address, port: backend.port })
    const rewritten = real.there.steps.find(({ code }) => code === 'snat')
    assert.equal(rewritten?.before.from, a.address)
    assert.match(rewritten?.after.from ?? '', /^203\.0\.113\./)
    assert.deepEqual([real.there.outcome, real.back?.outcome], ['leaves', 'arrives'])
  })

  test('its destination is seen to be rewritten, and so is what comes back', async () => {
    const { real } = await follow({ from: 'internet', to: forwarded, port: 8080 })
    const rewritten = real.there.steps.find(({ code }) => code === 'dnat')
    assert.deepEqual([rewritten?.after.to, rewritten?.after.dport], [b.address, 80])
    assert.deepEqual([real.there.outcome, real.back?.outcome], ['arrives', 'leaves'])
    assert.equal(real.back?.steps.at(-1)?.after.sport, 8080)
  })

  test("a balancer's listener takes it, and its checks leave as they are told to", async () => {
    const { listeners } = await lab.client.get('load-balancer', balancer)
    await follow({ from: 'internet', to: listeners[0]!.id })
    await follow({ from: balancer, to: listeners[0]!.backends[0]!.id })
  })

  test('a rule tells by its number in the kernel what it is for, who applied that, and what it counted', async () => {
    const start = (await lab.client.counters(group)).items
    await b.place.connect(a.address, 9).catch(() => {})
    for (let n = 0; n < 3; n++) await a.place.connect(b.address, 80)
    const { rules } = await lab.client.get('security-group', group)
    const web = rules.find(({ name }) => name === 'web')?.id ?? ''
    const { items, silent } = await lab.client.counters(group)
    assert.deepEqual(silent, [])
    assert.equal((items[web]?.packets ?? 0) - (start[web]?.packets ?? 0), 3)
    assert.ok((items[web]?.bytes ?? 0) >= 3 * 40)

    const netns = netnsOf(b.server.id)
    const listing = await lab.run(netns, 'nft', '-a', 'list', 'table', 'ip', 'causeway')
    const handle = new RegExp(`comment "${web}" # handle (\\d+)`).exec(listing)?.[1] ?? ''
    const explained = await lab.client.kernel({ netns, rule: handle })
    assert.equal(explained.items.length, 1)
    const [rule] = explained.items
    assert.deepEqual([rule?.object?.id, rule?.object?.of?.id, rule?.handle], [web, group, Number(handle)])
    const { generation } = await lab.client.get('security-group', group)
    assert.equal(rule?.applied?.generation, generation)
    assert.ok(rule?.applied?.author)
    assert.equal(rule?.counted?.packets, items[web]?.packets)

    const everywhere = await lab.client.kernel({ resource: web })
    assert.ok(everywhere.items.every(({ object }) => object?.id === web))
    assert.deepEqual(everywhere.items.find(each => each.netns === netns)?.handle, Number(handle))
  })

  test('translations are counted by their rules', async () => {
    const [gateway] = (await lab.client.list('nat-gateway')).items
    const snat = gateway?.snatRules[0]?.id ?? ''
    const earlier = (await lab.client.counters(gateway?.id ?? '')).items[snat]?.packets ?? 0
    await a.place.get(`http://${backend.address}:${backend.port}/`)
    const now = (await lab.client.counters(gateway?.id ?? '')).items[snat]?.packets ?? 0
    assert.ok(now > earlier, `${earlier} ${now}`)
  })

  test('where somebody else has a say, the difference is marked, and who it was', async () => {
    const netns = netnsOf(b.server.id)
    const chain = '{ type filter hook input priority -10 ; }'
    await lab.run(
      netns,
      'nft',
      `add table ip other; add chain ip other x ${chain}; add rule ip other x tcp dport 80 drop`,
    )
    const { real, reaches } = await lab.client.trace({ from: a.server.id, to: b.server.id, port: 80, real: true })
    assert.deepEqual([reaches, real?.agrees], [true, false])
    assert.deepEqual(
      real?.there.pairs.filter(({ same }) => !same).map(({ told, seen }) => [told === null, seen === null]),
      [
        [false, true],
        [false, true],
        [true, false],
      ],
    )
    assert.match(real?.there.steps.at(-1)?.message ?? '', /^a rule that is not ours drops it, in other x$/)
    await lab.run(netns, 'nft', 'delete table ip other')
  })

  test('nothing of it stays behind, not even where the agent dies meanwhile, and nobody is alarmed', async () => {
    const inPlace = async () => {
      const names = (await lab.run(null, 'ip', 'netns', 'list')).split('\n').map(line => line.split(' ')[0] ?? '')
      const ours = names.filter(name => name.startsWith('cw-'))
      const tables = await Promise.all(ours.map(netns => lab.run(netns, 'nft', 'list', 'tables')))
      return tables.filter(each => each.includes('causeway-trace')).length
    }
    assert.equal(await inPlace(), 0)
    assert.deepEqual(
      lab.events.filter(({ type }) => type === 'drift'),
      [],
    )
    // Nobody answers, so that it is waited for.
    const waiting = lab.client.trace({ from: 'internet', to: forwarded, port: 8080, real: true }).catch(() => null)
    await until('it is being followed', 20_000, async () => (await inPlace()) > 0)
    await lab.killAgent()
    await until('the kernel took it away', 20_000, async () => (await inPlace()) === 0)
    await waiting
  })
})
