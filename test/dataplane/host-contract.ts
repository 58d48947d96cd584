import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as fc from 'fast-check'
import { compileAll } from '../../src/compile/compile.ts'
import type { HostConfig } from '../../src/compile/host-config.ts'
import type { Host, Outcome } from '../../src/dataplane/host.ts'
import { diff, type Step } from '../../src/host/diff.ts'
import { keyOf, rank, stateOf, type HostState, type Item } from '../../src/host/item.ts'
import type { Ruleset } from '../../src/host/ruleset.ts'
import { anyModel } from '../any-model.ts'
import { bridgeGuard, guard, item, network } from './host-items.ts'

/** A machine to test hosts on. Hosts come and go; what they did stays, as it does when a process ends. */
export interface Machine {
  readonly newHost: () => Host
  /** How many random walks it can bear. */
  readonly runs: number
}

const hostConfig: HostConfig = { name: 'test', uplink: null, mtu: 1500 }

/** Balancers are another driver's; what others bring with them is not there. */
const anyState = anyModel.map(model => {
  const items = [...compileAll(model, hostConfig).values()]
  const known = new Set(items.map(({ netns }) => netns))
  return stateOf(items.filter(each => each.kind !== 'proxy' && each.kind !== 'tap' && known.has(each.netns)))
})

/** What every host promises. */
export function hostContract(machine: Machine): void {
  let host: Host
  before(() => (host = machine.newHost()))
  after(() => host.close())
  beforeEach(async () => {
    succeeded(await reach(host, new Map()))
  })

  test('what was put is observed as it was put', async () => {
    const state = network('a')
    succeeded(await reach(host, state))
    assert.deepEqual(contentOf(await host.observe(undefined, state)), contentOf(state))
  })

  test('a namespace is observed alone', async () => {
    succeeded(await reach(host, network('a')))
    const seen = await host.observe(['cw-lb-a'])
    assert.ok(seen.size > 0 && [...seen.values()].every(({ netns }) => netns === 'cw-lb-a'))
  })

  test('everything goes again', async () => {
    succeeded(await reach(host, network('a')))
    succeeded(await reach(host, new Map()))
    assert.deepEqual([...(await host.observe()).keys()], [])
  })

  test('another process finds nothing to do', async () => {
    const state = network('a')
    succeeded(await reach(host, state))
    const next = machine.newHost()
    assert.deepEqual(diff(await next.observe(undefined, state), state), [])
    await next.close()
  })

  test('a resolver ends with its process, and the next one makes it again', async () => {
    const state = stateOf([...network('a').values(), item.resolver('cw-rtr-a', ['10.0.0.1'])])
    const first = machine.newHost()
    succeeded(await reach(first, state))
    assert.deepEqual(diff(await first.observe(undefined, state), state), [])
    await first.close()
    const next = machine.newHost()
    const steps = diff(await next.observe(undefined, state), state)
    assert.deepEqual(
      steps.map(({ do: verb, item: { kind } }) => `${verb} ${kind}`),
      ['put resolver'],
    )
    succeeded(await next.apply(steps))
    assert.deepEqual(diff(await next.observe(undefined, state), state), [])
    await next.close()
  })

  test('putting twice is putting once', async () => {
    const state = network('a')
    succeeded(await reach(host, state))
    succeeded(await host.apply(diff(new Map(), state)))
    assert.deepEqual(contentOf(await host.observe(undefined, state)), contentOf(state))
  })

  for (const [name, from, to] of changes()) {
    test(`in place: ${name}`, async () => {
      succeeded(await reach(host, from))
      succeeded(await reach(host, to))
      assert.deepEqual(contentOf(await host.observe(undefined, to)), contentOf(to))
    })
  }

  for (const [name, wrong, words] of refusals()) {
    test(`refused, and the rest done: ${name}`, async () => {
      const bare: Item[] = [item.netns('cw-a'), item.ruleset('cw-a'), item.netns('cw-bare')]
      const also = item.rule('cw-a', 10, 'all', 7)
      const outcomes = await host.apply([...bare, wrong, also].map(each => ({ do: 'put', item: each })))
      assert.match(outcomes[bare.length]?.failed ?? 'it was done', words)
      assert.deepEqual(
        outcomes.filter(({ failed }) => failed !== undefined).map(({ step }) => step.item),
        [wrong],
      )
      assert.ok((await host.observe()).has(keyOf(also)))
    })
  }

  test('any state leads to any other, in one round, and then there is nothing left to do', () =>
    fc.assert(
      fc.asyncProperty(anyState, fc.infiniteStream(fc.nat()), async (state, order) => {
        const steps = shuffled(diff(await host.observe(undefined, state), state), order)
        succeeded(await host.apply(steps))
        assert.deepEqual(diff(await host.observe(undefined, state), state), [])
        assert.deepEqual(contentOf(await host.observe(undefined, state)), contentOf(state))
      }),
      { numRuns: machine.runs },
    ))

  test('a process may end between any two steps, and the next one brings it about', () =>
    fc.assert(
      fc.asyncProperty(anyState, fc.double({ min: 0, max: 1, noNaN: true }), async (state, share) => {
        const first = machine.newHost()
        const steps = diff(await first.observe(undefined, state), state)
        await first.apply(steps.slice(0, Math.floor(share * steps.length)))
        await first.close()
        const second = machine.newHost()
        succeeded(await second.apply(diff(await second.observe(undefined, state), state)))
        assert.deepEqual(diff(await second.observe(undefined, state), state), [])
        await second.close()
      }),
      { numRuns: machine.runs },
    ))
}

function changes(): [string, HostState, HostState][] {
  const base = network('a')
  const [router, member] = ['cw-rtr-a', 'cw-lb-a']
  const without = (...keys: string[]) => [...base.values()].filter(each => !keys.includes(`${each.netns} ${each.name}`))
  const ruleset = (to: ReturnType<typeof guard>) =>
    stateOf([
      ...without(`${router} `),
      ...[...base.values()].filter(each => each.kind === 'netns' && each.netns === router),
      item.ruleset(router, to),
    ])
  const answering = (listen: readonly string[], name?: string) =>
    stateOf([...base.values(), item.address(router, 'br-1', '10.0.0.2', 24), item.resolver(router, listen, name)])
  const later = stateOf([...base.values(), item.rule(router, 160, 'all', 255)])
  const bridged = (to: Ruleset) => stateOf([...without(`${router} bridge`), item.ruleset(router, to)])
  return [
    ['elements of a set', base, ruleset(guard(['10.0.0.0/16', '192.0.2.7', '203.0.113.0/25'], 3))],
    ['elements that cover others', base, ruleset(guard(['10.0.0.0/24', '192.0.2.0/24'], 3))],
    ['no elements', base, ruleset(guard([], 3))],
    ['rules of a chain', base, ruleset(guard(['10.0.0.0/24', '192.0.2.7'], 5))],
    ['rules and elements', base, ruleset(guard(['192.0.2.8'], 1))],
    [
      'the chains themselves',
      base,
      ruleset({ family: 'ip', sets: [], chains: [{ name: 'other', hook: null, rules: [] }] }),
    ],
    [
      'a policy',
      base,
      ruleset({
        ...guard(),
        chains: guard().chains.map(chain => ({ ...chain, hook: chain.hook && { ...chain.hook, policy: 'accept' } })),
      }),
    ],
    [
      'a priority',
      base,
      ruleset({
        ...guard(),
        chains: guard().chains.map(chain => ({ ...chain, hook: chain.hook && { ...chain.hook, priority: 0 } })),
      }),
    ],
    ['what a bridge’s ruleset holds', base, bridged(bridgeGuard(['10.0.0.5', '10.0.0.6']))],
    ['how a bridge’s ruleset is made', base, bridged({ ...bridgeGuard([]), chains: [] })],
    ['no ruleset for bridges', base, stateOf(without(`${router} bridge`))],
    ['a ruleset for bridges', stateOf(without(`${router} bridge`)), base],
    ['the MTU of a bridge', base, stateOf([...without(`${router} br-1`), item.bridge(router, 'br-1', 1400)])],
    [
      'the only address of a link that has routes',
      base,
      stateOf([...without(`${member} sub0 10.0.0.5/24`), item.address(member, 'sub0', '10.0.0.6', 24)]),
    ],
    [
      'the first of two addresses',
      stateOf([...base.values(), item.address(member, 'sub0', '10.0.0.9', 24)]),
      stateOf([...without(`${member} sub0 10.0.0.5/24`), item.address(member, 'sub0', '10.0.0.9', 24)]),
    ],
    [
      'where a link leads, with addresses and routes on it',
      base,
      stateOf([
        ...without(`${router} l-1`, `${member} sub0 10.0.0.5/24`, `${member} 254 0.0.0.0/0`),
        item.veth(router, 'l-1', member, 'sub1', 'br-1'),
      ]),
    ],
    [
      'which link has a name',
      base,
      stateOf([...without(`${router} l-1`), item.veth(router, 'l-2', member, 'sub0', 'br-1')]),
    ],
    [
      'a port that leaves its bridge',
      base,
      stateOf([...without(`${router} l-1`), item.veth(router, 'l-1', member, 'sub0')]),
    ],
    [
      'a route',
      base,
      stateOf([...without(`${router} 254 10.9.0.0/16`), item.route(router, 254, '10.9.0.0/16', 'br-1', '10.0.0.9')]),
    ],
    [
      'a rate',
      base,
      stateOf([
        ...without(`${router} pub0`),
        ...[...base.values()].filter(each => each.kind === 'veth' && each.name === 'pub0'),
        item.shaper(router, 'pub0', [{ match: 'src', address: '192.0.2.7', kbit: 8000 }]),
      ]),
    ],
    [
      'where a shaped link leads',
      base,
      stateOf([
        ...without(`${router} pub0`, `${member} up0 169.254.0.1/32`),
        item.veth(router, 'pub0', member, 'up1'),
        ...[...base.values()].filter(each => each.kind === 'shaper'),
      ]),
    ],
    [
      'a setting',
      base,
      stateOf([...without(`${member} `), item.netns(member, { 'ipv4/conf/all/rp_filter': '0' }), item.ruleset(member)]),
    ],
    ['own addresses asked for later', base, later],
    ['own addresses asked for first again', later, base],
    ['a resolver', base, answering(['10.0.0.1'])],
    ['no resolver', answering(['10.0.0.1']), base],
    ['what a resolver answers', answering(['10.0.0.1']), answering(['10.0.0.1'], 'web')],
    ['where a resolver listens', answering(['10.0.0.1']), answering(['10.0.0.2'])],
    ['where else a resolver listens', answering(['10.0.0.1']), answering(['10.0.0.1', '10.0.0.2'])],
    ['another network', base, network('b')],
  ]
}

function refusals(): [string, Item, RegExp][] {
  return [
    ['a link without its namespace', item.bridge('cw-none', 'br-1'), /there is no namespace cw-none/],
    ['a ruleset without its namespace', item.ruleset('cw-none'), /there is no namespace cw-none/],
    ['a link where no guard is loaded', item.bridge('cw-bare', 'br-1'), /the ruleset of cw-bare is not loaded/],
    [
      'a link whose other end has no guard',
      item.veth('cw-a', 'l-1', 'cw-bare', 'sub0'),
      /the ruleset of cw-bare is not loaded/,
    ],
    [
      'a link whose other end has no namespace',
      item.veth('cw-a', 'l-1', 'cw-none', 'sub0'),
      /there is no namespace cw-none/,
    ],
    ['a port without its bridge', item.veth('cw-a', 'l-1', 'cw-a', 'l-2', 'br-9'), /there is no bridge br-9 in cw-a/],
    ['an address on no link', item.address('cw-a', 'eth9', '10.0.0.1', 24), /there is no link eth9 in cw-a/],
    ['a route by no link', item.route('cw-a', 254, '10.0.0.0/8', 'eth9', '10.0.0.1'), /there is no link eth9 in cw-a/],
    ['a shaper on no link', item.shaper('cw-a', 'eth9', []), /there is no link eth9 in cw-a/],
    [
      'a resolver at an address that is not there',
      item.resolver('cw-a', ['10.0.0.1']),
      /^listening on 10\.0\.0\.1:53: address not available$/,
    ],
    [
      'a macvlan on no interface',
      { kind: 'macvlan', netns: 'cw-a', name: 'up', for: 'x', parent: 'none0', mtu: 1500 },
      /there is no interface none0/,
    ],
    [
      'a tap where nothing guards bridges',
      { kind: 'tap', netns: 'cw-a', name: 'tap0', for: 'x', bridge: 'br-1' },
      /the ruleset of cw-a is not loaded/,
    ],
    [
      'somebody else’s namespace that is not there',
      { kind: 'netns', netns: '/run/netns/none', name: '', for: 'x', owned: false, sysctls: {} },
      /there is no namespace \/run\/netns\/none/,
    ],
  ]
}

async function reach(host: Host, state: HostState): Promise<readonly Outcome[]> {
  return host.apply(diff(await host.observe(undefined, state), state))
}

function succeeded(outcomes: readonly Outcome[]): void {
  assert.deepEqual(
    outcomes.flatMap(({ step, failed }) => (failed === undefined ? [] : [`${step.do} ${keyOf(step.item)}: ${failed}`])),
    [],
  )
}

/** A state to compare: in order, and no matter whom its items serve. */
function contentOf(state: HostState): Item[] {
  return [...state.values()].map(each => ({ ...each, for: '' })).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Steps of one rank and verb may come in any order. */
function shuffled(steps: readonly Step[], order: Iterator<number>): Step[] {
  const key = new Map(steps.map(step => [step, order.next().value as number]))
  const place = ({ do: verb, item: { kind } }: Step) => (verb === 'remove' ? -1 - rank[kind] : rank[kind])
  return [...steps].sort(
    (a, b) => Number(a.do === 'put') - Number(b.do === 'put') || place(a) - place(b) || key.get(a)! - key.get(b)!,
  )
}
