/** Run by access-log.test.ts inside a sandbox: a real HAProxy on the loopback of a network namespace of its own. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { accessLineOf, type AccessLine } from '../../src/client/access-line.ts'
import { haproxyDriver, type HaproxyDriver } from '../../src/dataplane/haproxy.ts'
import type { ProxyItem } from '../../src/host/item.ts'
import { get, proxyOn, serverOn, startBackend, until, withOnly, type TestBackend } from './proxy-world.ts'

let directory = ''
let driver: HaproxyDriver
let backend: TestBackend
const port = 8080

function newDriver(): HaproxyDriver {
  return haproxyDriver({ directory, enter: (_, run) => run(), drifted: () => {} })
}

const logging = (item: ProxyItem, local = true): ProxyItem => {
  const { log: _, ...config } = item.config
  return { ...item, config: local ? { ...config, log: { local, remote: null } } : config }
}

async function read(item: ProxyItem, after: string | null = null) {
  const found = await driver.accessLog(item, after)
  if (!found) throw new Error('there is no log')
  const lines = found.lines.map(accessLineOf).filter(line => line !== null)
  return { ...found, parsed: lines, paths: lines.map(({ path }) => path) }
}

/** What was logged since a place, when it is as many lines: clients have their answer a moment before its line is written. */
async function logged(item: ProxyItem, count: number, after: string | null = null) {
  await until(`there are ${count} lines`, async () => (await read(item, after)).lines.length >= count)
  return read(item, after)
}

/** Serves, and answers with the place in the log where nothing that was asked is still to come. */
async function served(item: ProxyItem): Promise<string> {
  await driver.put(item)
  let asked = 0
  await until('it serves', async () => (asked++, (await get(port)) === 'a'))
  return (await logged(item, asked)).next
}

/** Sends bytes, whatever they are, and waits for the end. */
function sendRaw(text: string | Buffer): Promise<string> {
  return new Promise(resolve => {
    let heard = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const timer = setTimeout(() => socket.destroy(), 8000)
    socket.on('data', part => (heard += String(part))).on('error', () => {})
    socket.on('close', () => (clearTimeout(timer), resolve(heard)))
  })
}

beforeEach(async () => {
  directory = mkdtempSync('/tmp/cw-haproxy-')
  driver = newDriver()
  backend = await startBackend('a', 9001)
})

afterEach(async () => {
  for (const item of await driver.observe()) await driver.remove(item)
  driver.close()
  rmSync(directory, { recursive: true })
  await backend.close()
})

test('what went through is told, line by line, and what came after a place only once', async () => {
  const item = logging(proxyOn(port, [serverOn(backend.port)]))
  const start = await served(item)
  await get(port, '/first?a=b')
  await logged(item, 1, start)
  const first = await read(item)
  const line = first.parsed.at(-1) as AccessLine
  assert.deepEqual(
    [line.client, line.listener, line.backend, line.status, line.method, line.path, line.version, line.termination],
    ['127.0.0.1', 'lbl-00000001', 'lbb-00009001', 200, 'GET', '/first?a=b', 'HTTP/1.1', '----'],
  )
  assert.ok(Math.abs(Date.parse(line.at) - Date.now()) < 60_000)
  assert.deepEqual((await read(item, first.next)).paths, [])
  for (const path of ['/2', '/3', '/3']) await get(port, path)
  const more = await logged(item, 3, first.next)
  assert.deepEqual([more.paths, more.missed], [['/2', '/3', '/3'], false])
  assert.deepEqual((await read(item, more.next)).paths, [])
  assert.deepEqual((await read(item, first.next)).paths, ['/2', '/3', '/3'], 'to everyone who follows')
  assert.equal((await read(item, 'another-5')).missed, true, 'a place that is not known')
})

test('a reload forgets nothing, those who follow hear all of it once, and the old process is let go', async () => {
  const item = logging(proxyOn(port, [serverOn(backend.port)]))
  const start = await served(item)
  await get(port, '/before')
  const { next } = await logged(item, 1, start)
  await get(port, '/just-before')
  const agent = new Agent({ keepAlive: true })
  const held = get(port, '/held', agent)
  await until('it is under way', () => backend.holds > 0)
  const [old] = await driver.observe()
  assert.ok(old)
  await driver.put(withOnly(item, { timeoutS: 51 }))
  assert.equal(driver.counters.reloads, 1)
  await get(port, '/after')
  const following = await logged(item, 2, next)
  assert.deepEqual(following.paths, ['/just-before', '/after'])
  assert.ok(!following.missed)
  backend.release()
  assert.equal(await held, 'a')
  agent.destroy()
  const later = await logged(item, 1, following.next)
  assert.deepEqual(later.paths, ['/held'], 'what the old process ended later')
  const all = ['/before', '/just-before', '/after', '/held']
  assert.deepEqual((await read(item)).paths.slice(-4), all)
  driver.close()
  driver = newDriver()
  assert.deepEqual((await read(item)).paths.slice(-4), all, 'another driver tells it too')
  await driver.put(withOnly(item, { timeoutS: 52 }))
  await driver.put(withOnly(item, { timeoutS: 53 }))
  const { next: end } = await read(item)
  await get(port, '/last')
  await logged(item, 1, end)
  assert.deepEqual((await read(item)).paths.slice(-5), [...all, '/last'], 'and so do two reloads at once')
})

test('whoever reads slowly while the ring turns over is told that lines are missing', async () => {
  const item = logging(proxyOn(port, [serverOn(backend.port)]))
  const next = await served(item)
  assert.ok((await read(item)).lines.length > 0)
  const long = `/${'x'.repeat(1900)}`
  for (let i = 0; i < 4500; i += 50) await Promise.all(Array.from({ length: 50 }, () => get(port, long)))
  const found = await read(item, next)
  assert.equal(found.missed, true)
  assert.ok(found.lines.length > 1000)
  assert.equal((await read(item, found.next)).missed, false)
})

test('nothing that a client says makes a second line or moves a cursor', async () => {
  const item = withOnly(logging(proxyOn(port, [serverOn(backend.port)])), { options: ['any-url'] })
  const next = await served(item)
  const asks = [
    '/\x1b[2J',
    '/a"b',
    '/\x7f\x80\xff',
    '/a\tb',
    '/<6>2026-01-31T12:00:00.000000+00:00',
    '/é{}|\\',
    '/a\r\nX: <6>evil',
  ]
  for (const path of asks)
    await sendRaw(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'))
  await sendRaw('\x1b]0;evil\x07\r\n\r\n')
  const { lines, parsed } = await logged(item, asks.length + 1, next)
  assert.equal(lines.length, asks.length + 1)
  assert.equal(parsed.length, lines.length)
  for (const line of lines) assert.match(line, /^[\x20-\x7e]*$/, line)
  for (const { client, listener } of parsed) assert.deepEqual([client, listener], ['127.0.0.1', 'lbl-00000001'])
  assert.ok(parsed.some(({ path }) => path === '/a#22b'))
})

test('switched off, nothing is kept, and nothing of what was', async () => {
  const item = logging(proxyOn(port, [serverOn(backend.port)]))
  await served(item)
  await driver.put(withOnly(item, { timeoutS: 51 }))
  await until('what the process before wrote is kept', () => existsSync(`${directory}/${item.name}.access`))
  await driver.put(logging(item, false))
  assert.equal(await driver.accessLog(item, null), null)
  assert.ok(!existsSync(`${directory}/${item.name}.access`))
})

test('a connection of TCP is a line', async () => {
  const item = withOnly(logging(proxyOn(port, [serverOn(backend.port)])), { mode: 'tcp' })
  await driver.put(item)
  await until('it serves', async () => (await get(port).catch(() => '')) === 'a')
  // Attempts before it have lines as well, and come from nobody.
  const carried = async () => (await read(item)).parsed.filter(each => each.backend !== null)
  await until('it is told', async () => (await carried()).length > 0)
  const [line] = await carried()
  assert.deepEqual(
    [line?.status, line?.path, line?.backend, line?.termination, typeof line?.bytes],
    [null, null, 'lbb-00009001', '--', 'number'],
  )
  assert.ok(line?.timesMs.connect !== null && line?.timesMs.total !== null)
})
