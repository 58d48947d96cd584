import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { machineLimits, raiseMachineLimits } from '../../src/dataplane/machine-limits.ts'

const gb = 2 ** 30
const flows = 'netfilter/nf_conntrack_max'

test('a machine keeps track of as many flows as a sixteenth of its memory holds, and of a million at most', () => {
  const found = [0.5, 1, 4, 24, 512].map(each => machineLimits(each * gb)[flows])
  assert.deepEqual(found, [104_857, 209_715, 838_860, 1_048_576, 1_048_576])
})

test('limits of the machine are raised and never lowered; those that are not there are left', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'limits-'))
  const set = (name: string, value: string) => writeFileSync(join(folder, name), value)
  const now = (name: string) => readFileSync(join(folder, name), 'utf8')
  try {
    for (const each of ['netfilter', 'ipv4/neigh/default']) mkdirSync(join(folder, each), { recursive: true })
    set(flows, '65536\n')
    set('ipv4/neigh/default/gc_thresh2', '512\n')
    set('ipv4/neigh/default/gc_thresh3', '99999\n')
    await raiseMachineLimits(4 * gb, folder)
    assert.deepEqual([flows, 'ipv4/neigh/default/gc_thresh2', 'ipv4/neigh/default/gc_thresh3'].map(now), [
      '838860',
      '32768',
      '99999\n',
    ])
    await raiseMachineLimits(gb, folder)
    assert.equal(now(flows), '838860')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
