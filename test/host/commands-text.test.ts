import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepText } from '../../src/host/commands-text.ts'
import { localTable, ruleName } from '../../src/host/item.ts'

test('what takes the place of the kernel’s first rule gives it back before it goes', () => {
  const rule = { priority: 160, from: 'all', table: localTable }
  const item = { kind: 'rule', netns: 'cw-lb-1', name: ruleName(rule), for: 'lb-1', ...rule } as const
  assert.deepEqual(stepText({ do: 'put', item }).split('\n'), [
    'ip -n cw-lb-1 rule add priority 160 from all lookup 255',
    'ip -n cw-lb-1 rule delete priority 0',
  ])
  assert.deepEqual(stepText({ do: 'remove', item }).split('\n'), [
    'ip -n cw-lb-1 rule add priority 0 lookup 255',
    'ip -n cw-lb-1 rule delete priority 160 from all lookup 255',
  ])
})
