import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { tableText } from '../../src/demo/verdict.ts'

/** How many columns of a terminal a line takes: Chinese takes two a character. */
const widthOf = (line: string) => line.length + (line.match(/\p{Script=Han}/gu)?.length ?? 0)

test('the closing table fits in 80 columns, in both languages', () => {
  const answer = (name: string) => ({
    id: 1,
    status: 200,
    body: JSON.stringify({ region: 'south', name, source: '203.0.113.254', forwardedFor: plan.client.address }),
  })
  const failed = { id: 2, status: null, body: 'connect ETIMEDOUT' }
  const replies = [answer('south-1'), answer('south-2'), failed]
  const topologies = new Map([
    ['A', replies],
    ['B', replies],
  ])
  for (const language of ['en', 'zh'] as const) {
    const lines = tableText(topologies, language).split('\n')
    assert.equal(lines.length, 2 + 1 + 6, lines.join('\n'))
    for (const line of lines) assert.ok(widthOf(line) <= 80, line)
  }
})
