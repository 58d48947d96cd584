import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standingOf } from '../../src/client/standing.ts'
import type { BackendStatus } from '../../src/client/wire.ts'

const usual = { enabled: true, weight: 1, policy: null, backup: false, backupTier: 1 }
const backends = [
  { ...usual, id: 'near' },
  { ...usual, id: 'far', backup: true },
  { ...usual, id: 'third', backup: true, backupTier: 2 },
  { ...usual, id: 'pictures', policy: 'lbp-1' },
  { ...usual, id: 'pictures-far', policy: 'lbp-1', backup: true },
]

function standings(states: Readonly<Record<string, BackendStatus['state']>>, own: typeof backends = backends) {
  const statuses = Object.fromEntries(own.map(({ id }) => [id, { state: states[id] ?? 'active' }]))
  return own.map(({ id }) => standingOf(id, own, statuses))
}

test('a backup stands by while any before it serves, and stands in when none does, each policy for itself', () => {
  const [none, by, stands] = [undefined, 'stands-by', 'stands-in']
  assert.deepEqual(standings({}), [none, by, by, none, by])
  assert.deepEqual(standings({ near: 'unavailable' }), [none, stands, by, none, by])
  assert.deepEqual(standings({ near: 'unavailable', far: 'unavailable' }), [none, none, stands, none, by])
  assert.deepEqual(standings({ pictures: 'disabled' }), [none, by, by, none, stands])
})

test('what is between up and down leaves open whose turn it is, and weight 0 serves nobody', () => {
  assert.deepEqual(standings({ near: 'abnormal' }).slice(0, 2), [undefined, undefined])
  const drained = backends.map(each => (each.id === 'near' ? { ...each, weight: 0 } : each))
  assert.deepEqual(standings({}, drained).slice(0, 3), [undefined, 'stands-in', 'stands-by'])
  const off = backends.map(each => (each.id === 'near' ? { ...each, enabled: false } : each))
  assert.deepEqual(standings({}, off).slice(0, 3), [undefined, 'stands-in', 'stands-by'])
})
