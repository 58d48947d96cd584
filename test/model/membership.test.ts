import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nowhere } from '../../src/model/model.ts'
import { scene, withGateway, withVpc } from './scene.ts'

suite('a private network', () => {
  test('is in no VPC at first, and so are those in it', () => {
    const s = scene()
    const subnet = s.create('subnet', { name: 'loose' })
    const { now } = s.get('subnet', subnet)
    assert.deepEqual(now, { type: 'managed', vpc: null, cidr: null, gateway: null, routeTable: null })
    const server = s.create('server', { subnet })
    assert.equal(s.get('server', server).now.address, null)
    assert.ok(s.model().members.get(nowhere)?.has(server))
  })

  test('joins: it gets a gateway and a table, everybody in it an address', () => {
    const s = scene()
    const { vpc, table } = withVpc(s)
    const subnet = s.create('subnet', {})
    const ids = [s.create('server', { subnet }), s.create('nic', { subnet }), s.create('vip', { subnet })]
    const { touched } = s.patch('subnet', subnet, { vpc, cidr: '10.0.1.0/24' })
    assert.deepEqual([...touched].sort(), [...ids].sort())
    const { gateway, routeTable } = s.get('subnet', subnet).now
    assert.deepEqual([gateway, routeTable], ['10.0.1.1', table])
    const places = ids.map(id => s.model().resources.get(id)?.now)
    const addresses = places.map(now => (now && 'address' in now ? String(now.address) : ''))
    assert.deepEqual(addresses.sort(), ['10.0.1.2', '10.0.1.3', '10.0.1.4'])
    for (const id of [subnet, ...ids]) assert.ok(s.model().members.get(vpc)?.has(id))
    assert.equal(s.model().members.get(nowhere), undefined)
  })

  test('leaves: everybody in it loses the address, and it what came with the VPC', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const server = s.create('server', { subnet })
    s.patch('subnet', subnet, { vpc: null })
    assert.deepEqual(Object.values(s.get('subnet', subnet).now), ['managed', null, null, null, null])
    assert.equal(s.get('server', server).now.address, null)
    assert.ok(!s.model().members.get(vpc)?.has(server))
    s.patch('subnet', subnet, { vpc, cidr: '10.0.9.0/24' })
    assert.equal(s.get('server', server).now.address, '10.0.9.2')
  })

  test('moves from VPC to VPC, or to another range, only by leaving first', () => {
    const s = scene()
    const { subnet } = withVpc(s)
    const other = withVpc(s, '10.0.0.0/16', '10.0.5.0/24')
    const refusal = (body: object) => s.refusal({ do: 'patch', kind: 'subnet', id: subnet, body })
    assert.deepEqual(refusal({ vpc: other.vpc, cidr: '10.0.0.0/24' }), ['once vpc'])
    assert.deepEqual(refusal({ cidr: '10.0.8.0/24' }), ['once cidr'])
    assert.deepEqual(refusal({ gateway: '10.0.0.254' }), ['once gateway'])
    assert.deepEqual(refusal({ cidr: null }), ['missing cidr'])
  })

  test('stays where something needs it', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const leave = { do: 'patch', kind: 'subnet', id: subnet, body: { vpc: null, cidr: null } } as const
    const server = s.create('server', { subnet })
    const { gateway, eips } = withGateway(s, vpc)
    const rule = s.add('nat-gateway', gateway, ['snatRules'], { target: server, eips })
    assert.deepEqual(s.refusal(leave), ['in-no-vpc snatRules[0].target'])
    s.run({ do: 'delete-child', kind: 'nat-gateway', id: gateway, path: ['snatRules', rule] })
    const balancer = s.create('load-balancer', { subnet })
    assert.deepEqual(s.refusal(leave), ['in-no-vpc subnet'])
    s.run({ do: 'delete', kind: 'load-balancer', id: balancer })
    s.run({ do: 'apply', kind: 'nat-gateway', id: gateway })
    assert.deepEqual(s.refusal(leave), [])
  })

  test('that is self-managed joins no VPC; one that is too small joins none either', () => {
    const s = scene()
    const { vpc } = withVpc(s)
    const own = s.create('subnet', { type: 'self-managed' })
    const join = (id: string, cidr: string) => s.refusal({ do: 'patch', kind: 'subnet', id, body: { vpc, cidr } })
    assert.deepEqual(join(own, '10.0.1.0/24'), ['self-managed vpc'])
    const crowded = s.create('subnet', {})
    for (let i = 0; i < 6; i++) s.create('server', { subnet: crowded })
    assert.ok(join(crowded, '10.0.1.0/29').includes('no-address-left cidr'))
    assert.deepEqual(join(crowded, '10.0.1.0/28'), [])
  })
})

suite('a server', () => {
  test('moves between networks, and takes an address in each', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const other = s.create('subnet', { vpc, cidr: '10.0.1.0/24' })
    const server = s.create('server', { subnet })
    const placed = () => Object.values(s.get('server', server).now).slice(0, 2)
    s.patch('server', server, { subnet: other })
    assert.deepEqual(placed(), [other, '10.0.1.2'])
    s.patch('server', server, { subnet, address: '10.0.0.77' })
    assert.deepEqual(placed(), [subnet, '10.0.0.77'])
    s.patch('server', server, { address: '10.0.0.78' })
    assert.deepEqual(placed(), [subnet, '10.0.0.78'])
    s.patch('server', server, { subnet: null })
    assert.deepEqual(placed(), [null, null])
  })

  test('that a balancer names stays in its VPC', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const far = withVpc(s, '10.0.0.0/16', '10.0.5.0/24')
    const server = s.create('server', { subnet })
    const listeners = [
      {
        port: 80,
        backends: [
          { server, port: 80 },
          { address: '10.0.1.2', port: 80 },
        ],
      },
    ]
    s.create('load-balancer', { subnet, listeners })
    const move = (to: string | null) => s.refusal({ do: 'patch', kind: 'server', id: server, body: { subnet: to } })
    const at = 'listeners[0].backends[0].server'
    assert.deepEqual(move(null), [`in-no-vpc ${at}`])
    assert.deepEqual(move(far.subnet), [`other-vpc ${at}`])
    const other = s.create('subnet', { vpc, cidr: '10.0.1.0/24' })
    // There it would get the address that another backend has already.
    assert.deepEqual(move(other), ['duplicate listeners[0].backends[1]'])
  })

  test('gives its volumes and interfaces back when it is deleted', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const other = s.create('subnet', { vpc, cidr: '10.0.1.0/24' })
    const server = s.create('server', { subnet })
    const volume = s.create('volume', { sizeGb: 10, server })
    const nic = s.create('nic', { subnet: other, server })
    const { touched } = s.run({ do: 'delete', kind: 'server', id: server })
    assert.deepEqual([...touched].sort(), [nic, volume].sort())
    assert.equal(s.get('volume', volume).now.server, null)
    const { server: of, sequence, address } = s.get('nic', nic).now
    assert.deepEqual([of, sequence, address], [null, null, '10.0.1.2'])
  })
})

suite('an interface', () => {
  test('has a hardware address of its own, and a number in its server', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const subnets = [1, 2, 3].map(n => s.create('subnet', { vpc, cidr: `10.0.${n}.0/24` }))
    const [server, other] = [s.create('server', { subnet }), s.create('server', { subnet })]
    const nics = subnets.map(each => s.create('nic', { subnet: each, server }))
    const numbers = () => nics.map(id => s.get('nic', id).now.sequence)
    assert.deepEqual(numbers(), [1, 2, 3])
    s.patch('nic', nics[0] ?? '', { server: null })
    assert.deepEqual(numbers(), [null, 2, 3])
    s.patch('nic', nics[1] ?? '', { server: other })
    assert.deepEqual(numbers(), [null, 1, 3])
    s.patch('nic', nics[0] ?? '', { server })
    assert.deepEqual(numbers(), [1, 1, 3])
    const macs = new Set(nics.map(id => s.get('nic', id).now.mac))
    assert.equal(macs.size, 3)
    for (const mac of macs) assert.match(mac, /^52:54(:[0-9a-f]{2}){4}$/)
  })

  test('goes only where it can be', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const far = withVpc(s, '10.0.0.0/16', '10.0.5.0/24')
    const loose = s.create('subnet', {})
    const second = s.create('subnet', { vpc, cidr: '10.0.1.0/24' })
    const server = s.create('server', { subnet })
    const machine = s.create('server', { subnet, attach: { type: 'tap', device: 'tap0' } })
    const nic = s.create('nic', { subnet: second })
    const { mac } = s.get('nic', nic).now
    const create = (body: object) => s.refusal({ do: 'create', kind: 'nic', body })
    assert.deepEqual(create({ subnet, server }), ['link-twice subnet'])
    assert.deepEqual(create({ subnet: far.subnet, server }), ['other-vpc server'])
    assert.deepEqual(create({ subnet: second, server: s.create('server', { subnet: loose }) }), ['in-no-vpc server'])
    assert.deepEqual(create({ subnet: second, server: machine }), ['nic-on-machine server'])
    assert.deepEqual(create({ subnet: second, mac }), ['duplicate mac'])
    assert.deepEqual(create({ subnet: second, sequence: 2 }), ['sequence-without-server sequence'])
    assert.deepEqual(create({ subnet: second, address: '10.0.1.1' }), ['address-taken address'])
    s.patch('nic', nic, { server })
    assert.deepEqual(create({ subnet: s.create('subnet', { vpc, cidr: '10.0.2.0/24' }), server, sequence: 1 }), [
      'duplicate sequence',
    ])
    assert.deepEqual(s.refusal({ do: 'patch', kind: 'server', id: server, body: { subnet: second } }), [
      'link-twice subnet',
    ])
  })
})
