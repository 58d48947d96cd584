/** Run by measure.test.ts inside a sandbox: what the kernel has counted is what was sent. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import type { Measurable } from '../../src/dataplane/measure.ts'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { diff } from '../../src/host/diff.ts'
import { stateOf, type ShaperItem } from '../../src/host/item.ts'
import { guard, item } from '../dataplane/host-items.ts'

const host = linuxHost({ prefix: 'cw-' })
after(() => host.close())

const shaper: ShaperItem = {
  kind: 'shaper',
  netns: 'cw-a',
  name: 'a0',
  for: 'eip-1',
  classes: ['10.0.0.2', '10.0.0.3'].map(address => ({ match: 'dst', address, kbit: 100_000 })),
}
const world = stateOf([
  item.netns('cw-a'),
  item.ruleset('cw-a', guard(['10.0.0.2', '10.0.0.3'])),
  item.netns('cw-b'),
  item.ruleset('cw-b', guard(['10.0.0.1'])),
  item.veth('cw-a', 'a0', 'cw-b', 'b0'),
  item.address('cw-a', 'a0', '10.0.0.1', 24),
  item.address('cw-b', 'b0', '10.0.0.2', 24),
  item.address('cw-b', 'b0', '10.0.0.3', 24),
  shaper,
])
const wish: Measurable = {
  links: ['cw-b', 'cw-gone'],
  shapers: [shaper],
  flows: ['cw-a', 'cw-gone'],
  counters: ['cw-a', 'cw-gone'],
  spreaders: [],
  proxies: [],
}

/** Sends datagrams of 1,000 bytes, each from another port, so that each is a flow. */
const send = (address: string, many: number) => `
for (let i = 0; i < ${many}; i++) {
  const s = require('dgram').createSocket('udp4')
  s.send(Buffer.alloc(972), 1000, '${address}', () => s.close())
}`

test('links, classes and connections are counted by the kernel and read back', async () => {
  const outcomes = await host.apply(diff(await host.observe(undefined, world), world))
  assert.deepEqual(
    outcomes.flatMap(({ failed }) => failed ?? []),
    [],
  )
  const before = await host.metrics?.(wish)
  const listening = `require('dgram').createSocket('udp4').bind(1000, () => console.log('ready'))`
  const server = spawn('ip', ['netns', 'exec', 'cw-b', process.execPath, '-e', listening])
  after(() => server.kill('SIGKILL'))
  await once(server.stdout, 'data')
  for (const [address, many] of [
    ['10.0.0.2', 30],
    ['10.0.0.3', 7],
  ] as const) {
    execFileSync('ip', ['netns', 'exec', 'cw-a', process.execPath, '-e', send(address, many)])
  }
  const measures = (await host.metrics?.(wish)) ?? []
  const of = (kind: string, name: string) => {
    const find = (list: typeof measures) => list.find(each => each.kind === kind && each.name === name)?.values ?? {}
    const [then, now] = [find(before ?? []), find(measures)]
    return Object.fromEntries(Object.entries(now).map(([word, value]) => [word, value - (then[word] ?? 0)]))
  }
  // A frame is 14 bytes longer than its packet; a few packets of others (ARP) go the same way.
  const { rxPackets = 0, rxBytes = 0 } = of('link', 'b0')
  assert.ok(rxPackets >= 37 && rxPackets < 60, String(rxPackets))
  assert.ok(rxBytes >= 37 * 1014 && rxBytes < 37 * 1014 + 3000, String(rxBytes))
  assert.deepEqual(of('class', 'a0 10.0.0.2'), { bytes: 30 * 1014, packets: 30 })
  assert.deepEqual(of('class', 'a0 10.0.0.3'), { bytes: 7 * 1014, packets: 7 })
  const { connections = 0 } = of('flows', '')
  assert.ok(connections >= 37 && connections < 45, String(connections))
  assert.ok(measures.every(({ netns }) => netns !== 'cw-gone'))
})
