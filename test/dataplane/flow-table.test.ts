import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { flowsFor, raiseFlowLimit } from '../../src/dataplane/flow-table.ts'

const gb = 2 ** 30

test('a machine keeps track of as many flows as a sixteenth of its memory holds, and of a million at most', () => {
  assert.deepEqual(
    [0.5, 1, 4, 24, 512].map(each => flowsFor(each * gb)),
    [104_857, 209_715, 838_860, 1_048_576, 1_048_576],
  )
})

test('the limit is raised and never lowered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flows-'))
  const path = join(folder, 'max')
  try {
    writeFileSync(path, '65536\n')
    await raiseFlowLimit(4 * gb, path)
    assert.equal(readFileSync(path, 'utf8'), '838860')
    await raiseFlowLimit(1 * gb, path)
    assert.equal(readFileSync(path, 'utf8'), '838860')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
