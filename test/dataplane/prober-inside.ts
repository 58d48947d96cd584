/** Run by prober.test.ts inside a sandbox: backends that answer, refuse, are silent, or are nowhere. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { enter, netnsPath } from '../../src/dataplane/netns.ts'
import { close, open } from '../../src/dataplane/libc.ts'
import { prober, type ProbedHealth, type ProbeTarget } from '../../src/dataplane/prober.ts'

const ip = (...words: string[]) => execFileSync('ip', words)
for (const name of ['here', 'there']) {
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
}
ip('link', 'add', 'h0', 'netns', 'here', 'type', 'veth', 'peer', 'name', 't0', 'netns', 'there')
for (const [netns, dev, address] of [
  ['here', 'h0', '10.0.0.1/24'],
  ['there', 't0', '10.0.0.2/24'],
] as const) {
  ip('-n', netns, 'address', 'add', address, 'dev', dev)
  ip('-n', netns, 'link', 'set', dev, 'up')
}
ip('-n', 'here', 'route', 'add', 'unreachable', '10.9.0.0/24')
const rules = `table ip t { chain i { type filter hook input priority 0; udp dport 1002 drop; }
  chain o { type filter hook output priority 0; }
  }`
execFileSync('ip', ['netns', 'exec', 'there', 'nft', rules])
execFileSync('ip', [
  'netns',
  'exec',
  'here',
  'nft',
  'table ip t { chain o { type filter hook output priority 0; ip daddr 10.8.0.1 drop; }; }',
])
ip('-n', 'here', 'route', 'add', '10.8.0.0/24', 'via', '10.0.0.2')
ip('-n', 'here', 'route', 'add', '10.7.0.1', 'via', '10.0.0.2')
ip('-n', 'there', 'address', 'add', '10.7.0.1/32', 'dev', 'lo')
const noPing =
  'table ip q { chain i { type filter hook input priority 0; ip daddr 10.7.0.1 icmp type echo-request drop; }; }'
execFileSync('ip', ['netns', 'exec', 'there', 'nft', noPing])

/** Answers "ping" with "pong <name>" on 1000, hears and says nothing on 1001. */
const serving = `
const { createSocket } = require('dgram')
const s = createSocket('udp4')
s.on('message', (m, from) => s.send(m.toString() === 'ping' ? 'pong north' : 'what?', from.port, from.address))
s.bind(1000, () => createSocket('udp4').bind(1001, () => console.log('ready')))`

async function serve() {
  const child = spawn('ip', ['netns', 'exec', 'there', process.execPath, '-e', serving])
  await once(child.stdout, 'data')
  return child
}
let server = await serve()
after(() => server.kill('SIGKILL'))

const turns: string[] = []
const inside = <T>(netns: string, run: () => T): T => {
  const fd = open(netnsPath(netns))
  try {
    return enter(fd, run)
  } finally {
    close(fd)
  }
}
const probe = prober({ enter: inside, turned: each => turns.push(`${each.backend} ${each.state}`) })
after(() => probe.close())

const check = { protocol: 'udp', send: '', expect: '', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 } as const
const target = (backend: string, more: Partial<ProbeTarget> = {}): ProbeTarget => ({
  netns: 'here',
  listener: 'lbl-1',
  backend,
  address: '10.0.0.2',
  port: 1000,
  check,
  ...more,
})
const of = (backend: string) => probe.health().find(each => each.backend === backend)!

async function until(what: string, holds: () => boolean, withinMs = 30_000) {
  for (const end = performance.now() + withinMs; !holds(); await sleep(20))
    assert.ok(performance.now() < end, `${what}: ${JSON.stringify(probe.health())}`)
}
const all = (holds: (health: ProbedHealth) => boolean) => probe.health().every(holds)

test('each kind of backend is told from the others, in words', async () => {
  const expects = { ...check, send: 'ping', expect: 'north' }
  probe.set([
    target('pings', { check: { ...check, protocol: 'icmp' } }),
    target('answers', { check: expects }),
    target('hears', { port: 1001 }),
    target('filtered', { port: 1002 }),
    target('refuses', { port: 1003 }),
    target('mute', { port: 1001, check: expects }),
    target('other', { check: { ...expects, expect: 'south' } }),
    target('unpinged', { address: '10.7.0.1' }),
    target('absent', { address: '10.0.0.3', check: { ...check, timeoutS: 5 } }),
    target('unrouted', { address: '192.0.2.1' }),
    target('unreachable', { address: '10.9.0.1' }),
    target('forbidden', { address: '10.8.0.1' }),
    target('nowhere', { netns: 'gone' }),
  ])
  assert.ok(all(({ known, state, reason }) => !known && state === 'down' && reason === ''))
  const good = ['pings', 'answers', 'hears', 'filtered']
  await until('good ones are up', () => good.every(each => of(each).state === 'up'))
  await until('others were heard of', () => all(({ known, backend }) => known || backend === 'nowhere'))
  const found = Object.fromEntries(probe.health().map(each => [each.backend, `${each.state}: ${each.reason}`]))
  assert.deepEqual(found, {
    pings: 'up: answers ping',
    answers: 'up: answers',
    hears: 'up: not refused',
    filtered: 'up: not refused',
    refuses: 'down: port unreachable',
    mute: 'down: timeout after 1 s',
    other: 'down: the answer does not hold what is expected',
    unpinged: 'down: no answer to ping: timeout after 1 s',
    absent: 'down: no route: host unreachable',
    unrouted: 'down: no route',
    unreachable: 'down: no route: host unreachable',
    forbidden: 'down: the rules for what leaves do not let the check pass',
    nowhere: 'down: ',
  })
  assert.equal(of('nowhere').known, false)
  assert.ok(of('pings').checkMs! < 1000, String(of('pings').checkMs))
})

test('one that stops serving becomes unavailable, and active again, as fast as its check says', async () => {
  probe.set([target('answers', { check: { ...check, send: 'ping', expect: 'north', intervalS: 4 } })])
  assert.equal(of('answers').state, 'up')
  server.kill('SIGKILL')
  await once(server, 'exit')
  turns.length = 0
  // At most one interval, and then a second for the other failure: not two intervals.
  await until('it is down', () => of('answers').state === 'down', 7800)
  assert.equal(of('answers').reason, 'port unreachable')
  server = await serve()
  await until('it is up again', () => of('answers').state === 'up', 7800)
  assert.deepEqual(turns, ['answers falling', 'answers down', 'answers rising', 'answers up'])
})

test('what is known stays when a check changes, and goes when a backend moves', async () => {
  probe.set([target('answers', { check: { ...check, rise: 10, intervalS: 30 } })])
  assert.equal(of('answers').state, 'up')
  probe.set([target('answers', { port: 1003 })])
  assert.deepEqual([of('answers').state, of('answers').known], ['down', false])
})

test('who served before is believed until checks say otherwise', async () => {
  probe.set([target('kept', { wasUp: true }), target('lost', { wasUp: true, port: 1003 })])
  assert.deepEqual([of('kept').state, of('kept').known, of('lost').state], ['up', false, 'up'])
  turns.length = 0
  await until('both are known', () => all(({ known }) => known))
  assert.deepEqual([of('kept').state, of('lost').state], ['up', 'falling'])
  await until('the lost one is down', () => of('lost').state === 'down')
  assert.deepEqual(
    turns.filter(each => each.startsWith('kept')),
    ['kept up'],
  )
})

test('nothing stays open, and a hundred backends at rest cost next to nothing', async t => {
  probe.set([])
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  const many = Array.from({ length: 100 }, (_, i) =>
    target(`lbb-${i}`, {
      wasUp: true,
      check: { ...check, protocol: i % 2 ? 'udp' : 'icmp', intervalS: 10, send: 'ping' },
    }),
  )
  probe.set(many)
  await until('all are up', () => all(({ known, state }) => known && state === 'up'))
  const cpu = process.cpuUsage()
  await sleep(10_000)
  const { user, system } = process.cpuUsage(cpu)
  t.diagnostic(`100 backends every 10 s: ${((user + system) / 10_000).toFixed(2)} ms of CPU a second`)
  assert.ok(all(({ state }) => state === 'up'))
  assert.ok(user + system < 1_000_000, `${user + system} µs in 10 s`)
  probe.set([])
  assert.equal(descriptors(), before)
})
