import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latelyIn } from '../../src/api/lately.ts'
import { sqliteSeries } from '../../src/monitor/series.ts'

test('of what is there the newest figure counts, of what is counted the most that came in a second lately', () => {
  const clock = { ms: 1_000_000_500 }
  const now = () => clock.ms
  const series = sqliteSeries(':memory:', { now })
  const lately = latelyIn(series, now)
  const since = clock.ms
  let refusedConnections = 0
  const take = (connections: number, refused: number) => {
    clock.ms += 10_000
    refusedConnections += refused
    series.add('here', { at: clock.ms, since, of: { 'nfv-1': { connections, refusedConnections } } })
  }
  assert.deepEqual(lately('nfv-1'), {})
  take(100, 0)
  take(9000, 0)
  take(50, 3000)
  take(60, 0)
  assert.deepEqual(lately('nfv-1'), { connections: 60, refusedConnections: 300 })
  for (let i = 0; i < 3; i++) take(70, 0)
  assert.deepEqual(lately('nfv-1'), { connections: 70, refusedConnections: 0 })
  clock.ms += 5 * 60_000
  assert.deepEqual(lately('nfv-1'), {}, 'what nobody heard of for minutes is not told')
  series.close()
})
