import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { allActive, eager, until } from './network.ts'

type Body = Readonly<Record<string, unknown>>
const [north, north2, south] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const jar = '/tmp/jar'
/** Other clients, with an address of their own. */
const strangers = worldServers[3]!.netns

suite('sticky sessions, with real clients', () => {
  let lab: Lab
  let front: Front
  let jars = 0

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
  })
  after(async () => {
    await lab.run(clientNetns, 'sh', '-c', `rm -f ${jar}-${process.pid}-*`)
    await lab.close()
  })

  async function become(stickiness: Body, ...backends: readonly unknown[]): Promise<void> {
    await front.listen({ port: 80, check: eager, stickiness, backends })
    await allActive(lab, front.balancer.id)
  }

  /** A browser: it keeps its cookies. */
  function browser(origin = `http://${front.address}`) {
    const cookies = `${jar}-${process.pid}-${++jars}`
    return (path = '/') => curl(lab, `${origin}${path}`, '-b', cookies, '-c', cookies)
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

  /** Who serves the clients of a namespace, whom their address alone tells apart. */
  async function asks(netns: string, port: number): Promise<string> {
    const [page] = await lab.at(netns).pages(`http://${front.address}:${port}/`, 1)
    return typeof page === 'object' ? page.name : String(page)
  }

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
    const visitor = browser()
    const heard = await visitor()
    assert.match(valueOf(heard), /^LB=[0-9a-f]{16}; path=\/; HttpOnly$/)
    assert.equal((await browser()('/logo')).headers.get('cache-control'), 'private', 'a cache would hand it to others')
    assert.equal((await visitor()).page().headers['cookie'], undefined, 'it is between browser and balancer')
    assert.deepEqual([...new Set(await homes(6, '/'))].sort(), ['north-1', 'north-2', 'south-1'])

    const ask = browser()
    const home = await homeOf(ask)
    const place = lab.at(worldServers.find(({ name }) => name === home)?.netns ?? '')
    await place.stop(plan.port)
    assert.notEqual((await ask()).page().name, home)
    await place.serveHttp(plan.port, home)
    await allActive(lab, front.balancer.id)
  })

  test('who goes where outlives a reload, but nobody is known who is silent for longer than a lifetime', async () => {
    const certificate = (await lab.client.create('certificate', certificateFor())).id
    const sorts = [
      { type: 'insert', cookie: 'LB', lifetimeS: 600 },
      { type: 'backend', cookie: 'SID' },
      { type: 'insert', cookie: 'LB', lifetimeS: 2 },
      { type: 'backend', cookie: 'SID', lifetimeS: 2 },
      { type: 'source', lifetimeS: 10 },
    ]
    const listenFor = async (timeoutS: number) => {
      const listener = { check: eager, timeoutS, backends: [north, north2] }
      await front.listen(...sorts.map((stickiness, i) => ({ port: 80 + i, stickiness, ...listener })), {
        port: 443,
        protocol: 'https',
        certificates: [certificate],
        stickiness: sorts[2],
        ...listener,
      })
      await allActive(lab, front.balancer.id)
    }
    await listenFor(50)
    const told = valueOf(await browser(`https://${front.address}`)())
    assert.match(told, /^LB=\S+; path=\/; HttpOnly; Secure$/, 'what TLS brought never goes without')

    /** Four browsers at a port, with who serves each. */
    const browsersAt = async (port: number) => {
      const all = Array.from({ length: 4 }, () => browser(`http://${front.address}:${port}`))
      const served: string[] = []
      for (const each of all) served.push(await homeOf(each))
      assert.deepEqual([...new Set(served)].sort(), ['north-1', 'north-2'])
      return { all, served }
    }
    const [remembered, forgotten] = [
      [await browsersAt(80), await browsersAt(81)],
      [await browsersAt(82), await browsersAt(83)],
    ]
    const [mine, theirs] = [await asks(clientNetns, 84), await asks(strangers, 84)]
    assert.notEqual(mine, theirs)
    assert.deepEqual([await asks(strangers, 84), await asks(clientNetns, 84)], [theirs, mine])

    // HAProxy keeps the time of its cookies in steps of four seconds.
    await new Promise(resolve => setTimeout(resolve, 11_000))
    for (const { all, served } of forgotten) {
      const later: string[] = []
      for (const [i, each] of all.entries()) if (served[i] === served[0]) later.push((await each()).page().name)
      assert.deepEqual([...new Set(later)].sort(), ['north-1', 'north-2'])
    }
    // Turns go on where they were: who comes first now gets what the other had.
    assert.deepEqual([await asks(strangers, 84), await asks(clientNetns, 84)], [mine, theirs])

    await listenFor(51)
    // Those of one backend before those of the other: whoever is not known is led by turns.
    for (const { all, served } of remembered) {
      for (const home of ['north-1', 'north-2']) {
        for (const [i, each] of all.entries()) if (served[i] === home) assert.equal(await homeOf(each, '/'), home)
      }
    }
  })

  test('the cookie of a backend, its value replaced', async () => {
    await become({ type: 'rewrite', cookie: 'SID' }, north, north2)
    assert.match(valueOf(await browser()('/login')), /^SID=[0-9a-f]{16}; Path=\/$/)
    assert.deepEqual([...new Set(await homes(4))].sort(), ['north-1', 'north-2'])
  })

  test('the cookie of a backend, with a prefix that the backend never sees', async () => {
    await become({ type: 'prefix', cookie: 'SID' }, north, north2)
    const ask = browser()
    assert.match(valueOf(await ask('/login')), /^SID=[0-9a-f]{16}~session-\d+-of-north-\d; Path=\/$/)
    const page = (await ask()).page()
    assert.match(String(page.headers['cookie']), new RegExp(`^SID=session-\\d+-of-${page.name}$`))
    assert.deepEqual([...new Set(await homes(4))].sort(), ['north-1', 'north-2'])
  })

  test('the cookie of a backend, remembered here', async () => {
    await become({ type: 'backend', cookie: 'SID' }, north, north2)
    assert.match(valueOf(await browser()('/login')), /^SID=session-\d+-of-north-\d; Path=\/$/)
    assert.deepEqual([...new Set(await homes(4))].sort(), ['north-1', 'north-2'])
  })

  test('by source, across reloads that come at once, also where a process was just started', async () => {
    let timeoutS = 50
    const reload = async (stickiness: Body) => {
      await front.listen({ port: 80, check: eager, timeoutS: ++timeoutS, stickiness, backends: [north, north2] })
      await allActive(lab, front.balancer.id)
    }
    const source = { type: 'source', lifetimeS: 60 }
    /** Who serves clients, in the order in which they ask three times. */
    const homesOf = async (...clients: readonly string[]) => {
      const seen = new Map(clients.map(netns => [netns, new Set<string>()]))
      for (let i = 0; i < 3; i++) for (const [netns, names] of seen) names.add(await asks(netns, 80))
      return [...seen.values()].map(names => [...names].join(' and '))
    }
    for (const isNew of [false, true]) {
      await reload({ type: 'none' })
      await reload(source)
      if (isNew) {
        const began = lab.events.length
        await lab.run(null, 'kill', '-9', String(lab.proxyOf(front.balancer.id)))
        await until('it is there again', 20_000, () => lab.events.slice(began).some(({ type }) => type === 'healed'))
        await allActive(lab, front.balancer.id)
      }
      const [first, second, third] = await homesOf(clientNetns, strangers, worldServers[2]!.netns)
      assert.ok(
        first === third && first !== second && !`${first} ${second}`.includes('and'),
        `${first}, ${second}, ${third}`,
      )
      await reload(source)
      // Whoever is not known is led by turns: the neighbours would be parted.
      assert.deepEqual(await homesOf(clientNetns, worldServers[2]!.netns, strangers), [first, third, second])
    }
  })
})
