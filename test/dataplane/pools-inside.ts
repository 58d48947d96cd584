/** Run by haproxy.test.ts inside a sandbox: tiers, queues, slow starts and repeated requests, on the loopback. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { haproxyDriver, type HaproxyDriver } from '../../src/dataplane/haproxy.ts'
import type { ProxyItem } from '../../src/host/item.ts'
import type { ProxyListener, ProxyPool, ProxyServer } from '../../src/host/proxy.ts'
import { get, proxyOn, serverOn, startBackend, until, withOnly, type TestBackend } from './proxy-world.ts'

const port = 8080
const listener = 'lbl-00000001'
let directory = ''
let driver: HaproxyDriver
let backends: TestBackend[] = []
let undo: (() => Promise<void>)[] = []

beforeEach(async () => {
  directory = mkdtempSync('/tmp/cw-pools-')
  driver = haproxyDriver({ directory, enter: (_, run) => run(), drifted: () => {} })
  backends = await Promise.all(['a', 'b', 'c', 'd'].map((name, i) => startBackend(name, 9001 + i)))
})

afterEach(async () => {
  for (const item of await driver.observe()) await driver.remove(item)
  driver.close()
  rmSync(directory, { recursive: true })
  await Promise.all([...backends.map(each => each.close()), ...undo.map(each => each())])
  undo = []
})

function at(i: number, change: Partial<ProxyServer> = {}): ProxyServer {
  return serverOn(9001 + i, change)
}

/** The same with other servers in its pool, and more pools that stand in for it, by tier. */
function withTiers(item: ProxyItem, servers: readonly ProxyServer[], tiers: Readonly<Record<number, ProxyServer[]>>) {
  const [only] = item.config.listeners
  assert.ok(only)
  const names = Object.keys(tiers).map(tier => `${listener}_b${tier}`)
  const own = { ...only.pools[0], servers }
  const others = Object.values(tiers).map((members, i): ProxyPool => {
    return { ...own, id: names[i] ?? '', standsInFor: [listener, ...names.slice(0, i)], servers: members }
  })
  const changed: ProxyListener = { ...only, pools: [own, ...others] }
  return { ...item, config: { ...item.config, listeners: [changed] } }
}

async function whoServes(): Promise<string> {
  return [...new Set(await Promise.all(Array.from({ length: 12 }, () => get(port))))].sort().join('')
}

function served(by: string): Promise<number> {
  return until(`${by} serves`, async () => (await whoServes()) === by)
}

function allUp(item: ProxyItem): Promise<number> {
  return until('every backend is up', async () => (await driver.health([item])).every(({ state }) => state === 'up'))
}

test('of backups, those of the smallest tier that has one left serve, all of them', async () => {
  const item = withTiers(
    proxyOn(port, [], { intervalS: 2 }),
    [at(0), at(1, { backup: true }), at(2, { backup: true })],
    { 2: [at(3)] },
  )
  await driver.put(item)
  await allUp(item)
  assert.deepEqual(await driver.observe(), [item])
  assert.equal(await whoServes(), 'a')
  const [a, b, c] = backends
  a!.status = 503
  await served('bc')
  b!.status = 503
  await served('c')
  c!.status = 503
  await served('d')
  a!.status = 200
  await served('a')
  const more = withTiers(item, [at(0), at(1, { backup: true })], { 2: [at(3), at(2)] })
  await driver.put(more)
  assert.equal(driver.counters.reloads, 0, 'a backend moves between tiers that are there')
})

test('a limit on connections holds from the first to the last, and others wait their turn', async () => {
  let [now, most, allowed] = [0, 0, 0]
  const answer = async (response: ServerResponse) => {
    most = Math.max(most, ++now)
    // As many as may come have time to, and one too many as well.
    await until('as many as may are there', () => most >= allowed, 8000).catch(() => {})
    await sleep(300)
    now--
    response.end('s')
  }
  const slow = await serve(9101, (incoming, response) => {
    if (incoming.url === '/health') return response.end()
    return void answer(response)
  })
  undo.push(slow)
  const limited = (maxConnections: number | null) => [serverOn(9101, { maxConnections })]
  const item = proxyOn(port, limited(2))
  const flood = async (limit: number) => {
    most = 0
    allowed = limit
    const answers = await Promise.all(Array.from({ length: 6 }, () => get(port)))
    return [answers.join(''), most]
  }
  const become = async (servers: readonly ProxyServer[]) => {
    const wish = withOnly(item, {}, { servers })
    await driver.put(wish)
    assert.deepEqual(await driver.observe(), [wish])
    await allUp(wish)
  }
  await become(limited(2))
  assert.deepEqual(await flood(2), ['ssssss', 2])
  await become(limited(3))
  assert.deepEqual(await flood(3), ['ssssss', 3])
  await become(limited(null))
  assert.deepEqual(await flood(6), ['ssssss', 6])
  await become([])
  await become(limited(1))
  assert.deepEqual(await flood(1), ['ssssss', 1])
  await become(limited(4))
  assert.deepEqual(await flood(4), ['ssssss', 4])
  assert.equal(driver.counters.reloads, 0)
})

test('who waits longer than the queue allows is told so', async () => {
  const item = withOnly(proxyOn(port, [at(0, { maxConnections: 1 })]), { queueS: 3 })
  await driver.put(item)
  await allUp(item)
  const answers = [get(port, '/held'), get(port, '/held')]
  await until('one is served and one waits', async () => {
    const [health] = await driver.health([item])
    return health?.sessions === 1 && health.queued === 1
  })
  assert.equal(await Promise.race(answers), '503')
  backends[0]!.release()
  assert.deepEqual((await Promise.all(answers)).sort(), ['503', 'a'])
})

test('a backend that comes gets its share slowly, but not those that were there before a reload', async () => {
  const slowly = (servers: readonly ProxyServer[], retries = 3) =>
    withOnly(proxyOn(port, servers), { retries }, { slowStartS: 8 })
  await driver.put(slowly([at(0)]))
  await allUp(slowly([at(0)]))
  const share = async () => {
    // Some at a time, so that little of the start is over meanwhile.
    const answers = []
    for (let i = 0; i < 6; i++) answers.push(...(await Promise.all(Array.from({ length: 10 }, () => get(port)))))
    return answers.filter(by => by === 'b').length / answers.length
  }
  await sleep(8500)
  await driver.put(slowly([at(0), at(1)]))
  await until('b serves', async () => (await share()) > 0)
  const first = await share()
  await sleep(3500)
  const second = await share()
  await driver.put(slowly([at(0), at(1)], 2))
  assert.equal(driver.counters.reloads, 1)
  const third = await share()
  await sleep(8500)
  const last = await share()
  await driver.put(slowly([at(0), at(1)], 1))
  const after = await share()
  assert.ok(first < 0.3 && first < second && second < 0.48 && third < 0.3, `${first}, ${second}, ${third}`)
  assert.ok(last > 0.48 && after > 0.48, `${last}, ${after}`)
})

test('a request that may be made twice is made again elsewhere; no other ever is', async () => {
  const heard: string[] = []
  for (const [i, death] of (['at once', 'in the head'] as const).entries()) {
    undo.push(
      await serve(9201 + i, (incoming, response) => {
        if (incoming.url === '/health') return response.end()
        heard.push(incoming.method ?? '')
        if (death === 'in the head') incoming.socket.write('HTTP/1.1 200 OK\r\nContent-Le')
        incoming.socket.destroy()
        return response
      }),
    )
  }
  const item = withOnly(proxyOn(port, [at(0), serverOn(9201), serverOn(9202)]), { repeats: true })
  await driver.put(item)
  await allUp(item)
  const results = new Map<string, string[]>()
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH']) {
    for (let i = 0; i < 6; i++) results.getOrInsertComputed(method, () => []).push(await ask(method))
  }
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
    assert.deepEqual([...new Set(results.get(method))], ['200'], method)
  }
  for (const method of ['POST', 'PATCH']) {
    const failed = results.get(method)?.filter(status => status !== '200') ?? []
    assert.ok(failed.length >= 2, 'some came to a backend that died')
    assert.equal(heard.filter(each => each === method).length, failed.length, `each ${method} was heard once`)
  }
})

function ask(method: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'x'.repeat(3000) : ''
    const headers = body ? { 'content-length': String(body.length) } : {}
    const outgoing = request({ host: '127.0.0.1', port, method, headers, agent: false }, response => {
      response.resume().on('end', () => resolve(String(response.statusCode)))
    })
    outgoing.on('error', reject).end(body)
  })
}

async function serve(
  on: number,
  answer: (incoming: IncomingMessage, response: ServerResponse) => unknown,
): Promise<() => Promise<void>> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(on, '127.0.0.1', resolve))
  return () => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(() => resolve()))
  }
}

/** A page that comes in pieces, in the end all of it, and how it ended. */
function download(): Promise<string> {
  return new Promise(resolve => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/', agent: false }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', part => (body += part))
      response.on('end', () => resolve(/end$|^a$/.test(body) ? 'whole' : 'cut'))
      response.on('error', () => resolve('cut'))
    })
    outgoing.on('error', () => resolve('refused')).end()
  })
}

/** A backend whose pages last until they are let go, and how many it serves. */
async function startSlow(on: number) {
  const pages = new Set<ServerResponse>()
  const answer = (incoming: IncomingMessage, response: ServerResponse) => {
    if (incoming.url === '/health') return response.end()
    pages.add(response)
    response.write('begin')
    const timer = setInterval(() => response.write('.'), 50)
    return response.on('close', () => {
      clearInterval(timer)
      pages.delete(response)
    })
  }
  undo.push(await serve(on, answer))
  return { pages, release: () => pages.forEach(page => page.end('end')) }
}

const drainOf = async (item: ProxyItem) => {
  const [, draining] = await driver.health([item])
  return draining ? [draining.state, draining.sessions, draining.drain?.isRemoved] : []
}

for (const byReload of [false, true]) {
  const how = byReload ? 'also in a process that a reload replaced' : 'in the process that serves'
  const wish = (servers: readonly ProxyServer[], drainS: number, retries: number) =>
    withOnly(proxyOn(port, servers), { retries }, { drainS })

  test(`what a removed backend still has is told, ends by itself where it may, ${how}`, async () => {
    const slow = await startSlow(9301)
    await driver.put(wish([serverOn(9301)], 0, 3))
    await allUp(wish([serverOn(9301)], 0, 3))
    const ended = [download(), download()]
    await until('both are under way', () => slow.pages.size === 2)
    const after = wish([at(0)], 0, byReload ? 2 : 3)
    await driver.put(after)
    await until('two connections are told of', async () => String(await drainOf(after)) === 'draining,2,true')
    driver.close()
    driver = haproxyDriver({ directory, enter: (_, run) => run(), drifted: () => {} })
    assert.deepEqual(await driver.observe(), [after])
    await until('they are after a restart', async () => String(await drainOf(after)) === 'draining,2,true')
    slow.release()
    assert.deepEqual(await Promise.all(ended), ['whole', 'whole'])
    await until('it has drained', async () => (await drainOf(after)).length === 0)
  })

  test(`and is cut when its time is over, ${how}`, async () => {
    const slow = await startSlow(9301)
    const both = [at(0), serverOn(9301)]
    await driver.put(wish(both, 3, 3))
    await allUp(wish(both, 3, 3))
    const ended = Promise.all(Array.from({ length: 4 }, download))
    await until('two are under way', () => slow.pages.size === 2)
    const from = performance.now()
    const off = [at(0), serverOn(9301, { enabled: false })]
    const after = wish(off, 3, byReload ? 2 : 3)
    await driver.put(after)
    await until('connections are told of', async () => String(await drainOf(after)) === 'draining,2,false')
    driver.close()
    driver = haproxyDriver({ directory, enter: (_, run) => run(), drifted: () => {} })
    assert.deepEqual(await driver.observe(), [after])
    assert.deepEqual((await ended).sort(), ['cut', 'cut', 'whole', 'whole'])
    const tookMs = performance.now() - from
    assert.ok(tookMs > 2900 && tookMs < 15_000, `${tookMs} ms`)
    await until('nothing is left', async () => String(await drainOf(after)) === 'maintenance,0,')
    assert.equal(driver.counters.processes, 0)
  })
}
