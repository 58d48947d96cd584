import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compile, compileAll, compilerFor } from '../../src/compile/compile.ts'
import { edgeNetns, netnsOf } from '../../src/compile/names.ts'
import { seenAs } from '../../src/diagnose/trace/seen-as.ts'
import { trace, traceFlow } from '../../src/host/trace.ts'
import type { Item } from '../../src/host/item.ts'
import { check } from '../../src/model/check.ts'
import { addressText, contains, parseCidr } from '../../src/model/address.ts'
import { all, find, get, put, vpcOf, type LoadBalancer, type Model, type Server } from '../../src/model/model.ts'
import { nodesOf } from '../../src/model/node.ts'
import { anyModel, anyMoves, freshModel, afterCommand } from '../any-model.ts'
import { commandOf } from '../any-command.ts'
import { anyNetwork } from './any-network.ts'
import { machine } from './machine.ts'
import { admits, admitsClient, seenOutside } from './oracle.ts'

/** Wide ones and dense ones. */
const anyWorld = fc.oneof(anyModel, anyNetwork)
const anyPort = fc.constantFrom(22, 80, 443, 8080)
const outside = '8.8.8.8'
const isListened = ({ live }: LoadBalancer, port: number) =>
  live.listeners.some(each => each.enabled && each.port <= port && port <= (each.lastPort ?? each.port))
const bareBackend = {
  id: 'lbb-00000001',
  name: '',
  server: null,
  weight: 1,
  policy: null,
  maxConnections: null,
  backup: false,
  backupTier: 1,
  enabled: true,
}

test('every model compiles, twice the same, and no name is too long for the kernel', () => {
  fc.assert(
    fc.property(anyWorld, model => {
      const state = compileAll(model, machine)
      assert.deepEqual(compileAll(model, machine), state)
      for (const name of [...state.values()].flatMap(linkNames)) {
        assert.ok(Buffer.byteLength(name) <= 15, `${name} is longer than 15 bytes`)
      }
    }),
    { numRuns: 60 },
  )
})

test('a tap device cannot have the name of a link that is in a router', () => {
  fc.assert(
    fc.property(anyWorld, model => {
      const names = [...compileAll(model, machine).values()]
        .filter(({ netns }) => netns.startsWith('cw-rtr-'))
        .flatMap(item => (item.kind === 'veth' || item.kind === 'bridge' ? [item.name] : []))
      for (const device of names) {
        for (const server of all(model, 'server')) {
          const moved = put(model, { ...server, now: { ...server.now, attach: { type: 'tap', device } } })
          assert.ok(
            check(moved).some(({ code }) => code === 'own-link'),
            `${device} was let through`,
          )
        }
      }
    }),
    { numRuns: 20 },
  )
})

test('what is compiled step by step is what is compiled at once, and what did not change is the same object', () => {
  fc.assert(
    fc.property(anyMoves, list => {
      const incremental = compilerFor(machine)
      const told = compilerFor(machine)
      let { model, context } = freshModel()
      let before = incremental(model)
      told(model, model.changed)
      for (const move of list) {
        const command = commandOf(model, move)
        if (!command) continue
        const old = model
        model = afterCommand({ model, context }, command)
        const shards = incremental(model)
        assert.deepEqual(shards, compile(model, machine))
        assert.deepEqual(told(model, model === old ? [] : model.changed), shards)
        assert.equal(incremental(model).get('edge'), shards.get('edge'))
        before = shards
      }
      assert.deepEqual(
        [...incremental(model)].filter(([name, shard]) => before.get(name) !== shard),
        [],
      )
    }),
    { numRuns: 25 },
  )
})

test('a server reaches another of its VPC exactly where both groups say so', () => {
  let pairs = 0
  fc.assert(
    fc.property(anyWorld, anyPort, (model, port) => {
      const state = compileAll(model, machine)
      for (const [a, b] of serverPairs(model)) {
        if (vpcOf(model, a) !== vpcOf(model, b)) continue
        pairs++
        const packet = { from: '', to: b.now.address, protocol: 'tcp', sport: 40000, dport: port }
        const { verdict, netns } = trace(state, { netns: netnsOf(a.id), enters: null }, packet)
        const may =
          admits(model, a.now.securityGroup, 'egress', b.now.address, port) &&
          admits(model, b.now.securityGroup, 'ingress', a.now.address, port)
        assert.equal(verdict === 'delivered' && netns === netnsOf(b.id), may)
      }
    }),
    { numRuns: 150 },
  )
  assert.ok(pairs > 20, `only ${pairs} pairs of servers were met`)
})

test('no packet between private addresses enters another VPC', () => {
  fc.assert(
    fc.property(anyWorld, anyPort, (model, port) => {
      const state = compileAll(model, machine)
      for (const [a, b] of serverPairs(model)) {
        const packet = { from: '', to: b.now.address, protocol: 'tcp', sport: 40000, dport: port }
        const { hops } = trace(state, { netns: netnsOf(a.id), enters: null }, packet)
        for (const { netns } of hops) {
          if (netns === edgeNetns) continue
          assert.equal(vpcOf(model, model.resources.get(netns.slice(3))!), vpcOf(model, a))
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('the internet sees a balancer as the model says, or not at all', () => {
  let seen = 0
  fc.assert(
    fc.property(anyWorld, anyPort, (model, port) => {
      const shards = compile(model, machine)
      for (const balancer of all(model, 'load-balancer')) {
        const shard = vpcOf(model, balancer) ?? balancer.id
        for (const { address } of nodesOf(balancer)) {
          const node = { netns: netnsOf(balancer.id), config: { source: address } }
          const sources = seenAs(shards, shard, node, { address: outside, port })
          assert.deepEqual(new Set(sources), seenOutside(model, balancer, outside, port, address ?? undefined))
          if (sources.length > 0) seen++
        }
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(seen > 20, `balancers were seen only ${seen} times`)
})

test('a client reaches a listener exactly where the group and its lists say so', () => {
  const met = { in: 0, out: 0 }
  const clients = ['8.8.8.8', '8.8.9.9', '198.51.100.7', '192.0.2.9']
  fc.assert(
    fc.property(anyNetwork, fc.constantFrom(...clients), fc.constantFrom(79, 80, 81, 443), (model, from, port) => {
      const balancer = get(model, 'load-balancer', 'lb-00000001')
      const to = get(model, 'eip', 'eip-00000005').now.address
      const packet = { from, to, protocol: 'tcp', sport: 40000, dport: port }
      const { verdict, for: by } = trace(compileAll(model, machine), { netns: edgeNetns, enters: 'uplink' }, packet)
      if (get(model, 'vpc', 'rtr-00000001').now.power === 'off') return
      const may = admitsClient(model, balancer, from, port)
      // The kernel carries that port, and has nowhere to lead it: whoever may come is told so.
      assert.equal(verdict === (isListened(balancer, port) ? 'rejected' : 'delivered'), may)
      met[may ? 'in' : 'out']++
      if (may || !admits(model, balancer.live.securityGroup, 'ingress', from, port)) return
      assert.equal(by, 'lbl-00000001')
    }),
    { numRuns: 300 },
  )
  assert.ok(met.in > 20 && met.out > 20, JSON.stringify(met))
})

test('what the kernel spreads reaches its backend as the balancer would, and is answered in the name that was asked', () => {
  const met = { in: 0, out: 0 }
  const [client, port, backendPort] = ['198.51.100.7', 80, 8080]
  fc.assert(
    fc.property(anyNetwork, model => {
      const before = get(model, 'load-balancer', 'lb-00000001')
      const listeners = before.live.listeners.map(each => ({
        ...each,
        protocol: 'tcp' as const,
        backends: [{ ...bareBackend, address: outside, port: backendPort }],
      }))
      const balancer = { ...before, live: { ...before.live, listeners } }
      const state = compileAll(put(model, balancer), machine)
      if (get(model, 'vpc', 'rtr-00000001').now.power === 'off') return
      const to = get(model, 'eip', 'eip-00000005').now.address
      const packet = { from: client, to, protocol: 'tcp', sport: 40000, dport: port }
      const { there, back } = traceFlow(state, { netns: edgeNetns, enters: 'uplink' }, packet)
      const sources = seenOutside(model, balancer, outside, backendPort)
      const mayEnter = isListened(balancer, port) && admitsClient(model, balancer, client, port)
      const may = mayEnter && sources.size > 0
      assert.equal(there.verdict === 'sent-out', may, there.why)
      met[may ? 'in' : 'out']++
      if (!may) return
      assert.deepEqual([there.packet.to, there.packet.dport], [outside, backendPort])
      assert.deepEqual(new Set(there.sources), sources)
      assert.deepEqual([back?.verdict, back?.packet.from, back?.packet.to], ['sent-out', to, client])
    }),
    { numRuns: 500 },
  )
  assert.ok(met.in > 10 && met.out > 20, JSON.stringify(met))
})

test('a backend that is shown its clients sees them where its group lets them in, and they are answered in the name that was asked', () => {
  const met = { in: 0, out: 0 }
  const [port, backendPort] = [80, 8080]
  const clients = fc.constantFrom('8.8.8.8', '198.51.100.7')
  fc.assert(
    fc.property(anyNetwork, fc.constantFrom('i-00000002', 'i-00000003'), clients, (model, id, client) => {
      const before = get(model, 'load-balancer', 'lb-00000001')
      const server = get(model, 'server', id)
      const address = server.now.address!
      const listeners = before.live.listeners.map(each => ({
        ...each,
        options: ['transparent' as const],
        backends: [{ ...bareBackend, address, port: backendPort }],
      }))
      const balancer = { ...before, live: { ...before.live, listeners } }
      const state = compileAll(put(model, balancer), machine)
      if (get(model, 'vpc', 'rtr-00000001').now.power === 'off') return
      const to = get(model, 'eip', 'eip-00000005').now.address
      const packet = { from: client, to, protocol: 'tcp', sport: 40000, dport: port }
      const { there, back } = traceFlow(state, { netns: edgeNetns, enters: 'uplink' }, packet)
      const may =
        isListened(balancer, port) &&
        admitsClient(model, balancer, client, port) &&
        admits(model, balancer.live.securityGroup, 'egress', address, backendPort) &&
        server.now.power === 'on' &&
        admits(model, server.now.securityGroup, 'ingress', client, backendPort)
      assert.equal(there.verdict === 'delivered' && there.netns === netnsOf(id), may, there.why)
      met[may ? 'in' : 'out']++
      if (!may) return
      assert.deepEqual([there.packet.from, there.packet.to, there.packet.dport], [client, address, backendPort])
      assert.deepEqual([back?.verdict, back?.packet.from, back?.packet.to], ['sent-out', to, client])
    }),
    { numRuns: 300 },
  )
  assert.ok(met.in > 10 && met.out > 20, JSON.stringify(met))
})

test('a balancer that looks for what is not in its VPC does not find it on the internet, unless a route leads there', () => {
  let lost = 0
  fc.assert(
    fc.property(anyWorld, anyPort, (model, port) => {
      const shards = compile(model, machine)
      for (const balancer of all(model, 'load-balancer')) {
        const vpc = find(model, 'vpc', vpcOf(model, balancer))
        if (!vpc) continue
        const nowhere = addressText(parseCidr(vpc.now.cidr).last - 1)
        const subnets = [...all(model, 'subnet')].filter(each => each.now.vpc === vpc.id)
        if (subnets.some(each => contains(each.now.cidr!, nowhere))) continue
        const may = seenOutside(model, balancer, nowhere, port)
        const sources = seenAs(
          shards,
          vpc.id,
          { netns: netnsOf(balancer.id), config: { source: null } },
          { address: nowhere, port },
        )
        assert.ok(new Set(sources).isSubsetOf(may), `left as ${sources.join()}`)
        if (may.size === 0 && vpc.now.eip !== null) lost++
      }
    }),
    { numRuns: 200 },
  )
  assert.ok(lost > 20, `only ${lost} balancers could have been misled`)
})

test('nothing leaves for the internet with a private source', () => {
  fc.assert(
    fc.property(anyWorld, anyPort, (model, port) => {
      const state = compileAll(model, machine)
      const eips = new Set([...all(model, 'eip')].map(eip => eip.now.address))
      for (const each of [...all(model, 'server'), ...all(model, 'load-balancer')]) {
        const packet = { from: '', to: outside, protocol: 'tcp', sport: 40000, dport: port }
        const { verdict, sources } = trace(state, { netns: netnsOf(each.id), enters: null }, packet)
        if (verdict === 'sent-out')
          assert.ok(
            sources.every(source => eips.has(source)),
            `left as ${sources.join()}`,
          )
      }
    }),
    { numRuns: 150 },
  )
})

function linkNames(item: Item): string[] {
  if (item.kind === 'veth') return [item.name, item.peer.name]
  return item.kind === 'bridge' || item.kind === 'macvlan' ? [item.name] : []
}

/** Pairs of different servers that run in namespaces of their own. */
type Placed = Server & { now: { address: string } }

function serverPairs(model: Model): [Placed, Placed][] {
  const running = [...all(model, 'server')].filter(
    (each): each is Placed =>
      each.now.address !== null &&
      each.now.attach.type === 'namespace' &&
      each.now.power === 'on' &&
      get(model, 'vpc', vpcOf(model, each)!).now.power === 'on',
  )
  return running.flatMap(a => running.filter(b => b !== a).map((b): [Placed, Placed] => [a, b]))
}
