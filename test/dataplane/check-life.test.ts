import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fullHealth, lifeState, nextHealth, waitAfter } from '../../src/dataplane/check-life.ts'

const bounds = { rise: 3, fall: 2 }

/** The states that checks lead to, and how long each waits for the next, from a health on. */
function course(health: number, results: string): string[] {
  return results.split('').map(result => {
    health = nextHealth({ ...bounds, health }, result === '+')
    return `${lifeState({ ...bounds, health })} ${waitAfter({ ...bounds, health }, 10)}`
  })
}

test('successes in a row make active, failures in a row unavailable, and either begins anew when it is interrupted', () => {
  assert.deepEqual(course(0, '+++'), ['rising 1000', 'rising 1000', 'up 10000'])
  assert.deepEqual(course(0, '++-+'), ['rising 1000', 'rising 1000', 'down 2000', 'rising 1000'])
  assert.deepEqual(course(fullHealth(bounds), '--'), ['falling 1000', 'down 2000'])
  assert.deepEqual(course(fullHealth(bounds), '-+-+'), ['falling 1000', 'up 10000', 'falling 1000', 'up 10000'])
})
