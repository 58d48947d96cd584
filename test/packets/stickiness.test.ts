import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { allActive, eager } from './network.ts'

type Body = Readonly<Record<string, unknown>>
const [north, north2, south] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const jar = '/tmp/jar'

suite('sticky sessions, with real clients', () => {
  let lab: Lab
  let front: Front
  let jars = 0

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
  })
  after(() => lab.close())

  async function become(stickiness: Body, ...backends: readonly unknown[]): Promise<void> {
    await front.listen({ port: 80, check: eager, stickiness, backends })
    await allActive(lab, front.balancer.id)
  }

  /** A browser: it keeps its cookies. */
  function browser() {
    const cookies = `${jar}-${process.pid}-${++jars}`
    return (path = '/') => curl(lab, `http://${front.address}${path}`, '-b', cookies, '-c', cookies)
  }

  /** Who serves so many browsers that sign in first and then ask four times each; fails where one is served by two. */
  async function homes(count: number, path = '/login'): Promise<readonly string[]> {
    const found: string[] = []
    for (let i = 0; i < count; i++) found.push(await homeOf(browser(), path))
    return found
  }

  async function homeOf(ask: ReturnType<typeof browser>, path = '/login'): Promise<string> {
    const seen = new Set([(await ask(path)).page().name])
    for (let i = 0; i < 4; i++) seen.add((await ask()).page().name)
    assert.equal(seen.size, 1, [...seen].join(' and '))
    return [...seen][0] ?? ''
  }

  /** The value that a cookie was set to. */
  const valueOf = ({ headers }: Awaited<ReturnType<typeof curl>>) => headers.get('set-cookie') ?? ''

  test('none: a client goes round', async () => {
    await become({ type: 'none' }, north, north2)
    const ask = browser()
    const seen = new Set([(await ask()).page().name, (await ask()).page().name])
    assert.equal(seen.size, 2)
  })

  test('a cookie of the balancer: backends added while it runs have theirs, and others take over for one that dies', async () => {
    await become({ type: 'insert', cookie: 'LB' }, north)
    const earlier = (await lab.settled()).counters
    await become({ type: 'insert', cookie: 'LB' }, north, north2, south)
    const { counters } = await lab.settled()
    assert.equal(counters['reloads'], earlier['reloads'])
    assert.match(valueOf(await browser()()), /^LB=[0-9a-f]{16}; path=\/; HttpOnly$/)
    assert.deepEqual([...new Set(await homes(6, '/'))].sort(), ['north-1', 'north-2', 'south-1'])
    const { page } = await browser()()
    assert.equal(page().headers['cookie'], undefined)

    const ask = browser()
    const home = await homeOf(ask)
    const place = lab.at(worldServers.find(({ name }) => name === home)?.netns ?? '')
    await place.stop(plan.port)
    assert.notEqual((await ask()).page().name, home)
    await place.serveHttp(plan.port, home)
    await allActive(lab, front.balancer.id)
  })

  test('such a cookie outlives a reload, and one with a lifetime ends', async () => {
    const remember = async (lifetimeS: number, timeoutS: number) => {
      const stickiness = { type: 'insert', cookie: 'LB', lifetimeS }
      await front.listen({ port: 80, check: eager, timeoutS, stickiness, backends: [north, north2] })
      await allActive(lab, front.balancer.id)
    }
    await remember(600, 50)
    const ask = browser()
    const home = await homeOf(ask)
    await remember(600, 51)
    assert.equal(await homeOf(ask, '/'), home)

    await remember(2, 51)
    const neighbours: ReturnType<typeof browser>[] = []
    for (let i = 0; i < 6; i++) {
      const each = browser()
      if ((await homeOf(each)) === home) neighbours.push(each)
    }
    assert.ok(neighbours.length >= 2, 'browsers go round')
    // HAProxy keeps the time in steps of four seconds: two seconds are over after six at the latest.
    await new Promise(resolve => setTimeout(resolve, 6500))
    const later: string[] = []
    for (const each of neighbours) later.push((await each()).page().name)
    assert.deepEqual([...new Set(later)].sort(), ['north-1', 'north-2'])
  })

  test('the cookie of a backend, its value replaced', async () => {
    await become({ type: 'rewrite', cookie: 'SID' }, north, north2)
    assert.match(valueOf(await browser()('/login')), /^SID=[0-9a-f]{16}; Path=\/$/)
    assert.deepEqual([...new Set(await homes(4))].sort(), ['north-1', 'north-2'])
  })

  test('the cookie of a backend, with a prefix that the backend never sees', async () => {
    await become({ type: 'prefix', cookie: 'SID' }, north, north2)
    const ask = browser()
    assert.match(valueOf(await ask('/login')), /^SID=[0-9a-f]{16}~session-of-north-\d; Path=\/$/)
    const page = (await ask()).page()
    assert.equal(page.headers['cookie'], `SID=session-of-${page.name}`)
    assert.deepEqual([...new Set(await homes(4))].sort(), ['north-1', 'north-2'])
  })

  test('the cookie of a backend, remembered here, across a reload too', async () => {
    const stickiness = { type: 'backend', cookie: 'SID' }
    await become(stickiness, north, north2)
    const browsers = [browser(), browser(), browser(), browser()]
    const earlier: string[] = []
    for (const ask of browsers) earlier.push(await homeOf(ask))
    assert.deepEqual([...new Set(earlier)].sort(), ['north-1', 'north-2'])
    await front.listen({ port: 80, check: eager, timeoutS: 60, stickiness, backends: [north, north2] })
    await allActive(lab, front.balancer.id)
    const later: string[] = []
    for (const ask of browsers) later.push(await homeOf(ask, '/'))
    assert.deepEqual(later, earlier)
  })

  test('by source, across a reload too', async () => {
    const stickiness = { type: 'source', lifetimeS: 60 }
    await become(stickiness, north, north2)
    const ask = async () => (await curl(lab, `http://${front.address}/`)).page().name
    const home = await ask()
    for (let i = 0; i < 4; i++) assert.equal(await ask(), home)
    await front.listen({ port: 80, check: eager, timeoutS: 70, stickiness, backends: [north, north2] })
    await allActive(lab, front.balancer.id)
    for (let i = 0; i < 4; i++) assert.equal(await ask(), home)
    await lab.run(clientNetns, 'sh', '-c', `rm -f ${jar}-${process.pid}-*`)
  })
})
