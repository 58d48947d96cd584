import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { edit } from '../../src/model/edit.ts'
import { kinds, kindNames, type KindName } from '../../src/model/kinds.ts'
import { problemText, Refused } from '../../src/model/problem.ts'
import { problems } from '../../src/model/problems.ts'
import { freshModel } from '../any-model.ts'
import { scene, withGateway, withVpc } from './scene.ts'

type Body = Readonly<Record<string, unknown>>
const create = (kind: KindName, body: Body) => ({ do: 'create', kind, body }) as const
const add = (kind: KindName, id: string, path: readonly string[], body: Body) =>
  ({ do: 'add-child', kind, id, path, body }) as const

describe('servers that cannot be', () => {
  const s = scene()
  const { subnet } = withVpc(s)
  const tap = (device: string) => create('server', { subnet, attach: { type: 'tap', device } })
  const netns = (path: string) => create('server', { subnet, attach: { type: 'netns', path } })
  s.run(tap('tap0'))
  s.run(netns('/run/netns/mine'))

  const cases: Readonly<Record<string, readonly [Parameters<typeof s.refusal>[0], string]>> = {
    'two on one tap device': [tap('tap0'), 'attach-taken attach'],
    'two in one namespace': [netns('/run/netns/mine'), 'attach-taken attach'],
    'two in one namespace by another name': [netns('/var/run/netns/mine'), 'attach-taken attach'],
    'one on a device that is named like a link of ours': [tap('br-1a2b3c4d'), 'own-link attach.device'],
  }
  for (const [name, [command, refusal]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(s.refusal(command), [refusal]))
  }

  test('another device, and the same once it is free', () => {
    s.run(tap('tap1'))
    const [first = ''] = s.model().byAttachment.get('tap0') ?? []
    s.run({ do: 'delete', kind: 'server', id: first })
    s.run(tap('tap0'))
  })
})

describe('networks that cannot be', () => {
  const s = scene()
  const { vpc, subnet, table } = withVpc(s)
  const other = withVpc(s)
  const far = withGateway(s, other.vpc)
  const near = withGateway(s, vpc)
  const balancerTable = s.create('route-table', { vpc, serves: 'load-balancer' })
  const route = (nextHop: Body, destination = '198.18.0.0/24') =>
    add('route-table', table, ['routes'], { destination, nextHop })

  const cases: Readonly<Record<string, readonly [Parameters<typeof s.refusal>[0], ...string[]]>> = {
    'overlapping subnets': [create('subnet', { vpc, cidr: '10.0.0.128/25' }), 'overlap cidr'],
    'a subnet outside its VPC': [create('subnet', { vpc, cidr: '10.1.0.0/24' }), 'outside-vpc cidr'],
    'a subnet of a wrong size': [create('subnet', { vpc, cidr: '10.0.9.0/30' }), 'subnet-size cidr'],
    'a subnet with host bits': [create('subnet', { vpc, cidr: '10.0.9.1/24', gateway: '10.0.9.1' }), 'host-bits cidr'],
    'a gateway outside its subnet': [
      create('subnet', { vpc, cidr: '10.0.9.0/24', gateway: '10.0.8.1' }),
      'outside-subnet gateway',
    ],
    'a gateway that is the broadcast address': [
      create('subnet', { vpc, cidr: '10.0.9.0/24', gateway: '10.0.9.255' }),
      'outside-subnet gateway',
    ],
    'a subnet with a table of another VPC': [
      create('subnet', { vpc, cidr: '10.0.9.0/24', routeTable: other.table }),
      'other-vpc routeTable',
    ],
    'a subnet with a table for balancers': [
      create('subnet', { vpc, cidr: '10.0.9.0/24', routeTable: balancerTable }),
      'wrong-table routeTable',
    ],
    'a subnet of a VPC that is not there': [
      create('subnet', { vpc: 'rtr-00000000', cidr: '10.0.9.0/24' }),
      'not-found vpc',
    ],
    'a subnet of no VPC': [create('subnet', { cidr: '10.0.9.0/24' }), 'needs-vpc cidr'],
    'a server in a subnet that is not there': [create('server', { subnet: 'vxnet-00000000' }), 'not-found subnet'],
    'an address in no subnet': [create('server', { address: '10.0.0.9' }), 'address-without-subnet address'],
    'a balancer in a subnet that is not there': [
      create('load-balancer', { subnet: 'vxnet-00000000' }),
      'not-found subnet',
    ],
    'a public range': [create('vpc', { cidr: '8.8.0.0/16' }), 'vpc-range cidr'],
    'a range that is too small': [create('vpc', { cidr: '10.0.0.0/29' }), 'vpc-range cidr'],
    'a fourth initial subnet': [
      create('vpc', { cidr: '10.0.0.0/16', subnets: [0, 1, 2, 3].map(n => ({ cidr: `10.0.${n}.0/24` })) }),
      'quota subnets',
    ],
    'initial subnets that overlap': [
      create('vpc', { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }, { cidr: '10.0.0.0/25' }] }),
      'overlap subnets[0].cidr',
      'overlap subnets[1].cidr',
    ],
    'a second default table': [create('route-table', { vpc, isDefault: true }), 'one-default'],
    'the default table gone': [{ do: 'delete', kind: 'route-table', id: table }, 'is-default'],
    'a route to a gateway of another VPC': [route({ type: 'nat-gateway', id: far.gateway }), 'other-vpc nextHop.id'],
    'a route to the router of another VPC': [route({ type: 'router', id: other.vpc }), 'not-this-router nextHop.id'],
    'a route to an address in no subnet': [
      route({ type: 'address', address: '10.0.77.1' }),
      'hop-outside nextHop.address',
    ],
    'a route to nowhere': [route({ type: 'blackhole' }), 'not-one-of nextHop.type'],
    'a route without a next hop': [
      add('route-table', table, ['routes'], { destination: '1.2.3.4' }),
      'missing nextHop',
    ],
    'a second route to one destination': [route({ type: 'router', id: vpc }, '0.0.0.0/0'), 'duplicate destination'],
    'a balancer table that leads to a NAT gateway': [
      add('route-table', balancerTable, ['routes'], {
        destination: '198.18.0.0/24',
        nextHop: { type: 'nat-gateway', id: near.gateway },
      }),
      'nat-in-balancer-table nextHop.id',
    ],
    'an address that another has': [create('server', { subnet, address: '10.0.0.1' }), 'address-taken address'],
    'an address outside the subnet': [create('server', { subnet, address: '10.0.1.7' }), 'outside-subnet address'],
    'a subnet in use': [{ do: 'delete', kind: 'vpc', id: vpc }, 'in-use'],
    'a change of what is fixed': [
      { do: 'patch', kind: 'subnet', id: subnet, body: { cidr: '10.0.3.0/24' } },
      'once cidr',
    ],
  }
  for (const [name, [command, ...expected]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(s.refusal(command), expected))
  }
})

describe('public addresses and gateways', () => {
  const s = scene()
  const { vpc, subnet } = withVpc(s)
  const other = withVpc(s)
  const { gateway, eips } = withGateway(s, vpc)
  const [eip = ''] = eips
  const free = s.create('eip', {})
  const snat = (target: string, ...list: string[]) => add('nat-gateway', gateway, ['snatRules'], { target, eips: list })
  const dnat = (body: Body) => add('nat-gateway', gateway, ['dnatRules'], { eip, toAddress: '10.0.0.9', ...body })
  s.run(snat(subnet, eip))
  s.run(dnat({ port: '8000-8010', toPort: '8000-8010' }))

  const cases: Readonly<Record<string, readonly [Parameters<typeof s.refusal>[0], ...string[]]>> = {
    'an EIP in use': [{ do: 'patch', kind: 'vpc', id: vpc, body: { eip } }, 'eip-in-use eip'],
    'an EIP in use, in a list': [create('load-balancer', { eips: [free, eip] }), 'eip-in-use eips[1]'],
    'an EIP twice': [create('load-balancer', { eips: [free, free] }), 'duplicate eips[1]'],
    'an EIP released while bound': [{ do: 'delete', kind: 'eip', id: eip }, 'in-use'],
    'an EIP on a free-type VPC': [create('vpc', { cidr: '10.0.0.0/16', type: 'free', eip: free }), 'free-vpc-eip eip'],
    'an EIP bought for a free-type VPC': [
      create('vpc', { cidr: '10.0.0.0/16', type: 'free', eip: {} }),
      'free-vpc-eip eip',
    ],
    'an EIP with a chosen address that was given out': [
      create('eip', { address: '192.0.2.2' }),
      'address-taken address',
    ],
    'an EIP outside the pools': [create('eip', { address: '203.0.113.1' }), 'outside-pool address'],
    'an EIP that is reserved': [create('eip', { address: '192.0.2.1' }), 'outside-pool address'],
    'an EIP from no such pool': [create('eip', { pool: 'moon' }), 'no-pool pool'],
    'an EIP from no such region': [create('eip', { zone: 'moon' }), 'not-found zone'],
    'what may not be said when buying': [
      create('load-balancer', { eips: [{ bandwidthMbps: 0, address: '192.0.2.9' }] }),
      'too-small eips[0].bandwidthMbps',
      'unknown-field eips[0].address',
    ],
    'a fifth EIP': [create('load-balancer', { eips: [{}, {}, {}, {}, {}] }), 'too-many eips'],
    'SNAT with an EIP of another': [snat(other.subnet, free), 'eip-not-held eips[0]', 'other-vpc target'],
    'SNAT of one target twice': [snat(subnet, eip), 'duplicate target'],
    'SNAT without an EIP': [snat(subnet), 'too-few eips'],
    'DNAT of one port twice': [dnat({ port: 8005, toPort: 80 }), 'duplicate port'],
    'DNAT of a range to another': [dnat({ port: '90-95', toPort: '190-195' }), 'range-differs toPort'],
    'DNAT to outside the VPC': [dnat({ port: 90, toPort: 90, toAddress: '192.168.0.1' }), 'outside-vpc toAddress'],
    'DNAT of port 0': [dnat({ port: 0, toPort: 80 }), 'too-small port'],
    'DNAT of a range backwards': [dnat({ port: '90-80', toPort: '90-80' }), 'not-ports port', 'not-ports toPort'],
    'a gateway of no VPC': [create('nat-gateway', { vpc: 'rtr-none' }), 'not-found vpc'],
    'a gateway whose VPC is a subnet': [create('nat-gateway', { vpc: subnet }), 'not-found vpc'],
    'a port forwarded twice': [
      {
        do: 'patch',
        kind: 'vpc',
        id: vpc,
        body: { portForwards: [80, 81].map(toPort => ({ port: 80, toAddress: '10.0.0.7', toPort })) },
      },
      'duplicate portForwards[1].port',
    ],
  }
  for (const [name, [command, ...expected]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(s.refusal(command), expected))
  }
})

describe('balancers and groups', () => {
  const s = scene()
  const { subnet } = withVpc(s)
  const elsewhere = s.create('server', { subnet: withVpc(s, '10.9.0.0/16', '10.9.0.0/24').subnet })
  const balancer = s.create('load-balancer', {
    subnet,
    eips: [{}],
    listeners: [{ port: 80, backends: [{ address: '198.18.0.7', port: 80 }] }],
  })
  const listener = s.get('load-balancer', balancer).draft.listeners[0]?.id ?? ''
  const group = s.create('security-group', {})
  const ports = s.create('ip-set', { type: 'port', members: [80] })
  const listen = (body: Body) => add('load-balancer', balancer, ['listeners'], body)
  const back = (body: Body) => add('load-balancer', balancer, ['listeners', listener, 'backends'], body)
  const rule = (body: Body) => add('security-group', group, ['rules'], body)

  const cases: Readonly<Record<string, readonly [Parameters<typeof s.refusal>[0], ...string[]]>> = {
    'neither EIP nor subnet': [create('load-balancer', {}), 'neither-eip-nor-subnet subnet'],
    'a listener on a port twice': [listen({ port: 80, protocol: 'tcp' }), 'duplicate port'],
    'port 0': [listen({ port: 0 }), 'too-small port'],
    'port 70000': [listen({ port: 70000 }), 'too-big port'],
    'half a port': [listen({ port: 80.5 }), 'wrong-type port'],
    'a port in words': [listen({ port: '80' }), 'wrong-type port'],
    'weight -1': [back({ address: '198.18.0.8', port: 80, weight: -1 }), 'too-small weight'],
    'a backend twice': [back({ address: '198.18.0.7', port: 80 }), 'duplicate'],
    'a backend that is nothing': [back({ port: 80 }), 'one-target'],
    'a backend that is two things': [
      back({ port: 80, address: '10.9.0.2', server: elsewhere }),
      'one-target',
      'other-vpc server',
    ],
    'a backend in another VPC': [back({ port: 80, server: elsewhere }), 'other-vpc server'],
    'a backend by name': [back({ port: 80, address: 'example.com' }), 'not-an-address address'],
    'a listener with an id of its own': [listen({ port: 81, id: 'lbl-00000000' }), 'read-only id'],
    'a list that is not there': [add('load-balancer', balancer, ['moons'], {}), 'no-list'],
    'a listener that is not there': [
      add('load-balancer', balancer, ['listeners', 'lbl-x', 'backends'], {}),
      'no-child',
    ],
    'everything wrong at once': [
      {
        do: 'patch',
        kind: 'load-balancer',
        id: balancer,
        body: { colour: 'red', name: 7, listeners: [{ port: 70000, protocol: 'ftp', check: { fall: 1 } }, 5] },
      },
      'not-one-of listeners[0].protocol',
      'too-big listeners[0].port',
      'too-small listeners[0].check.fall',
      'unknown-field colour',
      'wrong-type listeners[1]',
      'wrong-type name',
    ],
    'ports without TCP or UDP': [rule({ protocol: 'icmp', ports: 80 }), 'ports-without-protocol ports'],
    'an ICMP type on TCP': [rule({ protocol: 'tcp', icmpType: 8 }), 'icmp-without-protocol icmpType'],
    'a port set for addresses': [rule({ peer: ports }), 'wrong-set peer'],
    'no such set': [rule({ peer: 'sgi-none' }), 'not-found peer'],
    'ports out of range': [rule({ protocol: 'tcp', ports: '70000' }), 'not-ports ports'],
    'a peer that is nothing': [rule({ peer: '10.0.0.300' }), 'not-a-prefix peer'],
    'priority 101': [rule({ priority: 101 }), 'too-big priority'],
    'addresses in a port set': [
      { do: 'patch', kind: 'ip-set', id: ports, body: { members: ['10.0.0.0/8'] } },
      'wrong-member members[0]',
    ],
    'a second default group': [create('security-group', { isDefault: true }), 'one-default isDefault'],
    'a stale revision': [{ do: 'apply', kind: 'security-group', id: group, ifRevision: 1 }, 'stale'],
    'another kind under this id': [{ do: 'delete', kind: 'vpc', id: group }, 'not-found'],
  }
  for (const [name, [command, ...expected]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(s.refusal(command), expected))
  }
})

describe('what is too much', () => {
  test('names of 1 MB and control characters are refused', () => {
    const s = scene()
    assert.deepEqual(s.refusal(create('eip', { name: 'x'.repeat(1 << 20) })), ['too-long name'])
    assert.deepEqual(s.refusal(create('eip', { name: 'a\u0000b', tags: ['c\nd'], description: '\u001b[2J' })), [
      'control-characters description',
      'control-characters name',
      'control-characters tags[0]',
    ])
    const long = 'y'.repeat(1 << 20)
    assert.deepEqual(s.refusal(create('eip', { [long]: 1 })), [`unknown-field ${'y'.repeat(64)}`])
  })

  test('a group of 10,000 rules is refused before anybody reads them, and an answer never grows without end', () => {
    const s = scene()
    const start = process.cpuUsage()
    const rules = Array.from({ length: 10_000 }, (_, i) => ({ nonsense: i }))
    assert.deepEqual(s.refusal(create('security-group', { rules })), ['quota rules'])
    const bad = { rules: rules.slice(0, 100), ...Object.fromEntries(rules.map((_, i) => [`a${i}`, i])) }
    assert.ok(s.refusal(create('security-group', bad)).length <= 200)
    const { user, system } = process.cpuUsage(start)
    assert.ok(user + system < 1_000_000)
  })

  test('every quota holds one more than it allows', () => {
    const s = scene()
    const group = s.create('security-group', { rules: Array.from({ length: 100 }, () => ({})) })
    assert.deepEqual(s.refusal(add('security-group', group, ['rules'], {})), ['quota rules'])
    const { vpc } = withVpc(s)
    for (let n = 0; n < 5; n++) s.create('nat-gateway', { vpc })
    assert.deepEqual(s.refusal(create('nat-gateway', { vpc })), ['quota'])
    const backends = Array.from({ length: 1000 }, (_, i) => ({ address: '198.18.0.1', port: 1 + i }))
    const balancer = s.create('load-balancer', { eips: [{}], listeners: [80, 81].map(port => ({ port, backends })) })
    const third = add('load-balancer', balancer, ['listeners'], { port: 82, backends: backends.slice(0, 1) })
    assert.deepEqual(s.refusal(third), ['quota listeners'])
  })

  test('whatever the body and wherever it goes, it is done or refused with whole sentences', () => {
    const s = scene()
    const { vpc, subnet, table } = withVpc(s)
    const { gateway } = withGateway(s, vpc)
    const balancer = s.create('load-balancer', { subnet, listeners: [{ port: 80 }] })
    const targets = [
      vpc,
      subnet,
      table,
      gateway,
      balancer,
      s.create('server', { subnet }),
      s.create('security-group', {}),
      'local',
    ]
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, '10.0.0.0/16', [{}], [[]], {}, 'local', 80, 'sgi-x', [{ id: 5 }]),
    )
    const bodyOf = (kind: KindName) => {
      const names = ['name', 'tags', 'id', 'subnets', '__proto__', 'constructor', 'force']
      const own = Object.keys({ ...kinds[kind].now.shape, ...kinds[kind].spec.shape })
      return fc.oneof(fc.dictionary(fc.constantFrom(...names, ...own), value), value, fc.anything())
    }
    const creation = fc
      .constantFrom(...kindNames)
      .chain(kind => bodyOf(kind).map(body => ({ do: 'create', kind, body }) as const))
    const target = fc.constantFrom(...targets).map(id => ({ id, kind: s.model().resources.get(id)?.kind ?? 'zone' }))
    const change = target.chain(({ id, kind }) => bodyOf(kind).map(body => ({ do: 'patch', kind, id, body }) as const))
    const lists = fc.array(
      fc.constantFrom('listeners', 'backends', 'rules', 'routes', '__proto__', '', 'check', 'name'),
      { maxLength: 4 },
    )
    const child = fc.tuple(target, lists, value).map(([{ id, kind }, path, body]) => add(kind, id, path, body as Body))
    fc.assert(
      fc.property(fc.oneof(creation, change, child), command => {
        try {
          edit(s.model(), command, freshModel().context)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          for (const { code, values } of error.problems)
            for (const name of blanks(problems[code].words.en)) assert.ok(values && name in values, `${code} ${name}`)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()

test('every sentence has the same blanks in both languages', () => {
  for (const [code, { words }] of Object.entries(problems)) assert.deepEqual(blanks(words.zh), blanks(words.en), code)
})

test('sentences name things in the language of their reader', () => {
  const problem = { code: 'not-found', at: 'vpc', values: { kind: 'vpc', id: 'rtr-1' } } as const
  assert.equal(problemText(problem, 'en'), 'there is no VPC network rtr-1')
  assert.equal(problemText(problem, 'zh'), '不存在VPC 网络 rtr-1')
  assert.equal(problemText({ code: 'wrong-type', at: '', values: { expected: 'int' } }, 'zh'), '应为整数')
})
