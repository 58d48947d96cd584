import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trapsOf, trapText } from '../../src/diagnose/plan/traps.ts'
import { modelOf } from '../compile/model-of.ts'

const vpc = 'rtr-00000001'

function world(also: object = {}) {
  return modelOf(
    JSON.stringify({
      local: { pools: [{ name: 'any', addresses: ['203.0.113.0/24'] }] },
      'sg-00000001': { rules: [] },
      'eip-00000001': { zone: 'local', address: '203.0.113.1' },
      'eip-00000002': { zone: 'local', address: '203.0.113.2' },
      [vpc]: { cidr: '10.0.0.0/16', type: 'small', eip: 'eip-00000002', securityGroup: 'sg-00000001' },
      'rt-00000001': {
        vpc,
        isDefault: true,
        routes: [{ id: 'r-00000001', destination: '198.51.100.0/24', nextHop: { type: 'router', id: vpc } }],
      },
      'vxnet-00000001': { vpc, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: 'rt-00000001' },
      ...also,
    }),
  )
}

function balancer(maxConnections: number, ...addresses: readonly string[]) {
  const backends = addresses.map((address, i) => ({ id: `lbb-0000000${i}`, address, port: 80 }))
  return {
    'lb-00000001': {
      eips: ['eip-00000001'],
      subnet: 'vxnet-00000001',
      address: '10.0.1.10',
      maxConnections,
      securityGroup: 'sg-00000001',
      listeners: [{ id: 'lbl-00000001', port: 80, backends }],
    },
  }
}

const found = (also: object, id: string) => trapsOf(world(also), id).map(trap => trapText(trap, 'en'))

test('a balancer that may have more connections than source NAT has ports for its backends', () => {
  const codes = (...of: Parameters<typeof balancer>) =>
    trapsOf(world(balancer(...of)), 'lb-00000001').map(({ code }) => code)
  assert.deepEqual(codes(5000, '198.51.100.1'), [])
  assert.deepEqual(codes(100_000, '198.51.100.1'), ['scarce-backend-ports'])
  assert.deepEqual(codes(100_000, '198.51.100.1', '198.51.100.2'), [])
  assert.deepEqual(codes(200_000, '198.51.100.1', '198.51.100.2'), ['scarce-backend-ports'])
  assert.deepEqual(codes(200_000, '198.51.100.1', '10.0.1.20'), [], 'one inside needs no ports')
  assert.deepEqual(codes(200_000, '192.0.2.1'), [], 'one that nothing leads to has other troubles')
  assert.match(found(balancer(100_000, '198.51.100.1'), 'lb-00000001')[0] ?? '', /64512 ports .* the 100000 that/)
})

test('a server that is told to send larger packets than links carry', () => {
  const told = (option: string) => ({
    'i-00000001': { subnet: 'vxnet-00000001', address: '10.0.1.20', securityGroup: 'sg-00000001' },
    [vpc]: {
      cidr: '10.0.0.0/16',
      type: 'small',
      securityGroup: 'sg-00000001',
      dhcpOptions: [{ id: 'rtrs-00000001', server: 'i-00000001', options: [option] }],
    },
  })
  assert.deepEqual(found(told('mtu=1400'), vpc), [])
  assert.deepEqual(found(told('mtu=9000'), vpc), [
    'tells the server to send packets of 9000 bytes; links carry 1500, so larger ones are lost',
  ])
})
