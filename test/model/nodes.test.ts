import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { check } from '../../src/model/check.ts'
import { privateAddressesOf } from '../../src/model/node.ts'
import { scene, withVpc, type Scene } from './scene.ts'

function balancerIn(s: Scene, subnet: string, body: object = {}): string {
  return s.create('load-balancer', { subnet, eips: [{}], ...body })
}

function apply(s: Scene, id: string): void {
  s.run({ do: 'apply', kind: 'load-balancer', id })
}

suite('the nodes of a balancer', () => {
  test('have addresses of the subnet from when they run until they do no more', () => {
    const s = scene()
    const { subnet } = withVpc(s)
    const id = balancerIn(s, subnet)
    const addresses = () => s.get('load-balancer', id).now.nodeAddresses
    assert.deepEqual(addresses(), [])
    s.patch('load-balancer', id, { nodeCount: 3 })
    assert.deepEqual(addresses(), [])
    apply(s, id)
    assert.deepEqual(addresses(), ['10.0.0.3', '10.0.0.4'])
    const server = s.create('server', { subnet })
    assert.equal(s.get('server', server).now.address, '10.0.0.5')
    s.patch('load-balancer', id, { nodeCount: 2 })
    assert.equal(addresses().length, 2)
    s.run({ do: 'discard', kind: 'load-balancer', id })
    assert.equal(addresses().length, 2)
    s.patch('load-balancer', id, { nodeCount: 2 })
    apply(s, id)
    assert.deepEqual(addresses(), ['10.0.0.3'])
    s.run({ do: 'rollback', kind: 'load-balancer', id, generation: 2 })
    assert.deepEqual(addresses(), ['10.0.0.3', '10.0.0.4'])
    s.run({ do: 'delete', kind: 'load-balancer', id })
    assert.equal(s.get('vip', s.create('vip', { subnet })).now.address, '10.0.0.2')
    assert.deepEqual(check(s.model()), [])
  })

  test('have them at once where a balancer is made with several, and others where it moves', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const other = s.create('subnet', { vpc, cidr: '10.0.7.0/24' })
    const id = balancerIn(s, subnet, { nodeCount: 2 })
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, ['10.0.0.3'])
    s.patch('load-balancer', id, { subnet: other })
    const { address, nodeAddresses } = s.get('load-balancer', id).now
    assert.deepEqual([address, nodeAddresses], ['10.0.7.2', ['10.0.7.3']])
    s.patch('load-balancer', id, { subnet: null })
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, [])
    s.patch('load-balancer', id, { subnet })
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, ['10.0.0.3'])
    assert.deepEqual(check(s.model()), [])
  })

  test('have none outside a subnet', () => {
    const s = scene()
    const id = s.create('load-balancer', { eips: [{}], nodeCount: 4 })
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, [])
  })

  test('take those that they are told, as far as nobody has them', () => {
    const s = scene()
    const { subnet } = withVpc(s)
    const server = s.create('server', { subnet, address: '10.0.0.9' })
    const id = balancerIn(s, subnet, { nodeCount: 3, nodeAddresses: ['10.0.0.7', '10.0.0.6'] })
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, ['10.0.0.7', '10.0.0.6'])
    const { now, draft } = s.get('load-balancer', id)
    s.patch('load-balancer', id, { ...now, ...draft })
    assert.deepEqual(s.get('load-balancer', id).now, now)
    s.patch('load-balancer', id, { nodeAddresses: ['10.0.0.7'] })
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, ['10.0.0.7', '10.0.0.3'])
    const refusal = (nodeAddresses: readonly string[]) =>
      s.refusal({ do: 'patch', kind: 'load-balancer', id, body: { nodeAddresses } })
    assert.deepEqual(refusal(['10.0.0.9', '10.0.0.6']), ['address-taken nodeAddresses[0]'])
    assert.deepEqual(refusal(['10.0.0.6', '10.0.0.6']), ['address-taken nodeAddresses[1]'])
    assert.deepEqual(refusal([now.address ?? '', '10.0.0.6']), ['address-taken nodeAddresses[0]'])
    assert.deepEqual(refusal(['10.0.0.1', '10.0.0.6']), ['address-taken nodeAddresses[0]'])
    assert.deepEqual(refusal(['10.0.1.2', '10.0.0.6']), ['outside-subnet nodeAddresses[0]'])
    assert.deepEqual(refusal(['10.0.0.10', '10.0.0.11', '10.0.0.12']), ['too-many-node-addresses nodeAddresses'])
    const body = { address: '10.0.0.7' }
    assert.deepEqual(s.refusal({ do: 'patch', kind: 'server', id: server, body }), ['address-taken address'])
    assert.deepEqual(s.refusal({ do: 'create', kind: 'vip', body: { subnet, ...body } }), ['address-taken address'])
  })

  test('may be told theirs before they run, as a file of a topology does', () => {
    const s = scene()
    const { subnet } = withVpc(s)
    const id = balancerIn(s, subnet)
    const addresses = () => s.get('load-balancer', id).now.nodeAddresses
    s.patch('load-balancer', id, { nodeCount: 3, nodeAddresses: ['10.0.0.7', '10.0.0.6'] })
    assert.deepEqual(addresses(), ['10.0.0.7', '10.0.0.6'])
    assert.deepEqual(privateAddressesOf(s.get('load-balancer', id)), ['10.0.0.2'])
    const clash = { do: 'create', kind: 'vip', body: { subnet, address: '10.0.0.6' } } as const
    assert.deepEqual(s.refusal(clash), ['address-taken address'])
    apply(s, id)
    assert.deepEqual(privateAddressesOf(s.get('load-balancer', id)), ['10.0.0.2', '10.0.0.7', '10.0.0.6'])
    s.patch('load-balancer', id, { nodeCount: 4, nodeAddresses: ['10.0.0.7', '10.0.0.6', '10.0.0.5'] })
    s.run({ do: 'discard', kind: 'load-balancer', id })
    assert.deepEqual(addresses(), ['10.0.0.7', '10.0.0.6'])
    s.patch('load-balancer', id, { nodeCount: 1, nodeAddresses: ['10.0.0.7', '10.0.0.6'] })
    apply(s, id)
    assert.deepEqual(addresses(), [])
    assert.deepEqual(check(s.model()), [])
  })

  test('are not more than there is room for: the apply is refused', () => {
    const s = scene()
    const { subnet } = withVpc(s, '10.0.0.0/16', '10.0.0.0/29')
    const id = balancerIn(s, subnet)
    s.patch('load-balancer', id, { nodeCount: 6 })
    assert.deepEqual(s.refusal({ do: 'apply', kind: 'load-balancer', id }), ['no-address-left nodeCount'])
    assert.deepEqual(s.get('load-balancer', id).now.nodeAddresses, [])
    s.patch('load-balancer', id, { nodeCount: 5 })
    apply(s, id)
    assert.equal(s.get('load-balancer', id).now.nodeAddresses.length, 4)
    assert.deepEqual(s.refusal({ do: 'create', kind: 'server', body: { subnet } }), ['no-address-left address'])
  })
})
