import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { hostsOf } from '../../src/model/address.ts'
import { freePublicAddress } from '../../src/model/allocate.ts'
import { edit } from '../../src/model/edit.ts'
import { all, committed, get, put, type Resource } from '../../src/model/model.ts'
import { freshModel } from '../any-model.ts'

test('the first free public address is the first that is neither reserved nor given out, whatever is skipped on the way', () => {
  const prefixes = fc.constantFrom(
    '192.0.2.0/24',
    '198.51.100.0/25',
    '198.51.100.192/26',
    '203.0.113.7/32',
    '203.0.113.64/31',
  )
  const pool = fc.uniqueArray(prefixes, { minLength: 1 })
  fc.assert(
    fc.property(pool, fc.nat({ max: 400 }), fc.array(fc.nat({ max: 400 })), (addresses, taken, holes) => {
      const { model, context } = freshModel()
      const hosts = addresses.flatMap(prefix => [...hostsOf(prefix)])
      const reserved = holes.slice(0, 2).flatMap(n => hosts[n] ?? [])
      const body = { id: 'far', pools: [{ name: 'a', addresses, reserved }] }
      const zoned = committed(edit(model, { do: 'create', kind: 'zone', body }, context).model)
      const sample = edit(zoned, { do: 'create', kind: 'eip', body: {} }, context).model
      const [eip] = all(sample, 'eip')
      const given = hosts.filter((_, i) => i < taken && !holes.slice(2).includes(i))
      const full = given.reduce(
        (m, address) =>
          put(m, { ...eip, id: `eip-${address}`, now: { ...eip?.now, zone: 'far', address } } as Resource),
        zoned,
      )
      const expected = hosts.find(host => !reserved.includes(host) && !given.includes(host))
      assert.equal(freePublicAddress(full, get(full, 'zone', 'far'), null), expected)
    }),
  )
})
