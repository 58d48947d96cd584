import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compile, compileAll } from '../../src/compile/compile.ts'
import { seenAs } from '../../src/diagnose/trace/seen-as.ts'
import { flowStands } from '../../src/host/flow-verdict.ts'
import type { HostState } from '../../src/host/item.ts'
import { trace, traceFlow, type Verdict } from '../../src/host/trace.ts'
import { get, put } from '../../src/model/model.ts'
import { machine } from '../compile/machine.ts'
import { modelOf } from '../compile/model-of.ts'

function golden(name: string) {
  return modelOf(readFileSync(join(import.meta.dirname, `../golden/${name}.golden`), 'utf8').split(/\n-{40}\n/)[0]!)
}

/** A new TCP flow's two verdicts, in short. */
function flow(name: string, netns: string, from: string, to: string, dport: number) {
  const origin = { netns, enters: from === '' ? null : 'uplink' }
  const { there, back } = traceFlow(compileAll(golden(name), machine), origin, {
    from,
    to,
    protocol: 'tcp',
    sport: 40000,
    dport,
  })
  return { there: short(there), back: back && short(back) }
}

function short({ verdict, netns, packet, for: owner }: Verdict): string {
  if (verdict === 'delivered' || verdict === 'sent-out') return `${verdict} in ${netns} from ${packet.from}`
  return `${verdict} in ${netns}${owner && ` for ${owner}`}`
}

const client = '198.51.100.200'

test('in topology A a backend sees the NAT gateway, and the answer comes back', () => {
  assert.deepEqual(flow('topology-a', 'cw-lb-aaaaaaaa', '', '198.51.100.1', 8080), {
    there: 'sent-out in cw-edge from 203.0.113.10',
    back: 'delivered in cw-lb-aaaaaaaa from 198.51.100.1',
  })
})

test('in topology B a backend sees the VPC, and the answer comes back', () => {
  const answered = flow('topology-b', 'cw-lb-bbbbbbbb', '', '198.51.100.2', 80)
  assert.deepEqual(answered, {
    there: 'sent-out in cw-edge from 203.0.113.20',
    back: 'delivered in cw-lb-bbbbbbbb from 198.51.100.2',
  })
})

test('a backend without a route is unreachable at once, and what no group admits is dropped in its name', () => {
  assert.equal(flow('topology-b', 'cw-lb-bbbbbbbb', '', '198.51.100.9', 80).there, 'unreachable in cw-lb-bbbbbbbb')
  const closed = flow('topology-a', 'cw-lb-aaaaaaaa', '', '198.51.100.1', 9999)
  assert.equal(closed.there, 'dropped in cw-nfv-aaaaaaaa for sg-nat00000')
})

test('a client reaches a listener, and the answer leaves with the public address', () => {
  assert.deepEqual(flow('topology-a', 'cw-edge', client, '203.0.113.30', 80), {
    there: `delivered in cw-lb-aaaaaaaa from ${client}`,
    back: 'sent-out in cw-edge from 203.0.113.30',
  })
})

test('destination NAT leads inside, and the answer is translated back: a port forward, an EIP, a NAT gateway', () => {
  const inside = (name: string, to: string, port: number) => flow(name, 'cw-edge', client, to, port)
  assert.deepEqual(inside('server', '203.0.113.11', 80), {
    there: `delivered in cw-i-11111111 from ${client}`,
    back: 'sent-out in cw-edge from 203.0.113.11',
  })
  assert.deepEqual(inside('nat-gateway', '203.0.113.11', 80), {
    there: 'dropped in cw-i-eeeeeeee for sg-00000000',
    back: null,
  })
  assert.deepEqual(inside('server', '203.0.113.12', 80), {
    there: `delivered in /run/netns/mine from ${client}`,
    back: 'sent-out in cw-edge from 203.0.113.12',
  })
  assert.equal(inside('server', '203.0.113.12', 8080).there, 'dropped in cw-rtr-99999999 for sg-00000000')
})

test('a client whom a balancer shows is who its backend sees, and the answer comes back in the name that was asked', () => {
  const name = 'load-balancer-transparent'
  assert.deepEqual(flow(name, 'cw-edge', client, '203.0.113.11', 80), {
    there: `delivered in cw-i-aaaaaaaa from ${client}`,
    back: 'sent-out in cw-edge from 203.0.113.11',
  })
  // By its own public address, without the balancer.
  assert.deepEqual(flow(name, 'cw-edge', client, '203.0.113.12', 90), {
    there: `delivered in cw-i-aaaaaaaa from ${client}`,
    back: 'sent-out in cw-edge from 203.0.113.12',
  })
  // The router holds that address: it would not believe that it comes from elsewhere.
  const hairpin = flow(name, 'cw-i-aaaaaaaa', '', '203.0.113.11', 80)
  assert.equal(hairpin.there, 'delivered in cw-i-aaaaaaaa from 172.16.1.10')
})

test('flows of clients who are shown stand in every namespace that keeps track of them, until they are shown no more', () => {
  const model = golden('load-balancer-transparent')
  const before = get(model, 'load-balancer', 'lb-aaaaaaaa')
  const listeners = before.live.listeners.map(each => ({ ...each, options: [] }))
  const plain = put(model, { ...before, live: { ...before.live, listeners } })
  const tuple = (from: string, to: string, sport: number, dport: number) => ({
    from,
    to,
    protocol: 'tcp',
    sport,
    dport,
  })
  const original = tuple(client, '203.0.113.11', 40000, 80)
  const there = tuple(client, '172.16.2.20', 40000, 90)
  const reply = tuple('172.16.2.20', client, 90, 40000)
  const state = compileAll(model, machine)
  const rule = [...state.values()].find(item => item.kind === 'rule' && item.netns === 'cw-rtr-aaaaaaaa' && item.mark)
  const mark = rule?.kind === 'rule' ? rule.mark! : 0
  const held = [
    ['cw-lb-aaaaaaaa', { original, reply, mark: 1 }],
    ['cw-rtr-aaaaaaaa', { original: there, reply, mark }],
  ] as const
  for (const [netns, tracked] of held) {
    assert.equal(flowStands(state, netns, tracked), true, netns)
    assert.equal(flowStands(compileAll(plain, machine), netns, tracked), false, netns)
  }
})

test('an address that nobody holds ends at the edge', () => {
  assert.equal(flow('server', 'cw-edge', client, '203.0.113.99', 80).there, 'unreachable in cw-edge for local')
})

test('every address that source NAT may choose is among those that a backend may see', () => {
  const shards = compile(golden('topology-a'), machine)
  const backend = { address: '198.51.100.1', port: 8080 }
  const only = { netns: 'cw-lb-aaaaaaaa', config: { source: null } }
  assert.deepEqual(seenAs(shards, 'rtr-aaaaaaaa', only, backend), ['203.0.113.10'])
  assert.deepEqual(seenAs(shards, 'rtr-aaaaaaaa', only, { ...backend, port: 1 }), [])
  const state = compileAll(golden('nat-gateway'), machine)
  const enters = { netns: 'cw-nfv-eeeeeeee', enters: 'vpc0' }
  const packet = { from: '172.16.5.3', to: '198.51.100.1', protocol: 'tcp', sport: 40000, dport: 80 }
  assert.deepEqual(traceFlow(state, enters, packet).there.sources, ['203.0.113.11', '203.0.113.13'])
})

/** A network with a balancer of two nodes, whose port 80 the kernel leads to these backends. */
function spreadOver(backends: string): HostState {
  return compileAll(
    modelOf(`
      local: { pools: [{ name: bgp, addresses: [203.0.113.0/24] }] }
      sg-00000000: { rules: [{ id: sgr-00000001 }] }
      eip-00000001: { zone: local, address: 203.0.113.1 }
      rtr-00000000: { cidr: 10.0.0.0/16, securityGroup: sg-00000000 }
      rt-00000000: { vpc: rtr-00000000, isDefault: true }
      vxnet-000000: { vpc: rtr-00000000, cidr: 10.0.1.0/24, gateway: 10.0.1.1, routeTable: rt-00000000 }
      i-00000001: { subnet: vxnet-000000, address: 10.0.1.20, securityGroup: sg-00000000 }
      i-00000002: { subnet: vxnet-000000, address: 10.0.1.21, securityGroup: sg-00000000 }
      lb-00000000:
        eips: [eip-00000001]
        subnet: vxnet-000000
        address: 10.0.1.10
        nodeCount: 2
        nodeAddresses: [10.0.1.11]
        securityGroup: sg-00000000
        listeners: [{ id: lbl-00000001, protocol: tcp, port: 80, check: { protocol: none }, backends: [${backends}] }]
    `),
    machine,
  )
}

const to = (address: string, more: string) =>
  `{ id: lbb-0000${address.slice(-2)}, address: ${address}, port: 8080, ${more} }`
const toNet = (netns: string, from: string, address: string, dport = 80) =>
  [
    { netns, enters: from === client ? 'uplink' : null },
    { from, to: address, protocol: 'tcp', sport: 40000, dport },
  ] as const

test('who speaks to itself does so in the name that it calls', () => {
  const state = spreadOver('')
  for (const address of ['10.0.1.10', '10.0.1.11', '203.0.113.1']) {
    const { there, back } = traceFlow(state, ...toNet('cw-lb-00000000', '', address, 81))
    assert.deepEqual([short(there), back?.verdict], [`delivered in cw-lb-00000000 from ${address}`, 'delivered'])
  }
})

test('what speaks to itself passes its own rules: a port that leads nowhere refuses its own balancer, too', () => {
  const state = spreadOver('')
  assert.equal(
    short(trace(state, ...toNet('cw-lb-00000000', '', '10.0.1.11'))),
    'rejected in cw-lb-00000000 for lbl-00000001',
  )
})

test('new flows are led to who serves: not to a backend that drains while a backup is there, and nowhere where all drain', () => {
  const drained = to('10.0.1.20', 'weight: 0')
  const ask = toNet('cw-edge', client, '203.0.113.1')
  const backup = spreadOver(`${drained}, ${to('10.0.1.21', 'backup: true')}`)
  assert.equal(trace(backup, ...ask).packet.to, '10.0.1.21')
  assert.equal(short(trace(spreadOver(drained), ...ask)), 'rejected in cw-lb-00000000 for lbl-00000001')
  // What went there before stays.
  const { there } = traceFlow(backup, ...ask, { address: '10.0.1.20', port: 8080 })
  assert.equal(there.packet.to, '10.0.1.20')
})

test('who reaches itself by a balancer is answered: it has two flows', () => {
  const state = spreadOver(to('10.0.1.20', 'weight: 1'))
  const { there, back } = traceFlow(state, ...toNet('cw-i-00000001', '10.0.1.20', '10.0.1.10'))
  assert.equal(short(there), 'delivered in cw-i-00000001 from 10.0.1.10')
  assert.equal(back && short(back), 'delivered in cw-i-00000001 from 10.0.1.10')
})
