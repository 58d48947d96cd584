import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Plan, PlannedEnd } from '../../src/client/apply-wire.ts'
import type { KindName } from '../../src/model/kinds.ts'
import { plan as world } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { startLab, type Lab } from './lab.ts'
import { addressOf, newGateway, newGroup, newMachine, newNetwork, until } from './network.ts'
import type { Place } from './place.ts'

const north = worldServers[0]!
const ports = [90, 91] as const

/** A way that somebody may try: between two ends, as plans name them. */
interface Way {
  readonly from: string
  readonly to: string
  readonly place: Place
  readonly address: string
}

/** A change of a draft. */
type Change = readonly [what: string, kind: KindName, id: () => string, body: () => object]

/** Something to be thought away, and then to be taken away for a while: a part of it, or the whole. */
type Loss = readonly [what: string, kind: KindName, id: () => string, child?: () => string]

const seed = Number(process.env['PLAN_SEED'] ?? Date.now() % 100_000)
const rounds = Number(process.env['PLAN_ROUNDS'] ?? 12)

suite(`plans come true, by packets (seed ${seed})`, { timeout: 180_000 + rounds * 20_000 }, () => {
  let lab: Lab
  let ways: readonly Way[]
  const ids = {
    inside: '',
    edge: '',
    routes: '',
    gateway: '',
    subnet: '',
    eip: '',
    vpc: '',
    a: '',
    aAddress: '',
    b: '',
    c: '',
    balancer: '',
    listener: '',
  }
  /** By way and port, the policy test that it must get there. */
  const statements = new Map<string, string>()

  before(async () => {
    lab = await startLab()
    const all = { protocol: 'tcp', ports: '90-91' }
    ids.inside = await newGroup(lab, all)
    ids.edge = await newGroup(lab, all)
    const network = await newNetwork(lab, '10.1.0.0/24', { eip: {}, securityGroup: ids.edge })
    const gateway = await newGateway(lab, network, 1, { securityGroup: ids.edge })
    const [a, b] = [
      await newMachine(lab, network, { name: 'a', securityGroup: ids.inside }),
      await newMachine(lab, network, { name: 'b', securityGroup: ids.inside }),
    ]
    const c = await newMachine(lab, network, { name: 'c', securityGroup: ids.edge, eip: {} })
    Object.assign(ids, {
      routes: network.routeTable,
      gateway: gateway.id,
      subnet: network.subnet.id,
      eip: gateway.eips[0],
      vpc: network.vpc.id,
      a: a.server.id,
      aAddress: a.address,
      b: b.server.id,
      c: c.server.id,
    })
    const front = await lab.client.create('load-balancer', {
      eips: [{}],
      subnet: network.subnet.id,
      securityGroup: ids.edge,
      listeners: [
        {
          protocol: 'tcp',
          via: 'kernel',
          port: 90,
          lastPort: 91,
          check: { protocol: 'none' },
          backends: [{ server: a.server.id, port: 90 }],
        },
      ],
    })
    Object.assign(ids, { balancer: front.id, listener: front.listeners[0]?.id })
    const outside = { north: lab.at(north.netns), client: lab.at(clientNetns) }
    for (const place of [a.place, b.place, c.place, outside.north]) for (const port of ports) await place.serveTcp(port)
    const own = await addressOf(lab, c.server.eip)
    const shared = await addressOf(lab, network.vpc.eip)
    const way = (from: string, place: Place, to: string, address: string) => ({ from, to, place, address })
    ways = [
      way('a', a.place, 'b', b.address),
      way('b', b.place, 'a', a.address),
      way('a', a.place, 'c', c.address),
      way('c', c.place, 'b', b.address),
      ...(['a', 'b', 'c'] as const).map(name => way(name, { a, b, c }[name].place, 'north', north.address)),
      way('client', outside.client, 'own', own),
      way('client', outside.client, 'shared', shared),
      way('client', outside.client, 'gateway', await addressOf(lab, gateway.eips[0])),
      way('client', outside.client, 'front', await addressOf(lab, front.eips[0])),
    ]
    names.set(c.server.eip ?? '', 'own').set(network.vpc.eip ?? '', 'shared')
    names.set(gateway.eips[0] ?? '', 'gateway').set(front.eips[0] ?? '', 'front')
    const servers = { a: a.server.id, b: b.server.id, c: c.server.id }
    const eips = new Map([...names].map(([id, name]) => [name, id]))
    const serverNamed = (name: string) => servers[name as keyof typeof servers]
    for (const { from, to, address } of ways) {
      const source = serverNamed(from)
      const [target, eip] = [serverNamed(to), eips.get(to)]
      for (const port of ports) {
        const { id } = await lab.client.create('policy-test', {
          from: source ? { type: 'server', id: source } : { type: 'internet', prefix: world.client.address },
          to: target
            ? { type: 'server', id: target }
            : eip
              ? { type: 'eip', id: eip }
              : { type: 'address', prefix: address },
          ports: String(port),
        })
        statements.set(`${from} > ${to} ${port}`, id)
      }
    }
    await lab.settled()
  })
  after(() => lab.close())

  const names = new Map<string, string>()
  const toNorth = (nextHop: object, enabled = true) => ({ destination: `${north.address}/32`, nextHop, enabled })
  const byGateway = () => ({ destination: '0.0.0.0/0', nextHop: { type: 'nat-gateway', id: ids.gateway } })
  const rules = (...list: readonly object[]) => ({ rules: list.map(rule => ({ protocol: 'tcp', ...rule })) })
  const snat = (enabled: boolean) => ({ snatRules: [{ target: ids.subnet, eips: [ids.eip], enabled }] })
  const changes: readonly Change[] = [
    ['the servers admit one port', 'security-group', () => ids.inside, () => rules({ ports: '90' })],
    ['the servers admit both', 'security-group', () => ids.inside, () => rules({ ports: '90-91' })],
    ['the servers admit nobody', 'security-group', () => ids.inside, () => rules()],
    ['the servers admit one address', 'security-group', () => ids.inside, () => rules({ peer: ids.aAddress })],
    [
      'the servers may not leave for a port',
      'security-group',
      () => ids.inside,
      () => rules({ ports: '90-91' }, { direction: 'egress', action: 'drop', ports: '91' }),
    ],
    ['the appliances admit one port', 'security-group', () => ids.edge, () => rules({ ports: '91' })],
    ['the appliances admit both', 'security-group', () => ids.edge, () => rules({ ports: '90-91' })],
    [
      'the appliances do not let one client in',
      'security-group',
      () => ids.edge,
      () => rules({ ports: '90-91', priority: 5 }, { action: 'drop', peer: `${world.client.address}/32` }),
    ],
    ['all goes by the gateway', 'route-table', () => ids.routes, () => ({ routes: [byGateway()] })],
    ['nothing has a route', 'route-table', () => ids.routes, () => ({ routes: [] })],
    [
      'one destination goes by the router',
      'route-table',
      () => ids.routes,
      () => ({ routes: [byGateway(), toNorth({ type: 'router', id: ids.vpc })] }),
    ],
    ['the gateway translates nothing', 'nat-gateway', () => ids.gateway, () => snat(false)],
    ['the gateway translates', 'nat-gateway', () => ids.gateway, () => snat(true)],
    [
      'the router forwards a port',
      'vpc',
      () => ids.vpc,
      () => ({ portForwards: [{ port: 91, toAddress: ids.aAddress, toPort: 90 }] }),
    ],
    ['the router forwards nothing', 'vpc', () => ids.vpc, () => ({ portForwards: [] })],
    [
      'the gateway forwards a port',
      'nat-gateway',
      () => ids.gateway,
      () => ({ ...snat(true), dnatRules: [{ eip: ids.eip, port: '90', toAddress: ids.aAddress, toPort: '91' }] }),
    ],
    ['the gateway forwards nothing', 'nat-gateway', () => ids.gateway, () => ({ ...snat(true), dnatRules: [] })],
    ['the balancer gives to another server', 'load-balancer', () => ids.balancer, () => listenTo(ids.b)],
    ['the balancer gives to the first server', 'load-balancer', () => ids.balancer, () => listenTo(ids.a)],
    ['the balancer has nobody to give to', 'load-balancer', () => ids.balancer, () => listenTo()],
  ]
  const listenTo = (...servers: readonly string[]) => {
    const backends = servers.map(server => ({ server, port: 90 }))
    const listener = { id: ids.listener, protocol: 'tcp', via: 'kernel', port: 90, lastPort: 91 }
    return { listeners: [{ ...listener, check: { protocol: 'none' }, backends }] }
  }
  const losses: readonly Loss[] = [
    ['a server', 'server', () => ids.b],
    ['the gateway', 'nat-gateway', () => ids.gateway],
    ['the balancer', 'load-balancer', () => ids.balancer],
    ['its listener', 'load-balancer', () => ids.balancer, () => ids.listener],
    ['the network', 'vpc', () => ids.vpc],
  ]

  /** What gets there and back, as `from > to port`. */
  async function whatReaches(): Promise<ReadonlySet<string>> {
    const tries = ways.flatMap(way => ports.map(port => ({ ...way, port })))
    const results = await Promise.all(
      tries.map(async ({ place, address, from, to, port }) => {
        const { seenAs } = await place.connect(address, port)
        return seenAs === '' ? [] : [`${from} > ${to} ${port}`]
      }),
    )
    return new Set(results.flat())
  }

  /** What was last asked of each resource: addresses that are named in it are told apart from the rest of the internet. */
  const asked = new Map<string, string>()

  /** The same, as a plan says it, where `named` is all that rules and routes name before and after. */
  function said(list: Plan['gained'], named: string): ReadonlySet<string> {
    const away = { client: world.client.address, north: north.address }
    const isIn = (address: string, one: string) =>
      named.includes(`"${one}/32"`) ? address === one : !Object.values(away).includes(address)
    const sides = ({ kind, ids: all, names: called, address }: PlannedEnd): readonly string[] => {
      if (kind === 'internet') return Object.entries(away).flatMap(([name, one]) => (isIn(address, one) ? [name] : []))
      return kind === 'eip' ? [names.get(all[0] ?? '') ?? ''] : called
    }
    return new Set(
      list.flatMap(({ from, to, protocol, ports: ranges }) =>
        ports
          .filter(port => protocol === 'tcp' && ranges.some(range => within(range, port)))
          .flatMap(port => sides(from).flatMap(one => sides(to).map(other => `${one} > ${other} ${port}`))),
      ),
    )
  }

  test('what a plan says is gained and lost is gained and lost, and nothing else', async t => {
    const chance = randomFrom(seed)
    let known = await whatReaches()
    let moved = 0
    for (let round = 0; round < rounds; round++) {
      const [what, kind, id, body] = changes[Math.floor(chance() * changes.length)]!
      const draft = JSON.stringify(body())
      const named = [...asked.values(), draft].join()
      asked.set(id(), draft)
      await lab.client.patch(kind, id(), body())
      const plan = await lab.client.plan(kind, id())
      await lab.client.apply(kind, id(), { force: true })
      await lab.settled()
      const now = await whatReaches()
      const about = `${what} (round ${round}, seed ${seed})`
      agree(plan, named, known, now, about)
      await statementsAgree(now, about)
      moved += known.symmetricDifference(now).size
      known = now
    }
    t.diagnostic(`${moved} of the ways changed in ${rounds} rounds`)
    assert.ok(moved > 0)
  })

  test('what is said to be lost without something is lost when it goes, and comes again with it', async () => {
    const named = [...asked.values()].join()
    for (const [what, kind, id, child] of losses) {
      const known = await whatReaches()
      const told = await lab.client.without(kind, id(), child?.())
      await take(kind, id(), child?.(), false)
      const now = await whatReaches()
      agree(told, named, known, now, `without ${what} (seed ${seed})`)
      await take(kind, id(), child?.(), true)
      assert.deepEqual(await whatReaches(), known, `${what} is there again (seed ${seed})`)
    }
  })

  test('the connections that a plan says are cut are cut, and no others', async () => {
    const open = { rules: [{ protocol: 'tcp', ports: '90-91' }] }
    const reset: readonly (readonly [KindName, string, object])[] = [
      ['security-group', ids.inside, open],
      ['security-group', ids.edge, open],
      ['route-table', ids.routes, { routes: [byGateway()] }],
      ['nat-gateway', ids.gateway, { ...snat(true), dnatRules: [] }],
      ['load-balancer', ids.balancer, listenTo(ids.a)],
    ]
    for (const [kind, id, body] of reset) {
      await lab.client.patch(kind, id, body)
      await lab.client.apply(kind, id, { force: true })
    }
    await lab.settled()
    const way = (from: string, to: string) => ways.find(each => each.from === from && each.to === to)!
    const [inside, away, front] = [way('a', 'b'), way('a', 'north'), way('client', 'front')]
    const flows = await Promise.all(
      [inside, inside, away, front].flatMap(({ place, address }) =>
        ports.map(async port => ({ place, port, flow: (await place.open(address, port)).flow })),
      ),
    )
    const alive = async () =>
      (await Promise.all(flows.map(({ place, flow }) => place.say(flow)))).filter(Boolean).length
    assert.equal(await alive(), flows.length)

    await lab.client.patch('security-group', ids.inside, { rules: [{ protocol: 'tcp', ports: '90' }] })
    const narrowed = await lab.client.plan('security-group', ids.inside)
    // To the outside the group says nothing; what the balancer leads to a server comes to that one as to any.
    assert.deepEqual(
      narrowed.flows.pairs.map(({ at, to, port, flows: count }) => [at, to, port, count]),
      [
        [ids.b, inside.address, 91, 2],
        [ids.a, ids.aAddress, 91, 1],
      ],
    )
    assert.deepEqual([narrowed.flows.total, narrowed.flows.silent], [3, []])
    await lab.client.apply('security-group', ids.inside, { force: true })
    await lab.settled()
    const left = await alive()
    assert.equal(left, flows.length - narrowed.flows.total)

    const lost = await lab.client.without('nat-gateway', ids.gateway)
    assert.deepEqual(
      lost.flows.pairs.map(({ at, to, flows: count }) => [at, to, count]),
      [
        [ids.gateway, north.address, 1],
        [ids.gateway, north.address, 1],
      ],
    )
    await lab.client.act('nat-gateway', ids.gateway, 'stop')
    await lab.settled()
    assert.equal(await alive(), left - lost.flows.total)
    await Promise.all(flows.map(({ place, flow }) => place.hangUp(flow)))
    await lab.client.act('nat-gateway', ids.gateway, 'start')
    await lab.settled()
  })

  /** Takes something away, or gives it back. */
  async function take(kind: KindName, id: string, child: string | undefined, back: boolean): Promise<void> {
    if (child === undefined) await lab.client.act(kind, id, back ? 'start' : 'stop')
    else {
      await lab.client.children.patch(kind, id, ['listeners', child], { enabled: back })
      await lab.client.apply(kind, id, { force: true })
    }
    await lab.settled()
  }

  const allWays = () => ways.flatMap(({ from, to }) => ports.map(port => `${from} > ${to} ${port}`))

  function agree(
    plan: Pick<Plan, 'gained' | 'lost'>,
    named: string,
    known: ReadonlySet<string>,
    now: ReadonlySet<string>,
    about: string,
  ): void {
    const [gained, lost] = [said(plan.gained, named), said(plan.lost, named)]
    const told = allWays()
    assert.deepEqual(
      told.filter(each => gained.has(each)),
      told.filter(each => now.has(each) && !known.has(each)),
      `gained: ${about}`,
    )
    assert.deepEqual(
      told.filter(each => lost.has(each)),
      told.filter(each => known.has(each) && !now.has(each)),
      `lost: ${about}`,
    )
  }

  /** Every policy test says by now what packets do. */
  async function statementsAgree(now: ReadonlySet<string>, about: string): Promise<void> {
    const verdicts = async () => {
      const list = (await lab.client.list('policy-test', { limit: 1000 })).items
      const states = new Map(list.map(({ id, verdict }) => [id, verdict.state]))
      return allWays().filter(each => states.get(statements.get(each) ?? '') === 'holds')
    }
    const wanted = allWays().filter(each => now.has(each))
    await until('policy tests were looked at', 20_000, async () => (await verdicts()).join() === wanted.join()).catch(
      async () => assert.deepEqual(await verdicts(), wanted, `policy tests: ${about}`),
    )
  }
})

function within(range: string, port: number): boolean {
  const [from = 0, to = from] = range.split('-').map(Number)
  return from <= port && port <= to
}

/** Numbers from 0 to 1, the same ones for a seed. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
