import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breachText, isBroken, judgePolicy, policyChanges, sceneFor } from '../../src/diagnose/reach/policy.ts'
import { get, put, type Model } from '../../src/model/model.ts'
import { modelOf } from '../compile/model-of.ts'

const vpc = 'rtr-00000001'

/** Two servers behind one group each, a gateway, a balancer and ways in; with one policy test. */
function world(statement: object, also: object = {}): Model {
  const rule = (id: string, given: object) => ({ id, protocol: 'tcp', ...given })
  return modelOf(
    JSON.stringify({
      local: { pools: [{ name: 'any', addresses: ['203.0.113.0/24'] }] },
      'sg-00000001': { rules: [rule('sgr-00000001', { ports: '80' })] },
      'sg-00000002': { rules: [rule('sgr-00000002', { ports: '5432', peer: '10.0.1.0/24' })] },
      'tag-00000001': {},
      'eip-00000001': { zone: 'local', address: '203.0.113.1' },
      'eip-00000002': { zone: 'local', address: '203.0.113.2' },
      'eip-00000003': { zone: 'local', address: '203.0.113.3' },
      [vpc]: {
        cidr: '10.0.0.0/16',
        type: 'small',
        eip: 'eip-00000002',
        securityGroup: 'sg-00000001',
        portForwards: [],
      },
      'rt-00000001': { vpc, isDefault: true, routes: [] },
      'vxnet-00000001': { vpc, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: 'rt-00000001' },
      'vxnet-00000002': { vpc, cidr: '10.0.2.0/24', gateway: '10.0.2.1', routeTable: 'rt-00000001' },
      'i-00000001': { subnet: 'vxnet-00000001', address: '10.0.1.20', securityGroup: 'sg-00000001' },
      'i-00000003': { subnet: 'vxnet-00000001', address: '10.0.1.21', securityGroup: 'sg-00000001' },
      'i-00000002': { subnet: 'vxnet-00000002', address: '10.0.2.20', securityGroup: 'sg-00000002' },
      'lb-00000001': {
        eips: ['eip-00000001'],
        subnet: 'vxnet-00000001',
        address: '10.0.1.10',
        securityGroup: 'sg-00000001',
        listeners: [
          {
            id: 'lbl-00000001',
            protocol: 'tcp',
            via: 'kernel',
            port: 80,
            backends: [
              { id: 'lbb-00000001', address: '10.0.1.99', port: 80 },
              { id: 'lbb-00000002', server: 'i-00000001', port: 80 },
            ],
          },
        ],
      },
      'pt-00000001': statement,
      ...also,
    }),
  )
}

/** What a policy test comes to: its state, and why where it is broken. */
function verdictOf(model: Model): string {
  const statement = get(model, 'policy-test', 'pt-00000001')
  const verdict = judgePolicy(sceneFor(model, statement), statement)
  return verdict.state === 'broken' ? breachText(model, statement, verdict.because, 'en') : verdict.state
}

const server = (n: number) => ({ type: 'server', id: `i-0000000${n}` })
const internet = { type: 'internet', prefix: '0.0.0.0/0' }

test('servers reach each other, or not, and what stops them is named', () => {
  const database = { from: { type: 'subnet', id: 'vxnet-00000001' }, to: server(2), ports: '5432' }
  assert.equal(verdictOf(world(database)), 'holds')
  assert.equal(
    verdictOf(world({ ...database, must: 'not-reach' })),
    'i-00000001 (10.0.1.20) must not reach i-00000002 (10.0.2.20) by TCP 5432, and does: ' +
      'in the server i-00000002 (i-00000002): rule sgr-00000002 of security group sg-00000002 (sg-00000002) lets it pass',
  )
  assert.equal(
    verdictOf(world({ ...database, ports: '5432-5433' })),
    'i-00000001 (10.0.1.20) must reach i-00000002 (10.0.2.20) by TCP 5433, and does not: ' +
      'in the server i-00000002 (i-00000002): no rule of security group sg-00000002 (sg-00000002) admits it: it is dropped',
  )
  assert.equal(verdictOf(world({ ...database, must: 'not-reach', ports: '5433' })), 'holds')
  assert.match(
    verdictOf(world({ ...database, protocol: 'icmp', ports: null })),
    /by ICMP, and does not: in the server .*: no rule/,
  )
})

test('those of a private network have to reach each other, and nobody has to reach itself', () => {
  const among = (id: string) => ({ from: { type: 'subnet', id }, to: { type: 'subnet', id }, ports: '80' })
  assert.equal(verdictOf(world(among('vxnet-00000001'))), 'holds')
  assert.equal(verdictOf(world(among('vxnet-00000002'))), 'void')
})

test('a tag stands for the servers that have it; where none has, there is nobody to say anything about', () => {
  const tagged = { from: { type: 'tag', id: 'tag-00000001' }, to: server(2), ports: '5432' }
  const model = world(tagged)
  assert.equal(verdictOf(model), 'void')
  const label = (id: string) => put(model, { ...get(model, 'server', id), tags: ['tag-00000001'] })
  assert.equal(verdictOf(label('i-00000001')), 'holds')
})

test('a server that is off cannot be reached, and stops nobody who must not reach it', () => {
  const off = { 'i-00000002': { ...powered, power: 'off' } }
  const wish = { from: server(1), to: server(2), ports: '5432' }
  assert.match(verdictOf(world(wish, off)), /the server i-00000002 .* is off, or in no network/)
  assert.equal(verdictOf(world({ ...wish, must: 'not-reach' }, off)), 'holds')
})
const powered = { subnet: 'vxnet-00000002', address: '10.0.2.20', securityGroup: 'sg-00000002' }

test('the listeners of a balancer are reached where one of their backends is, from outside and from inside', () => {
  const to = { type: 'load-balancer', id: 'lb-00000001' }
  assert.equal(verdictOf(world({ from: internet, to })), 'holds')
  assert.equal(verdictOf(world({ from: server(3), to })), 'holds')
  assert.match(
    verdictOf(world({ from: internet, to, ports: '81' })),
    /TCP 81, and does not: in the load balancer .*: no rule of security group/,
  )
  assert.match(verdictOf(world({ from: internet, to: { type: 'eip', id: 'eip-00000003' }, ports: '80' })), /does not/)
})

test('a server is reached from the internet by whatever leads to it: a port forward, its own address, a balancer', () => {
  const must = { from: internet, to: server(2), ports: '5432' }
  assert.match(verdictOf(world(must)), /^the internet \(.*does not: /)
  const forward = { id: 'pf-00000001', protocol: 'tcp', port: 80, toAddress: '10.0.2.20', toPort: 5432 }
  const router = { cidr: '10.0.0.0/16', type: 'small', eip: 'eip-00000002', securityGroup: 'sg-00000001' }
  const open = { rules: [{ id: 'sgr-00000002', protocol: 'tcp', ports: '5432' }] }
  const also = { [vpc]: { ...router, portForwards: [forward] }, 'sg-00000002': open }
  assert.equal(verdictOf(world(must, also)), 'holds')
  assert.match(
    verdictOf(world({ ...must, must: 'not-reach' }, also)),
    /must not reach i-00000002 .*, and does: in the VPC's router .*: rule sgr-00000001/,
  )
  assert.equal(verdictOf(world({ ...must, must: 'not-reach', ports: '22' }, also)), 'holds')
  const behind = { ...must, to: server(1), ports: '80', must: 'not-reach' }
  assert.match(verdictOf(world(behind)), /and does/, 'the kernel leads what a balancer gets to its backends')
})

test('a part of the internet is asked in as many parts as rules tell apart', () => {
  const rules = [{ id: 'sgr-00000001', protocol: 'tcp', ports: '80', peer: '198.51.100.64/27' }]
  const to = { type: 'load-balancer', id: 'lb-00000001' }
  const from = (prefix: string) => ({ from: { type: 'internet', prefix }, to })
  const also = { 'sg-00000001': { rules: [...rules, { id: 'sgr-00000003', protocol: 'tcp', peer: '10.0.0.0/8' }] } }
  assert.equal(verdictOf(world(from('198.51.100.64/28'), also)), 'holds')
  assert.match(verdictOf(world(from('198.51.100.0/24'), also)), /the internet \(198\.51\.100\.\d+\) must reach/)
  assert.match(verdictOf(world({ ...from('198.51.100.0/24'), must: 'not-reach' }, also)), /198\.51\.100\.65.*and does/)
})

test('a change is held against the tests that it concerns, and one that was broken before is not broken by it', () => {
  const before = world({ from: server(1), to: server(2), ports: '5432' })
  const group = get(before, 'security-group', 'sg-00000002')
  const after = put(before, { ...group, live: { rules: [] } })
  const [change, ...others] = policyChanges(before, after, [group.id])
  assert.deepEqual([change?.before, change?.after.state, others.length], ['holds', 'broken', 0])
  assert.ok(change && isBroken(change))
  const [again] = policyChanges(after, put(after, { ...group, live: { rules: [] } }), [group.id])
  assert.deepEqual([again?.before, again && isBroken(again)], ['broken', false])
  const elsewhere = put(before, { ...get(before, 'security-group', 'sg-00000001'), id: 'sg-00000009' })
  assert.deepEqual(policyChanges(before, elsewhere, ['sg-00000009']), [])
})
