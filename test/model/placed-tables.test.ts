import assert from 'node:assert/strict'
import { test } from 'node:test'
import { find } from '../../src/model/model.ts'
import { scene, withVpc } from './scene.ts'

/** A table that is in no VPC, with a route by the router of one. */
function loose(serves: 'subnet' | 'load-balancer' = 'subnet') {
  const s = scene()
  const { vpc, subnet } = withVpc(s)
  const nextHop = { type: 'router', id: vpc }
  const table = s.create('route-table', { serves, routes: [{ destination: '203.0.113.9/32', nextHop }] })
  const placeOf = () => find(s.model(), 'route-table', table)?.now.vpc
  return { s, vpc, subnet, table, placeOf }
}

test('a route table without a VPC comes into that of the subnet it is bound to', () => {
  const { s, vpc, subnet, table, placeOf } = loose()
  assert.equal(placeOf(), null)
  const { touched } = s.run({ do: 'patch', kind: 'subnet', id: subnet, body: { routeTable: table } })
  assert.equal(placeOf(), vpc)
  assert.deepEqual(touched, [table])
})

test('… or that is made with it', () => {
  const { s, vpc, table, placeOf } = loose()
  s.create('subnet', { vpc, cidr: '10.0.9.0/24', routeTable: table })
  assert.equal(placeOf(), vpc)
})

test('… or of the balancer', () => {
  const { s, vpc, subnet, table, placeOf } = loose('load-balancer')
  s.create('load-balancer', { subnet, routeTable: table })
  assert.equal(placeOf(), vpc)
})

test('it does not come where its routes lead elsewhere, nor leave what it serves', () => {
  const { s, vpc, subnet, table } = loose()
  const other = s.create('vpc', { cidr: '10.5.0.0/16' })
  const far = s.create('subnet', { vpc: other, cidr: '10.5.0.0/24' })
  const bind = (id: string) => s.refusal({ do: 'patch', kind: 'subnet', id, body: { routeTable: table } })
  assert.deepEqual(bind(far), ['not-this-router routes[0].nextHop.id'])
  s.run({ do: 'patch', kind: 'subnet', id: subnet, body: { routeTable: table } })
  assert.deepEqual(bind(far), ['other-vpc routeTable'])
  const leave = { do: 'patch', kind: 'route-table', id: table, body: { vpc: null } } as const
  assert.deepEqual(s.refusal(leave), ['other-vpc routeTable'])
  const move = { do: 'patch', kind: 'route-table', id: table, body: { vpc: other } } as const
  assert.deepEqual(s.refusal(move), ['once vpc'])
  assert.equal(find(s.model(), 'route-table', table)?.now.vpc, vpc)
})
