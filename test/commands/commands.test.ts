import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chance, commandsOn, randomId, utcNow } from '../../src/commands/commands.ts'
import { ensureDefaults } from '../../src/model/defaults.ts'
import { Refused } from '../../src/model/problem.ts'
import { memoryStore } from '../../src/store/memory-store.ts'

async function furnished() {
  const store = memoryStore()
  const pools = [{ name: 'bgp', addresses: ['192.0.2.0/28'], reserved: [] }]
  await store.commit(model => ensureDefaults(model, { now: utcNow(), author: 'tester', ...chance, pools }))
  return store
}

test('a command is answered with what it made, in the revision that it was stored in', async () => {
  const store = await furnished()
  const commands = commandsOn(store, { clock: () => '2026-01-01T00:00:00Z' })
  const done = await commands.run({ do: 'create', kind: 'vpc', body: { cidr: '10.0.0.0/16', eip: {} } }, 'ann')
  assert.equal(done.revision, 2)
  assert.equal(done.model, store.snapshot())
  assert.equal(done.resource?.createdAt, '2026-01-01T00:00:00Z')
  assert.match(done.resource.id, /^rtr-[0-9a-z]{8}$/)
  assert.equal(done.model.generations.get(`${done.resource.id}@1`)?.author, 'ann')
  assert.deepEqual(
    done.touched.map(id => id.split('-')[0]),
    ['eip', 'rt'],
  )
})

test('of two who change one revision, the second is refused', async () => {
  const store = await furnished()
  const commands = commandsOn(store)
  const { resource } = await commands.run({ do: 'create', kind: 'eip', body: {} }, 'ann')
  const patch = { do: 'patch', kind: 'eip', id: resource?.id ?? '', ifRevision: resource?.revision ?? 0 } as const
  const [first, second] = await Promise.allSettled([
    commands.run({ ...patch, body: { bandwidthMbps: 20 } }, 'ann'),
    commands.run({ ...patch, body: { bandwidthMbps: 30 } }, 'bob'),
  ])
  assert.equal(first.status, 'fulfilled')
  assert.ok(second.status === 'rejected' && second.reason instanceof Refused)
  assert.deepEqual(
    second.reason.problems.map(p => p.code),
    ['stale'],
  )
})

test('addresses run out with a refusal, and come back', async () => {
  const commands = commandsOn(await furnished())
  const made = []
  for (let n = 0; n < 14; n++)
    made.push((await commands.run({ do: 'create', kind: 'eip', body: {} }, 'ann')).resource?.id ?? '')
  await assert.rejects(commands.run({ do: 'create', kind: 'eip', body: {} }, 'ann'), /no free address is left in local/)
  await commands.run({ do: 'delete', kind: 'eip', id: made[7] ?? '' }, 'ann')
  const { resource } = await commands.run({ do: 'create', kind: 'eip', body: {} }, 'ann')
  assert.equal(resource?.kind === 'eip' && resource.now.address, '192.0.2.8')
})

test('ids are a prefix and eight characters', () => {
  for (let n = 0; n < 1000; n++) assert.match(randomId('lb'), /^lb-[0-9a-z]{8}$/)
})

test('several commands are one commit, each on what those before it made', async () => {
  const commands = commandsOn(await furnished())
  const one = { do: 'create', kind: 'eip', body: {} } as const
  const done = await commands.runAll([one, one, one], 'ann')
  assert.deepEqual(
    done.map(({ revision, resource }) => [revision, resource?.kind === 'eip' && resource.now.address]),
    [
      [2, '192.0.2.1'],
      [2, '192.0.2.2'],
      [2, '192.0.2.3'],
    ],
  )
})

test('of several commands all are done, or none', async () => {
  const store = await furnished()
  const before = store.snapshot()
  const eips = Array.from({ length: 15 }, () => ({ do: 'create', kind: 'eip', body: {} }) as const)
  await assert.rejects(commandsOn(store).runAll(eips, 'ann'), /no free address is left in local/)
  assert.equal(store.snapshot(), before)
})

test('a step may name what one before it makes; where one is refused nothing is made', async () => {
  const store = await furnished()
  const commands = commandsOn(store)
  const eip = { command: { do: 'create', kind: 'eip', body: {} }, as: 'eip' } as const
  const vpcOf = (cidr: string) =>
    ({ command: { do: 'create', kind: 'vpc', body: { cidr, type: 'small', eip: '{eip}' } } }) as const
  const [bought, made] = await commands.runSteps([eip, vpcOf('10.0.0.0/16')], 'ann')
  assert.ok(bought?.resource)
  assert.equal(made?.resource?.kind === 'vpc' && made.resource.now.eip, bought.resource.id)
  const before = store.snapshot()
  await assert.rejects(commands.runSteps([eip, vpcOf('nowhere')], 'ann'), /cidr/)
  assert.equal(store.snapshot(), before)
})
