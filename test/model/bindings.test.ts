import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/model/command.ts'
import type { KindName } from '../../src/model/kinds.ts'
import { scene, withGateway, withVpc } from './scene.ts'

type Body = Readonly<Record<string, unknown>>
const create = (kind: KindName, body: unknown) => ({ do: 'create', kind, body }) as const
const patch = (kind: KindName, id: string, body: Body) => ({ do: 'patch', kind, id, body }) as const

describe('what is bound to what', () => {
  const s = scene()
  const { vpc, subnet, table } = withVpc(s)
  const server = s.create('server', { subnet })
  const balancer = s.create('load-balancer', { subnet, listeners: [{ port: 80 }] })
  const listener = s.get('load-balancer', balancer).draft.listeners[0]?.id ?? ''
  const { gateway, eips } = withGateway(s, vpc)
  const forBalancers = s.create('route-table', { vpc, serves: 'load-balancer' })
  s.create('zone', { id: 'far', pools: [{ name: 'a', addresses: ['203.0.113.0/29'] }] })
  const far = s.create('eip', { zone: 'far' })
  const full = s.run(create('vpc', { cidr: '10.2.0.0/16', subnets: [{ cidr: '10.2.0.0/29' }] })).touched.at(-1) ?? ''
  for (let n = 0; n < 5; n++) s.create('server', { subnet: full })
  const child = (body: unknown, path = ['listeners', listener]): Command => ({
    do: 'patch-child',
    kind: 'load-balancer',
    id: balancer,
    path,
    body,
  })

  const cases: Readonly<Record<string, readonly [Command, ...string[]]>> = {
    'a private address without a subnet': [
      create('load-balancer', { eips: [{}], address: '10.0.0.9' }),
      'address-without-subnet address',
    ],
    'a subnet without an address': [patch('load-balancer', balancer, { address: null }), 'missing address'],
    'a balancer with a table for subnets': [
      patch('load-balancer', balancer, { routeTable: table }),
      'wrong-table routeTable',
    ],
    'a table without a subnet': [
      create('load-balancer', { eips: [{}], routeTable: forBalancers }),
      'table-without-subnet routeTable',
    ],
    'a server behind a balancer without a subnet': [
      create('load-balancer', { eips: [{}], listeners: [{ port: 80, backends: [{ server, port: 80 }] }] }),
      'server-without-subnet listeners[0].backends[0].server',
    ],
    'a gateway that holds an EIP twice': [
      patch('nat-gateway', gateway, { eips: [...eips, ...eips] }),
      'duplicate eips[1]',
    ],
    'a rule that names an EIP twice': [
      patch('nat-gateway', gateway, { snatRules: [{ target: subnet, eips: [...eips, ...eips] }] }),
      'duplicate snatRules[0].eips[1]',
    ],
    'a default table for balancers': [
      create('route-table', { vpc, isDefault: true, serves: 'load-balancer' }),
      'one-default',
      'one-default serves',
    ],
    'an ICMP code on TCP': [
      create('security-group', { rules: [{ protocol: 'tcp', icmpCode: 0 }] }),
      'icmp-without-protocol rules[0].icmpCode',
    ],
    'a forward to outside the VPC': [
      patch('vpc', vpc, { portForwards: [{ port: 80, toAddress: '192.168.0.1', toPort: 80 }] }),
      'outside-vpc portForwards[0].toAddress',
    ],
    'an EIP of another region': [patch('vpc', vpc, { eip: far }), 'eip-elsewhere eip'],
    'an address in no such pool': [create('eip', { pool: 'moon', address: '192.0.2.9' }), 'no-pool pool'],
    'a pool that shrinks under an EIP': [patch('zone', 'local', { pools: [] }), 'outside-pool address'],
    'a server in a full subnet': [create('server', { subnet: full }), 'no-address-left address'],
    'an EIP of no region': [
      create('eip', { zone: 'moon', bandwidthMbps: 0 }),
      'not-found zone',
      'too-small bandwidthMbps',
    ],
    'a body that is a list': [create('eip', []), 'wrong-type'],
    'subnets of what is no VPC': [create('eip', { subnets: [] }), 'unknown-field subnets'],
    'subnets that are no list': [create('vpc', { cidr: '10.0.0.0/16', subnets: {} }), 'wrong-type subnets'],
    'an id that changes': [patch('vpc', vpc, { id: 'rtr-other', kind: 'eip' }), 'read-only id', 'read-only kind'],
    'a child that is no object': [child(5), 'wrong-type'],
    'a child whose id changes': [child({ id: 'lbl-other' }), 'read-only id'],
    'a child that is not there': [child({}, ['listeners', 'lbl-other']), 'no-child'],
  }
  for (const [name, [command, ...expected]] of Object.entries(cases)) {
    test(name, () => {
      const found = s.refusal(command)
      for (const problem of expected) assert.ok(found.includes(problem), `${problem} among ${found.join(', ')}`)
    })
  }
})

test('an EIP that is deleted by force is taken from whoever holds it', () => {
  const s = scene()
  const { subnet } = withVpc(s)
  const vpc = s.create('vpc', { cidr: '10.0.0.0/16', eip: {} })
  const server = s.create('server', { subnet, eip: {} })
  const balancer = s.create('load-balancer', { subnet, eips: [{}] })
  const held = [
    s.get('vpc', vpc).now.eip,
    s.get('server', server).now.eip,
    s.get('load-balancer', balancer).now.eips[0],
  ]
  const touched = held.map(id => s.run({ do: 'delete', kind: 'eip', id: id ?? '', force: true }).touched)
  assert.deepEqual(touched, [[vpc], [server], [balancer]])
  assert.deepEqual(
    [s.get('vpc', vpc).now.eip, s.get('server', server).now.eip, s.get('load-balancer', balancer).now.eips],
    [null, null, []],
  )
})

test('a gateway tells which table it changed, coming and going', () => {
  const s = scene()
  const { vpc, table } = withVpc(s)
  const { resource, touched } = s.run(create('nat-gateway', { vpc }))
  assert.deepEqual(touched, [table])
  assert.deepEqual(s.run({ do: 'delete', kind: 'nat-gateway', id: resource?.id ?? '' }).touched, [table])
})
