/** Run by linux-host.test.ts inside a sandbox: what others do to the kernel is seen, and what we do is not. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Drift } from '../../src/dataplane/host.ts'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { diff } from '../../src/host/diff.ts'
import { stateOf, type HostState } from '../../src/host/item.ts'
import { guard, item, network } from './host-items.ts'

const host = linuxHost({ prefix: 'cw-' })
const ended = new AbortController()
const drifts: Drift[] = []
const state = network('a')

before(async () => {
  await reach(state)
  void (async () => {
    for await (const drift of host.watch(ended.signal)) drifts.push(drift)
  })()
  await sleep(10)
})
beforeEach(async () => {
  await reach(state)
  await sleep(100)
  drifts.splice(0)
})
after(async () => {
  ended.abort()
  await host.close()
})

async function reach(wanted: HostState): Promise<void> {
  const outcomes = await host.apply(diff(await host.observe(undefined, wanted), wanted))
  assert.deepEqual(
    outcomes.flatMap(({ failed }) => failed ?? []),
    [],
  )
}

function ip(...words: string[]): void {
  execFileSync('ip', words)
}

function nftIn(netns: string, ...words: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns, 'nft', ...words])
}

const router = 'cw-rtr-a'
const member = 'cw-lb-a'

const harms: [string, string, () => void][] = [
  ['a namespace is deleted', router, () => ip('netns', 'del', router)],
  ['a namespace of our name is added', 'cw-new', () => ip('netns', 'add', 'cw-new')],
  ['a table is flushed', router, () => nftIn(router, 'flush', 'table', 'ip', 'causeway')],
  ['a table is deleted', member, () => nftIn(member, 'delete', 'table', 'ip', 'causeway')],
  ['a rule is added to ours', router, () => nftIn(router, 'add', 'rule', 'ip', 'causeway', 'input', 'accept')],
  [
    'an element is deleted',
    router,
    () => nftIn(router, 'delete', 'element', 'ip', 'causeway', 'admitted', '{ 192.0.2.7 }'),
  ],
  ['a link is deleted', router, () => ip('-n', router, 'link', 'del', 'l-1')],
  ['a link is deleted at its other end', router, () => ip('-n', member, 'link', 'del', 'sub0')],
  ['a link is set down', router, () => ip('-n', router, 'link', 'set', 'pub0', 'down')],
  ['a MAC is changed', member, () => ip('-n', member, 'link', 'set', 'sub0', 'address', '02:00:00:00:00:99')],
  ['an MTU is changed', router, () => ip('-n', router, 'link', 'set', 'br-1', 'mtu', '1300')],
  ['a port leaves its bridge', router, () => ip('-n', router, 'link', 'set', 'l-1', 'nomaster')],
  ['an address is deleted', member, () => ip('-n', member, 'addr', 'del', '169.254.0.1/32', 'dev', 'up0')],
  ['an address is added', member, () => ip('-n', member, 'addr', 'add', '192.0.2.99/32', 'dev', 'up0')],
  ['a route is deleted', member, () => ip('-n', member, 'route', 'del', 'default')],
  ['a route is changed', member, () => ip('-n', member, 'route', 'replace', 'default', 'via', '10.0.0.7')],
  ['a rule is deleted', router, () => ip('-n', router, 'rule', 'del', 'pref', '400')],
  ['a rule is added', router, () => ip('-n', router, 'rule', 'add', 'pref', '50', 'from', '10.0.0.9', 'table', '100')],
]

for (const [name, netns, harm] of harms) {
  test(`seen within two seconds, and healed: ${name}`, async () => {
    // Of a pair, whose item is in one namespace, either end may be told of.
    const isTold = () => drifts.some(drift => drift.netns === netns || name.includes('MAC'))
    const began = performance.now()
    harm()
    while (!isTold() && performance.now() - began < 2000) await sleep(5)
    assert.ok(isTold(), `what was reported: ${JSON.stringify(drifts)}`)
    const seen = await host.observe(undefined, state)
    assert.notDeepEqual(diff(seen, state), [], 'what was seen is not what was done')
    await host.apply(diff(seen, state))
    assert.deepEqual(diff(await host.observe(undefined, state), state), [])
  })
}

test('what we change ourselves is not reported', async () => {
  const other = stateOf([
    ...network('b').values(),
    ...[...state.values()].filter(each => each.kind !== 'ruleset'),
    item.ruleset(router, guard(['192.0.2.1'], 9)),
    item.ruleset(member, guard([], 2)),
  ])
  await sleep(1200)
  drifts.splice(0)
  await reach(other)
  await reach(state)
  await reach(other)
  // The kernel tells of a link's carrier a moment later.
  await sleep(1200)
  assert.deepEqual(drifts, [])
})

test('watching costs next to nothing', async () => {
  const from = process.cpuUsage()
  await sleep(1000)
  const { user, system } = process.cpuUsage(from)
  assert.ok(user + system < 50_000, `${(user + system) / 1000} ms of a second`)
})
