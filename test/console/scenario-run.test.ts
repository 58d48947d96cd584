import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../src/client/api-client.ts'
import { scenarioSteps } from '../../src/client/scenario.ts'
import { emptyDraft, scenarioOf, type Draft } from '../../src/console/scenario/draft.ts'
import { beginning, carryOn, undo, type Progress } from '../../src/console/scenario/run.ts'
import { kindNames } from '../../src/model/kinds.ts'
import { serving } from '../client/serving.ts'

const draft: Draft = { ...emptyDraft, name: 'shop', backends: 'beijing-1 198.51.100.10:80\n198.51.100.11:8080' }

function scenario(more: Partial<Draft> = {}) {
  const read = scenarioOf({ ...draft, ...more })
  assert.ok('scenario' in read, JSON.stringify(read))
  return read.scenario
}

async function count(client: Client): Promise<number> {
  const pages = await Promise.all(kindNames.map(kind => client.list(kind)))
  return pages.reduce((sum, { total }) => sum + total, 0)
}

async function poolOf(client: Client, prefix: string): Promise<void> {
  await client.patch('zone', 'local', { pools: [{ name: 'carrier', addresses: [prefix], reserved: [] }] })
}

for (const topology of ['a', 'b'] as const) {
  void test(`topology ${topology} is built whole, with nothing left to apply or to find, and undone whole`, async t => {
    const { client } = await serving(t)
    const before = await count(client)
    const told: Progress[] = []
    const progress = await carryOn(client, beginning(scenario({ topology }), 'one'), each => told.push(each))
    assert.equal(progress.phase, 'done')
    assert.equal(told.length, scenarioSteps(progress.scenario).flatMap(({ tasks }) => tasks).length + 2)
    const pending = await client.ask<{ readonly items: readonly unknown[] }>('GET', '/v1/pending')
    assert.deepEqual(pending.items, [])
    const path = `/v1/load-balancers/${progress.made['balancer']}/diagnosis`
    const { items } = await client.ask<{ readonly items: readonly { readonly code: string }[] }>('GET', path)
    assert.deepEqual(
      items.map(({ code }) => code),
      ['not-synced'],
      'nothing but the machine, which there is none of, is missing',
    )
    assert.equal((await undo(client, progress, () => {})).phase, 'undone')
    assert.equal(await count(client), before)
  })
}

void test('a step that fails keeps what was made, says why, and is carried on from there', async t => {
  const { client } = await serving(t)
  await poolOf(client, '203.0.113.7/32')
  const failed = await carryOn(client, beginning(scenario(), 'one'), () => {})
  assert.equal(failed.phase, 'failed')
  assert.equal(failed.failed?.key, 'load-balancer/balancerEip')
  assert.match(failed.failed?.why.join() ?? '', /address/)
  assert.equal((await client.list('nat-gateway')).total, 1)
  await poolOf(client, '203.0.113.0/24')
  const done = await carryOn(client, failed, () => {})
  assert.equal(done.phase, 'done')
  assert.equal(done.made['natGateway'], failed.made['natGateway'])
  assert.equal((await client.list('nat-gateway')).total, 1)
})

void test('a request whose answer was lost is not carried out twice', async t => {
  const { client } = await serving(t)
  const steps: Progress[] = []
  await carryOn(client, beginning(scenario(), 'one'), each => steps.push(each))
  const lost = steps.find(({ made }) => made['backend-0'] !== undefined && made['backend-1'] === undefined)
  assert.ok(lost)
  const { phase, made } = await carryOn(client, lost, () => {})
  assert.equal(phase, 'done')
  const balancer = await client.get('load-balancer', made['balancer'] ?? '')
  assert.equal(balancer.listeners.flatMap(({ backends }) => backends).length, 2)
})

void test('undoing stops at what somebody else uses, and can be taken up again', async t => {
  const { client } = await serving(t)
  const done = await carryOn(client, beginning(scenario(), 'one'), () => {})
  const server = await client.create('server', { name: 'mine', subnet: done.made['subnet'] ?? '' })
  const stopped = await undo(client, done, () => {})
  assert.equal(stopped.phase, 'undo-failed')
  assert.equal(stopped.failed?.key, 'subnet')
  assert.match(stopped.failed?.why.join() ?? '', new RegExp(server.id))
  await client.remove('server', server.id)
  assert.equal((await undo(client, stopped, () => {})).phase, 'undone')
})

void test('the ports of backends are admitted too, as gateways filter what leaves', () => {
  const rules = scenarioSteps(scenario()).find(({ key }) => key === 'security-group-rule')
  assert.deepEqual(
    rules?.tasks.map(({ about }) => about),
    ['TCP 80', 'TCP 8080'],
  )
})

void test('whatever is filled in wrongly is told at its field, all at once', () => {
  const wrong: Draft = {
    topology: 'b',
    name: ' ',
    port: 70_000,
    backends: '198.51.100.10\n192.168.0.9:80\n198.51.100.7:80\nagain 198.51.100.7:80',
    path: 'healthz',
    cidr: '192.168.0.0/16',
    subnet: '10.0.0.0/24',
  }
  const read = scenarioOf(wrong)
  assert.ok('problems' in read)
  assert.deepEqual(read.problems.map(({ field, code }) => `${field} ${code}`).sort(), [
    'backends line',
    'backends private',
    'backends twice',
    'name name',
    'path path',
    'port port',
    'subnet not-within',
  ])
  const none = scenarioOf({ ...draft, backends: ' \n' })
  assert.deepEqual('problems' in none && none.problems, [{ field: 'backends', code: 'no-backend' }])
})
