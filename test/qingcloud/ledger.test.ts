import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Resource } from '../../src/model/model.ts'
import type { Job } from '../../src/qingcloud/ledger.ts'
import { mournMs, sqliteLedger } from '../../src/qingcloud/sqlite-ledger.ts'
import { directory } from '../api/running.ts'

const job = (resources: readonly string[]): Omit<Job, 'id' | 'end'> => ({
  action: 'UpdateRouters',
  resources,
  revision: 7,
  transition: 'updating',
  createdAt: 1000,
})
const resource = (id: string) => ({ kind: 'eip', id, name: 'gone' }) as unknown as Resource

test('what a ledger knows survives its process', async t => {
  const path = join(await directory(t), 'ledger.sqlite')
  const before = sqliteLedger(path)
  const [first, second] = [before.begin(job(['rtr-1', 'vxnet-1'])), before.begin(job(['rtr-1']))]
  before.end(first, { status: 'failed', at: 2000, reason: 'no such device' })
  before.bury([resource('eip-1')])
  before.spell('sgr-1', 'as written')
  const attachment = before.attach('#!/bin/sh')
  assert.ok(before.claim('key-1 abc', Date.now() + 60_000))
  before.close()

  const after = sqliteLedger(path)
  t.after(() => after.close())
  assert.deepEqual(
    [...after.jobs()].map(({ id, end }) => [id, end?.status]),
    [
      [second, undefined],
      [first, 'failed'],
    ],
  )
  assert.deepEqual(after.job(first), {
    id: first,
    ...job(['rtr-1', 'vxnet-1']),
    end: { status: 'failed', at: 2000, reason: 'no such device' },
  })
  assert.deepEqual(
    after.open('rtr-1').map(({ id }) => id),
    [second],
  )
  assert.deepEqual(after.open('vxnet-1'), [])
  assert.deepEqual(after.buried('eip-1')?.resource, resource('eip-1'))
  assert.equal(after.spelling('sgr-1'), 'as written')
  assert.equal(after.attachment(attachment), '#!/bin/sh')
  assert.equal(after.claim('key-1 abc', Date.now() + 60_000), false)
  after.release('key-1 abc')
  assert.ok(after.claim('key-1 abc', Date.now() + 60_000))
})

test('what was deleted is forgotten after two hours, requests after they expired', t => {
  let now = 1_000_000
  const ledger = sqliteLedger(':memory:', () => now)
  t.after(() => ledger.close())
  ledger.bury([resource('eip-1')])
  ledger.claim('request', now + 60_000)
  now += mournMs - 1
  assert.ok(ledger.buried('eip-1'))
  now += 2
  assert.equal(ledger.buried('eip-1'), undefined)
  // Expired requests are cleared away now and then, with whatever is noted.
  for (let i = 0; i < 200; i++) ledger.begin(job(['rtr-1']))
  assert.ok(ledger.claim('request', now + 60_000))
})

test('a ledger does not grow without bound', t => {
  const ledger = sqliteLedger()
  t.after(() => ledger.close())
  const first = ledger.begin(job(['rtr-1']))
  for (let i = 0; i < 10_200; i++) ledger.begin(job([`lb-${i}`]))
  assert.equal(ledger.job(first), undefined)
  const kept = [...ledger.jobs()].length
  assert.ok(kept >= 10_000 && kept <= 10_200, `${kept} jobs are kept`)
  assert.deepEqual(ledger.open('rtr-1'), [])
  assert.equal(ledger.open('lb-10199').length, 1)
})
