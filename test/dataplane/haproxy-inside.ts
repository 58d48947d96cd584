/** Run by haproxy.test.ts inside a sandbox: everything listens on the loopback of a network namespace of its own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { haproxyDriver, type HaproxyDriver } from '../../src/dataplane/haproxy.ts'
import type { Drift } from '../../src/dataplane/host.ts'
import { close, open } from '../../src/dataplane/libc.ts'
import { createNetns, deleteNetns, enter as enterFd, netnsPath } from '../../src/dataplane/netns.ts'
import { RuntimeSocket } from '../../src/dataplane/proxy-socket.ts'
import type { ProxyItem } from '../../src/host/item.ts'
import type { ProxyServer } from '../../src/host/proxy.ts'
import {
  get,
  proxyOn,
  serverOn,
  startBackend,
  statesOf,
  underLoad,
  until,
  withOnly,
  type TestBackend,
} from './proxy-world.ts'

function enter<T>(netns: string, run: () => T): T {
  const fd = open(netnsPath(netns))
  try {
    return enterFd(fd, run)
  } finally {
    close(fd)
  }
}

let directory = ''
let drifts: Drift[] = []
let driver: HaproxyDriver
let a: TestBackend
let b: TestBackend
const port = 8080

function newDriver(): HaproxyDriver {
  return haproxyDriver({ directory, enter, drifted: drift => drifts.push(drift) })
}

function withServers(item: ProxyItem, servers: readonly ProxyServer[]): ProxyItem {
  return withOnly(item, {}, { servers })
}

/** What HAProxy answers to somebody else than the driver. */
async function ask(item: ProxyItem, line: string): Promise<string> {
  const socket = new RuntimeSocket(`${directory}/${item.name}.sock`, () => {})
  const answers = await socket.ask(line)
  socket.close()
  return answers.join('\n')
}

async function pidOf(item: ProxyItem): Promise<number> {
  return Number(/^Pid: (\d+)$/m.exec(await ask(item, 'show info'))?.[1])
}

async function isUp(item: ProxyItem, backend: string): Promise<boolean> {
  return (await driver.health([item])).some(health => health.backend === backend && health.state === 'up')
}

function allUp(item: ProxyItem, withinMs?: number): Promise<number> {
  const up = async () => (await driver.health([item])).every(({ state }) => state === 'up')
  return until('every backend is up', up, withinMs)
}

beforeEach(async () => {
  directory = mkdtempSync('/tmp/cw-haproxy-')
  drifts = []
  driver = newDriver()
  a = await startBackend('a', 9001)
  b = await startBackend('b', 9002)
})

afterEach(async () => {
  for (const item of await driver.observe()) await driver.remove(item)
  driver.close()
  rmSync(directory, { recursive: true })
  await a.close()
  await b.close()
})

test('a new balancer is one process that serves once its backends are known to be healthy', async () => {
  const item = proxyOn(port, [serverOn(a.port), serverOn(b.port)])
  for (const each of [a, b]) each.holdsChecks = true
  await driver.put(item)
  assert.equal(await get(port), '503')
  for (const each of [a, b]) {
    each.holdsChecks = false
    each.release()
  }
  assert.ok((await allUp(item)) < 9000, 'it waited for a whole interval')
  assert.deepEqual([await get(port), await get(port)].sort(), ['a', 'b'])
  assert.deepEqual(a.seen.slice(0, 2), ['check', 'check'])
  assert.deepEqual(await driver.observe(), [item])
  assert.deepEqual(driver.counters, { processes: 1, reloads: 0, proxyCommands: 0 })
})

test('what goes through a balancer is counted, by listener and by backend', async () => {
  const item = proxyOn(port, [serverOn(a.port), serverOn(b.port)])
  await driver.put(item)
  await allUp(item)
  for (let i = 0; i < 4; i++) await get(port)
  const [listener] = item.config.listeners
  let measures = await driver.measures([item])
  const of = (name: string) => measures.find(measure => measure.name === name)?.values ?? {}
  // What an answer was is counted once HAProxy is through with it, for which its client need not wait.
  await until('every answer is counted', async () => {
    measures = await driver.measures([item])
    return (of(listener?.id ?? '')['responses2xx'] ?? 0) >= 4
  })
  const { requests, responses2xx, responses5xx, newConnections, bytesIn = 0, bytesOut = 0 } = of(listener?.id ?? '')
  assert.deepEqual([requests, responses2xx, responses5xx], [4, 4, 0])
  assert.ok((newConnections ?? 0) >= 1 && bytesIn > 40 && bytesOut > 40)
  for (const { id } of listener?.pools[0].servers ?? []) {
    const { requests: served, responses2xx: good, latency } = of(`${listener?.id}/${id}`)
    assert.deepEqual([served, good], [2, 2], 'checks are not requests')
    assert.equal(typeof latency, 'number')
  }
  assert.equal(measures.length, 3)
  await driver.remove(item)
  assert.deepEqual(await driver.measures([item]), [])
})

test('another driver adopts what runs and changes nothing', async () => {
  const item = proxyOn(port, [serverOn(a.port)])
  await driver.put(item)
  await allUp(item)
  const pid = await pidOf(item)
  driver.close()
  driver = newDriver()
  assert.deepEqual(await driver.observe(), [item])
  assert.deepEqual(await driver.observe(['cw-elsewhere']), [])
  await driver.put(item)
  assert.equal(await pidOf(item), pid)
  assert.deepEqual(driver.counters, { processes: 0, reloads: 0, proxyCommands: 0 })
})

test('backends come, change and go under load without a failed request or a reload', async () => {
  const first = serverOn(a.port)
  const item = proxyOn(port, [first])
  await driver.put(item)
  await allUp(item)
  const pid = await pidOf(item)
  const load = await underLoad(port, true, async () => {
    const become = async (servers: readonly ProxyServer[]): Promise<void> => {
      const wish = withServers(item, servers)
      await driver.put(wish)
      assert.deepEqual(await driver.observe(), [wish])
      const enabled = servers.filter(server => server.enabled)
      await until('the enabled are up', async () => {
        const up = await Promise.all(enabled.map(({ id }) => isUp(wish, id)))
        return up.every(Boolean)
      })
    }
    await become([first, serverOn(b.port)])
    assert.deepEqual(b.seen.slice(0, 2), ['check', 'check'])
    await become([first, serverOn(b.port, { weight: 5 })])
    await become([first, serverOn(b.port, { weight: 0 })])
    await become([first, serverOn(b.port, { weight: 3 })])
    await become([first, serverOn(b.port, { enabled: false })])
    await become([first, serverOn(b.port)])
    await become([serverOn(a.port, { backup: true }), serverOn(b.port)])
    await become([first, { ...serverOn(9003), port: b.port }])
    await become([first])
    await become([first, serverOn(b.port)])
  })
  assert.deepEqual(load.failures, [])
  assert.ok((load.answers.get('b') ?? 0) > 100)
  assert.equal(await pidOf(item), pid)
  assert.deepEqual([driver.counters.processes, driver.counters.reloads], [1, 0])
})

test('what was changed a moment ago is known: changing on from there takes what differs, and nothing else', async () => {
  const item = proxyOn(port, [serverOn(a.port), serverOn(b.port)])
  await driver.put(item)
  await allUp(item)
  const first = serverOn(a.port)
  let commands = driver.counters.proxyCommands
  for (const [servers, taken] of [
    [[first, serverOn(b.port, { weight: 5 })], 1],
    [[first, { ...serverOn(9003), port: b.port }], 2],
    [[first, { ...serverOn(9003), port: 9004, maxConnections: 7 }], 2],
    [[first, serverOn(9003, { enabled: false })], 1],
    [[first, serverOn(9003), serverOn(b.port)], 2],
    [[first, serverOn(9003, { backup: true }), serverOn(b.port, { maxConnections: 3 })], 3],
  ] as const) {
    await driver.put(withServers(item, servers))
    await driver.put(withServers(item, servers))
    assert.equal(driver.counters.proxyCommands - commands, taken)
    commands = driver.counters.proxyCommands
  }
  const last = withServers(item, [first, serverOn(9003, { backup: true }), serverOn(b.port, { maxConnections: 3 })])
  assert.deepEqual(await driver.observe(), [last])
  driver.close()
  driver = newDriver()
  assert.deepEqual(await driver.observe(), [last], 'what it was brought to is on file when the driver ends')
})

test('weights divide the requests, and 0 drains', async () => {
  const item = proxyOn(port, [serverOn(a.port, { weight: 30 }), serverOn(b.port, { weight: 10 })])
  await driver.put(item)
  await allUp(item)
  const share = async () =>
    (await Promise.all(Array.from({ length: 40 }, () => get(port)))).filter(by => by === 'a').length
  assert.equal(await share(), 30)
  await driver.put(withServers(item, [serverOn(a.port, { weight: 0 }), serverOn(b.port, { weight: 10 })]))
  assert.equal(await share(), 0)
})

test('requests in flight outlive the removal of their backend, which goes when they have ended', async () => {
  const item = proxyOn(port, [serverOn(a.port), serverOn(b.port)])
  await driver.put(item)
  await allUp(item)
  const held = [get(port, '/held'), get(port, '/held')]
  await until('each has one', () => a.holds === 1 && b.holds === 1)
  await driver.put(withServers(item, [serverOn(a.port)]))
  // The same backend comes back before its old self is gone.
  await driver.put(item)
  assert.deepEqual(await driver.observe(), [item])
  for (const each of [a, b]) each.release()
  assert.deepEqual((await Promise.all(held)).sort(), ['a', 'b'])
  const servers = async () => (await ask(item, 'show stat -1 4 -1')).match(/lbb-[\w:]+/g)
  await until('the retired server is deleted', async () => (await servers())?.length === 2)
  assert.deepEqual(await servers(), ['lbb-00009001', 'lbb-00009002:2'])
  await allUp(item)
})

for (const keepAlive of [false, true]) {
  test(`a change of structure is one reload that keeps health and loses no request${keepAlive ? ' of clients that stay' : ''}`, async () => {
    const item = proxyOn(port, [serverOn(a.port), serverOn(b.port)], { rise: 5 })
    await driver.put(item)
    assert.ok((await allUp(item)) < 20_000, 'it waited for whole intervals')
    const wish = proxyOn(port, [serverOn(a.port), serverOn(b.port), serverOn(9)], { rise: 5, intervalS: 20 })
    const load = await underLoad(port, keepAlive, async () => {
      await sleep(200)
      await driver.put(wish)
      assert.deepEqual(
        statesOf(await driver.health([wish])).map(state => state.split(':')[0]),
        ['up', 'up', 'down'],
      )
      await sleep(500)
    })
    assert.deepEqual(load.failures, [])
    assert.deepEqual(await driver.observe(), [wish])
    assert.deepEqual([driver.counters.processes, driver.counters.reloads], [2, 1])
  })
}

test('a killed process is noticed, and its replacement serves at once', async () => {
  const item = proxyOn(port, [serverOn(a.port)], { rise: 5 })
  await driver.put(item)
  await allUp(item)
  process.kill(await pidOf(item), 'SIGKILL')
  await until('the end of our own child is reported', () => drifts.length === 1)
  assert.deepEqual(drifts, [{ netns: item.netns, what: `haproxy ${item.name} exited` }])
  assert.deepEqual(await driver.observe(), [])
  await driver.put(item)
  assert.equal(await get(port), 'a')

  driver.close()
  driver = newDriver()
  drifts = []
  assert.deepEqual(await driver.observe(), [item])
  process.kill(await pidOf(item), 'SIGKILL')
  assert.deepEqual(await driver.health([item]), [])
  assert.deepEqual(await driver.health([item]), [])
  assert.deepEqual(drifts, [{ netns: item.netns, what: `haproxy ${item.name} exited` }])
})

test('a dead backend is out after its failures, in its own words, and comes back', async () => {
  const item = proxyOn(port, [serverOn(a.port), serverOn(b.port), serverOn(9), serverOn(9004, { enabled: false })], {
    intervalS: 2,
  })
  await driver.put(item)
  await until(
    'two are up',
    async () => (await isUp(item, serverOn(a.port).id)) && (await isUp(item, serverOn(b.port).id)),
  )
  b.status = 503
  const down = await until('b is down', async () => statesOf(await driver.health([item]))[1] === 'down: HTTP 503')
  assert.ok(down < 8000)
  assert.deepEqual(statesOf(await driver.health([item])), [
    'up: HTTP 200',
    'down: HTTP 503',
    'down: connection refused',
    'maintenance: ',
  ])
  assert.equal(await get(port), 'a')
  b.status = 200
  await until('b is rising', async () => statesOf(await driver.health([item]))[1] === 'rising: HTTP 200')
  await until('b is up', () => isUp(item, serverOn(b.port).id))
})

test('a backend that no route leads to says so', async () => {
  const item = proxyOn(port, [{ ...serverOn(80), address: '192.0.2.1' }])
  await driver.put(item)
  await until('no route', async () => statesOf(await driver.health([item]))[0] === 'down: no route')
})

test('a connection too many waits until there is room, and is then served', async () => {
  const item = proxyOn(port, [serverOn(a.port)])
  const [most, few] = [3, { ...item, config: { ...item.config, maxConnections: 3 } }]
  await driver.put(few)
  await allUp(few)
  const idle = await Promise.all(
    Array.from({ length: most }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }),
  )
  let answered = false
  const late = get(port).then(name => {
    answered = true
    return name
  })
  await sleep(500)
  assert.equal(answered, false)
  const waiting = await driver.measures([few])
  const { connections, connectionLimit, availableBackends } = waiting.find(({ kind }) => kind === 'listener')!.values
  assert.deepEqual([connections, connectionLimit, availableBackends], [most, most, 1])
  idle[0]!.destroy()
  assert.equal(await late, 'a')
  for (const socket of idle) socket.destroy()
})

test('what a stranger changed is seen and made good', async () => {
  const item = proxyOn(port, [serverOn(a.port), serverOn(b.port)])
  await driver.put(item)
  await ask(item, 'set server lbl-00000001/lbb-00009001 weight 7; set server lbl-00000001/lbb-00009002 state maint')
  assert.deepEqual(await driver.observe(), [withServers(item, [serverOn(a.port, { weight: 7 })])])
  await driver.put(item)
  assert.deepEqual(await driver.observe(), [item])
})

test('a configuration that HAProxy refuses is an error in its words, and the old process serves on', async () => {
  const item = proxyOn(port, [serverOn(a.port)])
  await driver.put(item)
  await allUp(item)
  const pid = await pidOf(item)
  const listener = item.config.listeners[0]
  assert.ok(listener)
  const wrong = { ...item, config: { ...item.config, listeners: [listener, { ...listener, id: 'lbl-00000001' }] } }
  await assert.rejects(driver.put(wrong), /did not start.*lbl-00000001/s)
  assert.equal(await pidOf(item), pid)
  assert.equal(await get(port), 'a')
  assert.notDeepEqual(await driver.observe(), [wrong])
  await driver.put(item)
  assert.deepEqual(await driver.observe(), [item])
})

test('a process lives in its own namespace, and is replaced when the namespace is', async () => {
  const item: ProxyItem = { ...proxyOn(port, []), netns: 'cw-lb-00000001' }
  createNetns(item.netns, () => {})
  await driver.put(item)
  const namespace = readlinkSync(`/proc/${await pidOf(item)}/ns/net`)
  assert.notEqual(namespace, readlinkSync('/proc/self/ns/net'))
  deleteNetns(item.netns)
  assert.deepEqual(await driver.observe(), [])
  createNetns(item.netns, () => {})
  assert.deepEqual(await driver.observe(), [])
  await driver.put(item)
  assert.notEqual(readlinkSync(`/proc/${await pidOf(item)}/ns/net`), namespace)
  assert.deepEqual(await driver.observe(), [item])
  await driver.remove(item)
  deleteNetns(item.netns)
})

const kinds = [
  { mode: 'http', balance: 'leastconn', protocol: 'http' },
  { mode: 'http', balance: 'source', protocol: 'tcp' },
  { mode: 'tcp', balance: 'roundrobin', protocol: 'tcp' },
  { mode: 'tcp', balance: 'source', protocol: 'none' },
] as const

for (const { mode, balance, protocol } of kinds) {
  test(`a ${mode} listener with ${balance} and ${protocol} checks takes backends while it runs`, async () => {
    const plain = proxyOn(port, [], { protocol })
    const item = withOnly(plain, { mode }, { balance })
    await driver.put(item)
    const wish = withServers(item, [serverOn(a.port, { weight: 10 }), serverOn(b.port, { weight: 0 })])
    await driver.put(wish)
    assert.deepEqual(await driver.observe(), [wish])
    const isServed = async (): Promise<boolean> => (await get(port).catch(() => '')) === 'a'
    assert.ok((await until('it is served', isServed)) < (protocol === 'none' ? 200 : 2500))
    assert.equal(driver.counters.reloads, 0)
  })
}
