import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileAll } from '../../src/compile/compile.ts'
import { links, netnsOf } from '../../src/compile/names.ts'
import { keyOf } from '../../src/host/item.ts'
import type { Packet } from '../../src/host/packet.ts'
import { trace } from '../../src/host/trace.ts'
import { all, find, isJoined, put, vpcOf, type Model } from '../../src/model/model.ts'
import { anyModel } from '../any-model.ts'
import { anyNetwork } from './any-network.ts'
import { machine } from './machine.ts'
import { modelOf } from './model-of.ts'
import { admits } from './oracle.ts'

const query = (from: string, to: string, protocol: string): Packet => ({ from, to, protocol, sport: 40000, dport: 53 })
const record = (enabled: boolean) => ({
  id: 'rtrs-00000001',
  name: '',
  domain: 'db',
  addresses: ['10.0.1.20'],
  enabled,
})

/** Wide ones, and dense ones whose VPC has a record, which is enabled or not. */
const anyWorld: fc.Arbitrary<Model> = fc.oneof(
  anyModel,
  fc.tuple(anyNetwork, fc.boolean()).map(([model, enabled]) => withRecord(model, enabled)),
)

function withRecord(model: Model, enabled: boolean): Model {
  const vpc = find(model, 'vpc', 'rtr-00000001') ?? assert.fail('no VPC')
  return put(model, { ...vpc, live: { ...vpc.live, dnsRecords: [record(enabled)] } })
}

test('a router answers exactly where it runs, has a subnet, and a record that is live and enabled', () => {
  let answering = 0
  fc.assert(
    fc.property(anyWorld, model => {
      const state = compileAll(model, machine)
      for (const { id, now, live } of all(model, 'vpc')) {
        const subnets = [...all(model, 'subnet')].filter(isJoined).filter(each => each.now.vpc === id)
        const item = state.get(keyOf({ kind: 'resolver', netns: netnsOf(id), name: '' }))
        const enabled = live.dnsRecords.filter(each => each.enabled)
        if (now.power === 'off' || subnets.length === 0 || enabled.length === 0) assert.equal(item, undefined)
        else {
          assert.ok(item?.kind === 'resolver')
          assert.deepEqual(new Set(item.listen), new Set(subnets.map(each => each.now.gateway)))
          assert.deepEqual(
            new Map(item.records.map(each => [each.name, each.addresses])),
            new Map(enabled.map(each => [each.domain, each.addresses])),
          )
          answering++
        }
      }
    }),
    { numRuns: 100 },
  )
  assert.ok(answering > 10, `only ${answering} routers answered`)
})

test('not even a port forward leads there', () => {
  const whyOf = (enabled: boolean) => {
    const state = compileAll(
      modelOf(
        JSON.stringify({
          local: { pools: [{ name: 'any', addresses: ['203.0.113.0/24'] }] },
          'sg-00000000': { rules: [{ id: 'sgr-00000000', protocol: 'all' }] },
          'eip-00000001': { zone: 'local', address: '203.0.113.11' },
          'rtr-00000001': {
            cidr: '10.0.0.0/16',
            eip: 'eip-00000001',
            securityGroup: 'sg-00000000',
            portForwards: [{ id: 'rtrs-00000002', protocol: 'udp', port: 53, toAddress: '10.0.1.1', toPort: 53 }],
            dnsRecords: [record(enabled)],
          },
          'rt-00000001': { vpc: 'rtr-00000001', isDefault: true },
          'vxnet-00000001': {
            vpc: 'rtr-00000001',
            cidr: '10.0.1.0/24',
            gateway: '10.0.1.1',
            routeTable: 'rt-00000001',
          },
        }),
      ),
      machine,
    )
    return trace(state, { netns: 'cw-rtr-00000001', enters: links.public }, query('8.8.8.8', '203.0.113.11', 'udp')).why
  }
  assert.equal(whyOf(true), 'by input at input')
  // Where there is nothing to ask, the kernel says so by itself.
  assert.equal(whyOf(false), '10.0.1.1 is here')
})

test('servers of the VPC reach it at every gateway where their group lets them, and nothing from outside does', () => {
  let reached = 0
  fc.assert(
    fc.property(anyWorld, fc.constantFrom('udp', 'tcp'), (model, protocol) => {
      const state = compileAll(model, machine)
      for (const item of state.values()) {
        if (item.kind !== 'resolver') continue
        const router = item.netns
        for (const gateway of item.listen) {
          for (const server of all(model, 'server')) {
            const { address, attach, power, securityGroup } = server.now
            if (address === null || attach.type !== 'namespace' || power === 'off') continue
            if (vpcOf(model, server) !== item.for) continue
            const { verdict, netns } = trace(
              state,
              { netns: netnsOf(server.id), enters: null },
              query('', gateway, 'tcp'),
            )
            const may = admits(model, securityGroup, 'egress', gateway, 53)
            assert.equal(verdict === 'delivered' && netns === router, may)
            if (may) reached++
          }
          const transits = [...all(model, 'nat-gateway')].map(({ id }) => links.transit(id))
          for (const enters of [links.public, ...transits]) {
            const { verdict } = trace(state, { netns: router, enters }, query('8.8.8.8', gateway, protocol))
            assert.notEqual(verdict, 'delivered', `${enters} leads to ${gateway}`)
          }
        }
      }
    }),
    { numRuns: 100 },
  )
  assert.ok(reached > 20, `only ${reached} servers could ask`)
})
