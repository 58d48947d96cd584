/** Run by path-probe.test.ts inside a sandbox: backends that are well, and all that a probe can tell of others. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { close, open } from '../../src/dataplane/libc.ts'
import { answersArp } from '../../src/dataplane/neighbour.ts'
import { enter, netnsPath } from '../../src/dataplane/netns.ts'
import { probePath, type PathWish } from '../../src/dataplane/path-probe.ts'
import { Spaces } from '../../src/dataplane/space.ts'

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
ip('-n', 'here', 'address', 'add', '10.0.0.9/24', 'dev', 'h0')
ip('-n', 'there', 'address', 'add', '10.7.0.1/32', 'dev', 'lo')
ip('-n', 'here', 'route', 'add', '10.7.0.1', 'via', '10.0.0.2')
// Segments are to be as many packets, as on a real wire.
ip('-n', 'there', 'link', 'set', 't0', 'gso_max_segs', '1')
const nft = (netns: string, rules: string) => execFileSync('ip', ['netns', 'exec', netns, 'nft', rules])
// Packets for .7.1 that are more than a narrow path carries get lost, and nobody hears of it.
nft(
  'here',
  'table ip n { chain i { type filter hook input priority 0; ip saddr 10.7.0.1 meta length gt 1000 drop; }; }',
)
nft('there', 'table ip f { chain i { type filter hook input priority 0; tcp dport 81 drop; }; }')

const services = spawn(
  'ip',
  ['netns', 'exec', 'there', process.execPath, join(import.meta.dirname, 'path-probe-services.ts')],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
await once(services.stdout, 'data')
after(() => services.kill('SIGKILL'))

const inside = <T>(netns: string, run: () => T): T => {
  const fd = open(netnsPath(netns))
  try {
    return enter(fd, run)
  } finally {
    close(fd)
  }
}

async function ask(wish: Partial<PathWish>) {
  const from = performance.now()
  const whole = {
    netns: 'here',
    source: '',
    address: '10.0.0.2',
    port: 80,
    protocol: 'tcp',
    path: '/',
    host: '',
  } as const
  const report = await probePath(inside, { ...whole, speak: 'http', ...wish })
  assert.ok(performance.now() - from < 10_000, 'it took too long')
  assert.ok(report)
  return report
}

test('one that is well is told with its times', async () => {
  const { connect, tls, http, small } = await ask({})
  assert.deepEqual([connect.got, tls, http?.status, http?.end, small], ['answer', null, 200, 'whole', null])
  assert.ok(http!.bytes > 20_000 && http!.firstMs! <= http!.ms)
  assert.equal((await ask({ speak: 'nothing', source: '10.0.0.9' })).connect.got, 'answer')
})

test('refusals, silence and addresses that nobody has are told apart', async () => {
  assert.equal((await ask({ port: 82 })).connect.got, 'refusal')
  assert.deepEqual(
    [(await ask({ port: 81 })).connect].map(({ got, reason }) => [got, reason]),
    [['nothing', 'no answer']],
  )
  assert.match((await ask({ address: '192.0.2.1' })).connect.reason, /no route/)
})

test('what is wrong with an answer is told', async () => {
  assert.equal((await ask({ path: '/fails' })).http?.status, 500)
  const late = (await ask({ path: '/late' })).http
  assert.ok(late?.status === 200 && late.firstMs! > 600)
  const never = await ask({ path: '/never' })
  assert.deepEqual([never.http?.end, never.small], ['silence', false])
  assert.equal((await ask({ path: '/cut' })).http?.end, 'cut')
  assert.equal((await ask({ port: 23 })).http?.end, 'cut')
  assert.equal((await ask({ port: 22 })).http?.end, 'other')
})

test('TLS is told with the names of the certificate, and where there is none', async () => {
  const { tls, http } = await ask({ port: 443, speak: 'https', host: 'other.example' })
  assert.deepEqual([tls?.ok, tls?.names, http?.status], [true, ['shop.example', 'www.shop.example'], 200])
  const unasked = await ask({ port: 443 })
  assert.deepEqual([unasked.http?.status, unasked.tls?.ok, unasked.tls?.names[0]], [null, true, 'shop.example'])
  const plain = await ask({ speak: 'https' })
  assert.deepEqual([plain.tls?.ok, plain.tls?.reason, plain.http], [false, 'it does not speak TLS', null])
})

test('a path that loses big packets and says nothing is found by small ones', async () => {
  const { connect, http, small } = await ask({ address: '10.7.0.1' })
  assert.deepEqual([connect.got, http?.end, small], ['answer', 'silence', true])
})

test('datagrams and pings are asked, too', async () => {
  assert.equal((await ask({ protocol: 'icmp' })).connect.got, 'answer')
  assert.equal((await ask({ protocol: 'udp', port: 9 })).connect.got, 'refusal')
})

test('it is known which neighbours answer ARP', async () => {
  const spaces = new Spaces()
  const space = spaces.get('here')
  assert.ok(space)
  assert.equal(answersArp(space, '10.0.0.2'), true)
  assert.equal(answersArp(space, '10.0.0.77'), null)
  await ask({ address: '10.0.0.78', speak: 'nothing' })
  assert.equal(answersArp(space, '10.0.0.78'), false)
  spaces.close()
})

test('a namespace that is gone says nothing of a backend', async () => {
  assert.equal(
    await probePath(inside, {
      netns: 'gone',
      source: '',
      address: '10.0.0.2',
      port: 80,
      protocol: 'tcp',
      speak: 'nothing',
      path: '/',
      host: '',
    }),
    null,
  )
})
