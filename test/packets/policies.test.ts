import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { plan } from '../../src/demo/plan.ts'
import { worldServers } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { addressOf, allActive, eager, newBalancer } from './network.ts'

type Body = Readonly<Record<string, unknown>>
type World = (typeof worldServers)[number]
const [north, north2, south, south2] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const names = new Map(worldServers.map(({ address, name }) => [address, name]))

suite('forwarding policies, with real clients', () => {
  let lab: Lab
  let front: Front
  let policy: string

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
    policy = (await lab.client.create('forward-policy', { rules: [{ pattern: '^Api\\.example$' }] })).id
    await become({ port: 80, check: eager, backends: [north, { ...south, policy }] })
  })
  after(() => lab.close())

  async function become(...listeners: readonly Body[]): Promise<void> {
    await front.listen(...listeners)
    await allActive(lab, front.balancer.id)
  }

  async function setPolicy(body: Body): Promise<void> {
    await lab.client.patch('forward-policy', policy, body)
    await lab.client.apply('forward-policy', policy)
    await lab.settled()
    await allActive(lab, front.balancer.id)
  }

  /** Which of the regions serves a request. */
  async function served(path = '/', host = 'shop.example', ...options: string[]): Promise<string> {
    const { page } = await curl(lab, `http://${front.address}${path}`, '-H', `Host: ${host}`, ...options)
    return page().name.replace(/-\d$/, '')
  }

  test('a domain, whatever its case and port', async () => {
    assert.deepEqual(
      [await served('/', 'api.example'), await served('/', 'API.example:80'), await served('/', 'my-api.example')],
      ['south', 'south', 'north'],
    )
  })

  test('one of several patterns of a URL, queries too', async () => {
    await setPolicy({ rules: [{ type: 'url', pattern: '^/api/ \\.php$ [?&]beta=1' }] })
    const asked = ['/api/x', '/a.php', '/?beta=1', '/x/api/', '/a.php/b', '/API/']
    assert.deepEqual(await Promise.all(asked.map(path => served(path))), [
      'south',
      'south',
      'south',
      'north',
      'north',
      'north',
    ])
  })

  test('a header, and where it comes from', async () => {
    await setPolicy({ rules: [{ type: 'header', header: 'X-Beta', pattern: '^(yes|"1")$' }] })
    const beta = (value: string) => served('/', 'shop.example', '-H', `X-Beta: ${value}`)
    assert.deepEqual(
      [await beta('yes'), await beta('"1"'), await beta('no'), await served()],
      ['south', 'south', 'north', 'north'],
    )
    await setPolicy({ rules: [{ type: 'source', pattern: `203.0.113.0/24 ${plan.client.address}` }] })
    assert.equal(await served(), 'south')
    await setPolicy({ rules: [{ type: 'source', pattern: '203.0.113.0/24' }] })
    assert.equal(await served(), 'north')
    const many = Array.from({ length: 70 }, (_, i) => `10.0.${i}.1`)
    await setPolicy({ rules: [{ type: 'source', pattern: [...many, plan.client.address].join(' ') }] })
    assert.equal(await served(), 'south', 'the last of more than HAProxy takes in a line')
  })

  test('all of its rules, or any; disabled ones do not count, and none match nothing', async () => {
    const rules = [{ pattern: 'shop' }, { type: 'url', pattern: '^/api/' }]
    const both = async () => [await served('/api/'), await served('/'), await served('/api/', 'other.example')]
    await setPolicy({ operator: 'and', rules })
    assert.deepEqual(await both(), ['south', 'north', 'north'])
    await setPolicy({ operator: 'or' })
    assert.deepEqual(await both(), ['south', 'south', 'south'])
    await setPolicy({ operator: 'and', rules: [rules[0], { ...rules[1], enabled: false }] })
    assert.deepEqual(await both(), ['south', 'south', 'north'])
    await setPolicy({ rules: [] })
    assert.deepEqual(await both(), ['north', 'north', 'north'])
  })

  test('is asked in the order of priorities, and has a balance and a check of its own', async () => {
    const narrow = await lab.client.create('forward-policy', {
      priority: 10,
      balance: 'source',
      check: { ...eager, path: '/anything' },
      rules: [{ type: 'url', pattern: '^/api/v2/' }],
    })
    await setPolicy({ operator: 'or', priority: 20, rules: [{ type: 'url', pattern: '^/api/' }] })
    // By the check of the listener they were not active.
    const [, { netns: atNorth2 }, , { netns: atSouth2 }] = worldServers as [World, World, World, World]
    for (const netns of [atNorth2, atSouth2]) await lab.at(netns).setHealth(plan.port, 503)
    await become({
      port: 80,
      check: eager,
      backends: [north, { ...south, policy }, { ...south2, policy: narrow.id }, { ...north2, policy: narrow.id }],
    })
    const who = async (path: string) => (await curl(lab, `http://${front.address}${path}`)).page().name
    assert.equal(await who('/api/v1/'), names.get(south!.address))
    assert.equal(await who('/'), names.get(north!.address))
    const same = new Set(await Promise.all(Array.from({ length: 8 }, () => who('/api/v2/'))))
    assert.equal(same.size, 1)
    assert.ok(['south-2', 'north-2'].includes([...same][0] ?? ''))
    await setPolicy({ priority: 5 })
    assert.equal(await who('/api/v2/'), names.get(south!.address))
    for (const netns of [atNorth2, atSouth2]) await lab.at(netns).setHealth(plan.port, 200)
    await become({ port: 80, check: eager, backends: [north, { ...south, policy }] })
  })

  test('of several with the same priority the oldest is asked first', async () => {
    const body = { priority: 7, rules: [{ type: 'url', pattern: '^/tie/' }] }
    const ids: string[] = []
    for (let i = 0; i < 4; i++) ids.push((await lab.client.create('forward-policy', body)).id)
    const backends = [south2, south, north2, north].map((each, i) => ({ ...each, policy: ids[i] }))
    await become({ port: 80, check: eager, backends: backends.toReversed() })
    const { page } = await curl(lab, `http://${front.address}/tie/`)
    assert.equal(page().name, names.get(south2!.address))
    await become({ port: 80, check: eager, backends: [north, { ...south, policy }] })
    for (const id of ids) await lab.client.remove('forward-policy', id)
  })

  test('is shared by balancers, which obey it once it is applied, and not before', async () => {
    await setPolicy({ rules: [{ pattern: '^first\\.example$' }] })
    const { securityGroup } = front.balancer
    const listeners = [{ port: 80, check: eager, backends: [north, { ...south, policy }] }]
    const other = await newBalancer(lab, front.network, [], { securityGroup, listeners })
    const address = await addressOf(lab, other.eips[0])
    const bySecond = async (host: string) => {
      const { page } = await curl(lab, `http://${address}/`, '-H', `Host: ${host}`)
      return page().name.replace(/-\d$/, '')
    }
    const both = async (host: string) => [await served('/', host), await bySecond(host)]
    assert.deepEqual(
      [await both('first.example'), await both('second.example')],
      [
        ['south', 'south'],
        ['north', 'north'],
      ],
    )
    await lab.client.patch('forward-policy', policy, { rules: [{ pattern: '^second\\.example$' }] })
    await sleep(300)
    assert.deepEqual(await both('second.example'), ['north', 'north'])
    await lab.client.apply('forward-policy', policy)
    await lab.settled()
    assert.deepEqual(
      [await both('first.example'), await both('second.example')],
      [
        ['north', 'north'],
        ['south', 'south'],
      ],
    )
  })

  test('rewrites paths, each working on what the one before made', async () => {
    const rewrites = [
      { pattern: '/v2/([a-z]+),"x"', replacement: '/\\1', priority: 2 },
      { pattern: 'cats', replacement: 'dogs', priority: 0, enabled: false },
      { pattern: "^/(api|it's)/v1/", replacement: '/\\1/v2/', priority: 1 },
    ]
    await setPolicy({ operator: 'or', rules: [{ type: 'url', pattern: '^/(api|it)' }], rewrites })
    const seen = async (path: string) =>
      (await curl(lab, `http://${front.address}/`, '--request-target', path)).page().url
    assert.equal(await seen('/api/V1/x?y=/api/v1/'), '/api/v2/x?y=/api/v1/')
    assert.equal(await seen('/it\'s/v1/cats,"x"?cats'), "/it's/cats?cats")
    assert.equal(await seen('/other/v1/'), '/other/v1/')
    await setPolicy({ rewrites: [] })
  })

  test('backends with a policy come and go by the runtime socket, and no request fails', async () => {
    const url = `http://${front.address}/api/`
    const earlier = (await lab.settled()).counters
    const load = await underLoad(lab, url, 5, async () => {
      await become({ port: 80, check: eager, backends: [north, { ...south, policy }, { ...south2, policy }] })
      await become({
        port: 80,
        check: eager,
        backends: [north, { ...south, policy }, { ...south2, weight: 3, policy }],
      })
    })
    assertFlawless(load)
    const { counters } = await lab.settled()
    assert.equal(counters['reloads'], earlier['reloads'])
  })

  test('a backend that is given to a policy, to another one and back goes on serving: its health goes with it', async () => {
    const second = await lab.client.create('forward-policy', { rules: [{ type: 'url', pattern: '^/second/' }] })
    const first = await lab.client.create('forward-policy', { rules: [{ type: 'url', pattern: '^/first/' }] })
    const listener = { port: 80, check: { ...eager, rise: 8 } }
    await become({ ...listener, backends: [north, south] })
    const { id } = (await lab.client.get('load-balancer', front.balancer.id)).listeners[0]!.backends[1]!
    const began = lab.turns.length
    for (const [path, given] of [
      ['/first/', first.id],
      ['/second/', second.id],
      ['/other/', null],
    ] as const) {
      await front.listen({ ...listener, backends: [north, { ...south, id, policy: given }] })
      const pages = await Promise.all(Array.from({ length: 6 }, () => curl(lab, `http://${front.address}${path}`)))
      assert.deepEqual(new Set(pages.map(({ status }) => status)), new Set([200]), path)
    }
    // With a policy of its own it is nobody else's, and without a reload, too.
    const { counters } = await lab.settled()
    await front.listen({
      ...listener,
      backends: [
        { ...north, policy: second.id },
        { ...south, id, policy: first.id },
      ],
    })
    await front.listen({
      ...listener,
      backends: [
        { ...north, policy: first.id },
        { ...south, id, policy: second.id },
      ],
    })
    assert.equal(await served('/second/'), 'south')
    assert.equal((await lab.settled()).counters['reloads'], (counters['reloads'] ?? 0) + 1)
    assert.deepEqual(lab.turns.slice(began), [])
  })

  test('by the name that TLS asks for, where only that can be seen', async () => {
    const certificate = await lab.client.create('certificate', certificateFor({ names: ['*.example'] }))
    await setPolicy({ rules: [{ pattern: '^API\\.' }] })
    const backends = [north, { ...south, policy }]
    await become({ protocol: 'ssl', port: 443, certificates: [certificate.id], check: eager, backends })
    const who = async (host: string) => {
      const place = ['--http1.1', '--resolve', `${host}:443:${front.address}`]
      return (await curl(lab, `https://${host}/`, ...place)).page().name.replace(/-\d$/, '')
    }
    assert.deepEqual([await who('api.example'), await who('www.example')], ['south', 'north'])
  })
})
