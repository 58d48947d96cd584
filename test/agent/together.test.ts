import assert from 'node:assert/strict'
import { test } from 'node:test'
import { together } from '../../src/agent/together.ts'
import type { ServerHealth } from '../../src/dataplane/host.ts'

function view(state: ServerHealth['state'], reason = '', more: Partial<ServerHealth> = {}): ServerHealth {
  return { listener: 'lbl-1', backend: 'lbb-1', state, reason, checkMs: 1, sessions: 2, requests: 10, ...more }
}

function said(...views: readonly ServerHealth[]): ServerHealth {
  const [one, ...others] = together(views)
  assert.ok(one)
  assert.deepEqual(others, [])
  return one
}

const brief = (...views: readonly ServerHealth[]) => {
  const { state, reason } = said(...views)
  return `${state}: ${reason}`
}

test('what a single node says is passed on as it is, and backends are kept apart', () => {
  const health = [view('up', 'HTTP 200'), { ...view('down', 'no route'), backend: 'lbb-2' }]
  assert.equal(together(health), health)
  assert.deepEqual(
    together([...health, view('up', 'HTTP 200')]).map(({ backend, state }) => [backend, state]),
    [
      ['lbb-1', 'up'],
      ['lbb-2', 'down'],
    ],
  )
})

test('a backend is up where all nodes say so, down where all do, and otherwise between the two, for the reason of one that fails', () => {
  const up = view('up', 'HTTP 200')
  assert.equal(brief(up, up, up), 'up: HTTP 200')
  assert.equal(brief(up, view('down', 'timeout after 1 s'), up), 'falling: timeout after 1 s')
  assert.equal(brief(view('down', 'connection refused'), view('down', 'timeout after 1 s')), 'down: connection refused')
  assert.equal(brief(up, view('rising', 'HTTP 200')), 'falling: HTTP 200')
  assert.equal(brief(view('rising', 'HTTP 200'), view('down', 'no route')), 'rising: no route')
})

test('what nodes count is added up; the last change is that of the backend', () => {
  const { sessions, requests, queued, changedS } = said(
    view('up', '', { changedS: 30, queued: 1 }),
    view('up', '', { changedS: 4, queued: 2 }),
    view('up'),
  )
  assert.deepEqual([sessions, requests, queued, changedS], [6, 30, 3, 4])
})

test('a backend drains until the last node has nothing left of it, and ends when the last ends it', () => {
  const drain = (endsAt: string | null) => ({ balancer: 'lb-1', isRemoved: false, endsAt })
  const [soon, later] = ['2026-01-01T00:00:10Z', '2026-01-01T00:00:20Z']
  assert.equal(brief(view('maintenance'), view('maintenance')), 'maintenance: ')
  assert.equal(brief(view('draining', '', { drain: drain(soon) }), view('maintenance')), 'draining: ')
  const both = [view('draining', '', { drain: drain(soon) }), view('draining', '', { drain: drain(later) })]
  assert.equal(said(...both).drain?.endsAt, later)
  assert.equal(said(...both, view('draining', '', { drain: drain(null) })).drain?.endsAt, null)
})
