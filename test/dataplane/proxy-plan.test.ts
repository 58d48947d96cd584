import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configOf, currentOf, planOf } from '../../src/dataplane/proxy-plan.ts'
import type { ServerStat } from '../../src/dataplane/proxy-stat.ts'
import { stateFileText } from '../../src/dataplane/proxy-state-file.ts'
import type { ProxyConfig } from '../../src/host/proxy.ts'
import { proxyOn, serverOn } from './proxy-world.ts'

const listener = 'lbl-00000001'

/** A server of HAProxy that is up, for a port of this machine. */
function statOn(port: number, change: Partial<ServerStat> = {}): ServerStat {
  const { id, address, weight, backup, maxConnections } = serverOn(port)
  const check = {
    checked: true,
    health: 3,
    rise: 2,
    fall: 2,
    result: 'L7OK',
    httpStatus: '200',
    detail: '',
    changedS: 0,
    checkMs: 1,
  }
  return {
    pool: listener,
    name: id,
    address,
    port,
    weight,
    backup,
    maxConnections,
    maintenance: false,
    ...check,
    sessions: 0,
    requests: 0,
    queued: 0,
    warming: false,
    ...change,
  }
}

function wish(...servers: Parameters<typeof serverOn>[]): ProxyConfig {
  return proxyOn(
    80,
    servers.map(server => serverOn(...server)),
  ).config
}

const check = 'check inter 10s fastinter 1s downinter 2s fall 2 rise 2 weight 0 pool-max-conn -1 pool-purge-delay 5s'

test('a new server gets its weight last, when it is already down', () => {
  const { changes, retired, stats } = planOf(wish([1, { weight: 4 }]), [])
  assert.deepEqual(changes, [
    [
      `add server ${listener}/lbb-00000001 127.0.0.1:1 ${check}`,
      `enable health ${listener}/lbb-00000001`,
      `set server ${listener}/lbb-00000001 state ready`,
      `set server ${listener}/lbb-00000001 health down`,
      `set server ${listener}/lbb-00000001 weight 4`,
    ].join('; '),
  ])
  assert.deepEqual(retired, [])
  assert.deepEqual(
    stats.map(({ name, weight, health }) => [name, weight, health]),
    [['lbb-00000001', 4, 0]],
  )
})

test('a server that comes back before its old self is gone takes another name, and the next one a third', () => {
  const leaving = [statOn(1, { maintenance: true }), statOn(1, { name: 'lbb-00000001:2', maintenance: true })]
  const plan = planOf(wish([1]), leaving)
  assert.match(plan.changes.join(), /^add server lbl-00000001\/lbb-00000001:3 /)
  assert.deepEqual(plan.retired, [`${listener}/lbb-00000001`, `${listener}/lbb-00000001:2`])
})

test('a server whose role changes stays up; one that moves must prove itself', () => {
  assert.doesNotMatch(planOf(wish([1, { backup: true }]), [statOn(1)]).changes.join(), /health down/)
  assert.match(planOf(wish([1, { address: '192.0.2.1' }]), [statOn(1)]).changes.join(), /health down/)
  assert.match(planOf(wish([1, { backup: true }]), [statOn(1, { health: 0 })]).changes.join(), /health down/)
})

test('nothing is done where nothing differs, and a disabled server is retired', () => {
  const one = statOn(1)
  assert.deepEqual(planOf(wish([1], [2, { enabled: false }]), [one]), { changes: [], retired: [], stats: [one] })
  assert.deepEqual(planOf(wish([1, { enabled: false }]), [one]), {
    changes: [],
    retired: [`${listener}/lbb-00000001`],
    stats: [{ ...one, maintenance: true }],
  })
})

test('what is observed is what was wished, in that order, unless the process says otherwise', () => {
  const known = wish([1], [2, { enabled: false }], [3])
  const observed = (...stats: ServerStat[]) => configOf(known, currentOf(stats))
  assert.deepEqual(observed(statOn(3), statOn(1, { name: 'lbb-00000001:2' })), known)
  assert.deepEqual(observed(statOn(1), statOn(3, { maintenance: true })), wish([1], [2, { enabled: false }]))
  assert.deepEqual(
    observed(statOn(1), statOn(2), statOn(3, { weight: 9 }), statOn(4)),
    wish([1], [2], [3, { weight: 9 }], [4]),
  )
})

test('a new process believes only what was known of the same address', () => {
  const unasked = { checked: false, health: 0 }
  const before = [
    statOn(1),
    statOn(2),
    statOn(3, { health: 1 }),
    statOn(4, { name: 'lbb-00000004:2' }),
    statOn(6, unasked),
  ]
  const text = stateFileText(wish([1], [2, { address: '192.0.2.1' }], [3], [4], [5], [6]), before)
  const states = text
    .split('\n')
    .slice(2, -1)
    .map(line => `${line.split(' ')[3]} ${line.split(' ')[5]}`)
  assert.deepEqual(states, [
    'lbb-00000001 2',
    'lbb-00000002 0',
    'lbb-00000003 0',
    'lbb-00000004 2',
    'lbb-00000005 0',
    'lbb-00000006 2',
  ])
})
