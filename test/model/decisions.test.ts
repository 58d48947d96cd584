import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isApplied } from '../../src/model/model.ts'
import { quotas } from '../../src/model/quota.ts'
import { scene, withGateway, withVpc } from './scene.ts'

describe('a new VPC', () => {
  test('comes with its default route table, its subnets and the EIP that was asked for', () => {
    const s = scene()
    const body = {
      cidr: '10.0.0.0/16',
      eip: { bandwidthMbps: 7 },
      subnets: [{ cidr: '10.0.0.0/24' }, { cidr: '10.0.1.0/24' }],
    }
    const { resource, touched } = s.run({ do: 'create', kind: 'vpc', body })
    const vpc = s.get('vpc', resource?.id ?? '')
    const [eip = '', table = '', first = '', second = ''] = touched
    assert.equal(s.get('eip', eip).now.bandwidthMbps, 7)
    assert.equal(vpc.now.eip, eip)
    assert.equal(s.get('route-table', table).now.isDefault, true)
    assert.deepEqual(
      [first, second].map(id => s.get('subnet', id).now),
      [
        { type: 'managed', vpc: vpc.id, cidr: '10.0.0.0/24', gateway: '10.0.0.1', routeTable: table },
        { type: 'managed', vpc: vpc.id, cidr: '10.0.1.0/24', gateway: '10.0.1.1', routeTable: table },
      ],
    )
    assert.deepEqual([vpc.now.zone, vpc.now.type, vpc.generation, isApplied(vpc)], ['local', 'small', 1, true])
  })

  test('goes with its default table, once nothing is left in it', () => {
    const s = scene()
    const { vpc, subnet, table } = withVpc(s)
    assert.deepEqual(s.refusal({ do: 'delete', kind: 'vpc', id: vpc }), ['in-use'])
    s.run({ do: 'delete', kind: 'subnet', id: subnet })
    s.run({ do: 'delete', kind: 'vpc', id: vpc })
    assert.equal(s.model().resources.has(table), false)
    assert.equal(s.model().generations.has(`${table}@1`), false)
  })
})

describe('a NAT gateway', () => {
  test('is the way out of its VPC at once, live, as a new version of the default table', () => {
    const s = scene()
    const { vpc, table } = withVpc(s)
    const { gateway, warnings } = withGateway(s, vpc)
    const { live, draft, generation } = s.get('route-table', table)
    assert.deepEqual(
      live.routes.map(r => [r.destination, r.nextHop]),
      [['0.0.0.0/0', { type: 'nat-gateway', id: gateway }]],
    )
    assert.equal(draft, live)
    assert.equal(generation, 2)
    assert.deepEqual(warnings, [])
  })

  test('adds no route where there is one, unapplied ones included, and warns', () => {
    const s = scene()
    const { vpc, table } = withVpc(s)
    s.add('route-table', table, ['routes'], { destination: '0.0.0.0/0', nextHop: { type: 'router', id: vpc } })
    const { warnings } = withGateway(s, vpc)
    assert.deepEqual(
      warnings.map(w => w.code),
      ['default-route-exists'],
    )
    assert.deepEqual(s.get('route-table', table).live.routes, [])
    assert.equal(s.get('route-table', table).draft.routes.length, 1)
  })

  test('adds its route to an unapplied draft without publishing the rest of it', () => {
    const s = scene()
    const { vpc, table } = withVpc(s)
    s.add('route-table', table, ['routes'], { destination: '198.18.0.7', nextHop: { type: 'router', id: vpc } })
    withGateway(s, vpc)
    const { live, draft } = s.get('route-table', table)
    assert.deepEqual(
      live.routes.map(r => r.destination),
      ['0.0.0.0/0'],
    )
    assert.deepEqual(
      draft.routes.map(r => r.destination),
      ['198.18.0.7/32', '0.0.0.0/0'],
    )
  })

  test('takes the routes to it away when it goes, and its EIPs are free again', () => {
    const s = scene()
    const { vpc, subnet, table } = withVpc(s)
    const { gateway, eips } = withGateway(s, vpc)
    s.add('nat-gateway', gateway, ['snatRules'], { target: subnet, eips })
    s.run({ do: 'delete', kind: 'nat-gateway', id: gateway })
    assert.deepEqual(s.get('route-table', table).live.routes, [])
    assert.deepEqual(s.refusal({ do: 'delete', kind: 'eip', id: eips[0] ?? '' }), [])
  })

  test('gives up an EIP that its rules use only by force, and then the rules lose it', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const { gateway, eips } = withGateway(s, vpc, 2)
    const [first = '', second = ''] = eips
    s.add('nat-gateway', gateway, ['snatRules'], { target: subnet, eips })
    s.add('nat-gateway', gateway, ['dnatRules'], { eip: first, port: 80, toAddress: '10.0.0.5', toPort: 8080 })
    s.run({ do: 'apply', kind: 'nat-gateway', id: gateway })
    const body = { eips: [second] }
    const patch = { do: 'patch', kind: 'nat-gateway', id: gateway } as const
    assert.deepEqual(s.refusal({ ...patch, body }), [
      'eip-not-held dnatRules[0].eip',
      'eip-not-held snatRules[0].eips[0]',
    ])
    s.run({ ...patch, body: { ...body, force: true } })
    const { live, draft, now } = s.get('nat-gateway', gateway)
    assert.deepEqual([now.eips, live.snatRules.map(r => r.eips), live.dnatRules], [[second], [[second]], []])
    assert.equal(draft, live)
  })

  test('cannot lose an EIP that only a rule not yet withdrawn uses', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const { gateway: id, eips } = withGateway(s, vpc)
    const rule = s.add('nat-gateway', id, ['snatRules'], { target: subnet, eips })
    s.run({ do: 'apply', kind: 'nat-gateway', id })
    s.run({ do: 'delete-child', kind: 'nat-gateway', id, path: ['snatRules', rule] })
    const unbind = { do: 'patch', kind: 'nat-gateway', id, body: { eips: [] } } as const
    assert.deepEqual(s.refusal(unbind), ['eip-not-held live.snatRules[0].eips[0]'])
    s.run({ do: 'apply', kind: 'nat-gateway', id })
    assert.deepEqual(s.refusal(unbind), [])
  })
})

describe('draft and live', () => {
  test('an edit changes the draft alone; an apply publishes it as the next version; a second one does nothing', () => {
    const s = scene()
    const { vpc } = withVpc(s)
    const before = s.get('vpc', vpc)
    s.add('vpc', vpc, ['portForwards'], { port: 22, toAddress: '10.0.0.5', toPort: 22 })
    const edited = s.get('vpc', vpc)
    assert.equal(edited.live, before.live)
    assert.equal(isApplied(edited), false)
    assert.ok(edited.revision > before.revision)
    assert.equal(edited.liveRevision, before.liveRevision)

    s.run({ do: 'apply', kind: 'vpc', id: vpc })
    const applied = s.get('vpc', vpc)
    assert.equal(applied.live, applied.draft)
    assert.equal(applied.live, edited.draft)
    assert.deepEqual([applied.generation, applied.liveRevision], [2, s.model().revision])
    assert.deepEqual(s.model().generations.get(`${vpc}@2`)?.author, 'tester')

    const model = s.model()
    assert.equal(s.run({ do: 'apply', kind: 'vpc', id: vpc }).model, model)
  })

  test('versions share what is the same in both', () => {
    const s = scene()
    const { vpc } = withVpc(s)
    for (const port of [22, 23]) s.add('vpc', vpc, ['portForwards'], { port, toAddress: '10.0.0.5', toPort: port })
    s.run({ do: 'apply', kind: 'vpc', id: vpc })
    const [first, second] = s.get('vpc', vpc).live.portForwards
    s.run({
      do: 'patch-child',
      kind: 'vpc',
      id: vpc,
      path: ['portForwards', second!.id],
      body: { toAddress: '10.0.0.6' },
    })
    const { live, draft } = s.get('vpc', vpc)
    assert.equal(draft.portForwards[0], first)
    assert.notEqual(draft.portForwards[1], second)
    assert.equal(draft.dhcpOptions, live.dhcpOptions)
  })

  test('what takes effect at once grows the live revision, a new name does not', () => {
    const s = scene()
    const { vpc } = withVpc(s)
    s.patch('vpc', vpc, { type: 'large' })
    const resized = s.get('vpc', vpc)
    assert.equal(resized.liveRevision, s.model().revision)
    s.patch('vpc', vpc, { name: 'shop', tags: ['a'] })
    assert.equal(s.get('vpc', vpc).liveRevision, resized.liveRevision)
    assert.equal(s.get('vpc', vpc).revision, s.model().revision)
    assert.equal(isApplied(s.get('vpc', vpc)), true)
  })

  test('a draft that is thrown away, or edited back, is what runs', () => {
    const s = scene()
    const group = s.create('security-group', {})
    const rule = s.add('security-group', group, ['rules'], { protocol: 'tcp', ports: 80 })
    s.run({ do: 'delete-child', kind: 'security-group', id: group, path: ['rules', rule] })
    assert.equal(s.get('security-group', group).draft, s.get('security-group', group).live)
    s.add('security-group', group, ['rules'], { protocol: 'tcp', ports: '8000-8010' })
    s.run({ do: 'discard', kind: 'security-group', id: group })
    assert.equal(s.get('security-group', group).draft, s.get('security-group', group).live)
  })

  test('a rollback publishes an older version as a new one; the newest are kept', () => {
    const s = scene()
    const id = s.create('ip-set', { type: 'port', members: [1] })
    for (let n = 2; n <= quotas.generations + 5; n++) {
      s.patch('ip-set', id, { members: [n] })
      s.run({ do: 'apply', kind: 'ip-set', id })
    }
    const back = { do: 'rollback', kind: 'ip-set', id } as const
    assert.deepEqual(s.refusal({ ...back, generation: 5 }), ['no-generation generation'])
    s.run({ ...back, generation: 6 })
    const set = s.get('ip-set', id)
    assert.deepEqual([set.generation, set.live.members, set.draft], [quotas.generations + 6, ['6'], set.live])
    assert.equal([...s.model().generations.keys()].filter(key => key.startsWith(id)).length, quotas.generations)
  })

  test('a rollback to what no longer exists is refused', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const { gateway, eips } = withGateway(s, vpc)
    const rule = s.add('nat-gateway', gateway, ['snatRules'], { target: subnet, eips })
    s.run({ do: 'apply', kind: 'nat-gateway', id: gateway })
    s.run({ do: 'delete-child', kind: 'nat-gateway', id: gateway, path: ['snatRules', rule] })
    assert.deepEqual(s.refusal({ do: 'delete', kind: 'subnet', id: subnet }), ['in-use'])
    s.run({ do: 'apply', kind: 'nat-gateway', id: gateway })
    s.run({ do: 'delete', kind: 'subnet', id: subnet })
    const back = { do: 'rollback', kind: 'nat-gateway', id: gateway, generation: 2 } as const
    assert.deepEqual(s.refusal(back), ['not-found snatRules[0].target'])
  })
})

describe('bodies', () => {
  test('what was read can be put back, and changes nothing', () => {
    const s = scene()
    const { subnet } = withVpc(s)
    const listeners = [{ port: 80, backends: [{ address: '198.18.0.7', port: 80 }] }]
    const id = s.create('load-balancer', { subnet, eips: [{}], listeners })
    const { now, draft, live: _, ...rest } = s.get('load-balancer', id)
    const model = s.model()
    assert.equal(s.patch('load-balancer', id, { ...rest, ...now, ...draft }).model, model)
  })

  test('a patch keeps what it does not name, down into objects', () => {
    const s = scene()
    const id = s.create('load-balancer', {
      eips: [{}],
      listeners: [{ port: 80, check: { protocol: 'http', path: '/up' } }],
    })
    const listener = s.get('load-balancer', id).draft.listeners[0]?.id ?? ''
    s.run({ do: 'patch-child', kind: 'load-balancer', id, path: ['listeners', listener], body: { check: { fall: 3 } } })
    const { check, port } = s.get('load-balancer', id).draft.listeners[0] ?? {}
    assert.deepEqual([port, check?.protocol, check?.path, check?.fall, check?.rise], [80, 'http', '/up', 3, 5])
  })

  test('addresses are the first free ones', () => {
    const s = scene()
    const { subnet } = withVpc(s)
    const servers = [{}, {}, { address: '10.0.0.5' }, {}, {}].map(body => s.create('server', { subnet, ...body }))
    assert.deepEqual(
      servers.map(id => s.get('server', id).now.address),
      ['10.0.0.2', '10.0.0.3', '10.0.0.5', '10.0.0.4', '10.0.0.6'],
    )
    const eips = [{}, { address: '192.0.2.3' }, {}].map(body => s.create('eip', body))
    assert.deepEqual(
      eips.map(id => s.get('eip', id).now.address),
      ['192.0.2.2', '192.0.2.3', '192.0.2.4'],
    )
  })

  test('a balancer that moves to another subnet gets an address there', () => {
    const s = scene()
    const [a, b] = [withVpc(s), withVpc(s, '10.1.0.0/16', '10.1.0.0/24')]
    const id = s.create('load-balancer', { subnet: a.subnet })
    assert.equal(s.get('load-balancer', id).now.address, '10.0.0.2')
    s.patch('load-balancer', id, { subnet: b.subnet })
    assert.equal(s.get('load-balancer', id).now.address, '10.1.0.2')
    s.patch('load-balancer', id, { subnet: null, eips: [{}] })
    assert.equal(s.get('load-balancer', id).now.address, null)
  })
})
