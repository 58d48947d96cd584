import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackendStatus } from '../../src/client/wire.ts'
import { runCli } from '../../src/cli/run.ts'
import { serving } from '../client/serving.ts'
import { recordingPrograms } from './trial.ts'

const status = (state: BackendStatus['state'], reason: string): BackendStatus => ({
  state,
  reason,
  since: new Date().toISOString(),
  seenAs: [],
  sessions: 0,
  queued: 0,
  requests: 0,
})

test('events call by name what was created since, and tell of a backend once, when its state changes', async t => {
  const { client, agent, server } = await serving(t)
  const lines: string[] = []
  const listening = runCli(
    ['events', '--url', server.url],
    recordingPrograms(() => {}),
    {
      env: { LANG: 'en_US.UTF-8' },
      columns: 120,
      interactive: false,
      out: line => lines.push(line.slice('00:00:00  '.length)),
      err: line => lines.push(line),
      ask: async () => '',
      readInput: async () => '',
    },
  )
  const heard = async (line: string) => {
    for (let i = 0; i < 600 && !lines.includes(line); i++) await sleep(50)
    assert.ok(lines.includes(line), `${line} is not in\n${lines.join('\n')}`)
  }
  const report = (backends: Record<string, BackendStatus>) =>
    agent.agent.report({ host: 'one', synced: 1e6, failures: {}, backends, events: [], counters: {} })

  await report({})
  await client.create('ip-set', { type: 'ip', name: 'at-first' })
  for (let i = 0; i < 600 && lines.length === 0; i++) {
    await client.create('ip-set', { type: 'ip' })
    await sleep(50)
  }
  const vpc = await client.create('vpc', { name: 'office', cidr: '10.0.0.0/16' })
  await heard('VPC network office: created')
  await client.patch('vpc', vpc.id, { name: 'head-office' })
  await heard('VPC network head-office: changed')
  const subnet = await client.create('subnet', { vpc: vpc.id, cidr: '10.0.1.0/24', name: 'apps' })
  const backends = [
    { name: 'blog', address: '198.51.100.10', port: 8080 },
    { address: '198.51.100.11', port: 8080 },
  ]
  const balancer = await client.create('load-balancer', {
    name: 'web',
    subnet: subnet.id,
    listeners: [{ port: 80, backends }],
  })
  const [named = '', unnamed = ''] = balancer.listeners[0]?.backends.map(({ id }) => id) ?? []
  await report({ [named]: status('unavailable', 'connection failed') })
  await report({ [named]: status('unavailable', 'no route') })
  await report({ [named]: status('unavailable', 'timeout after 5 s') })
  assert.equal((await client.get('load-balancer', balancer.id)).backendStatus[named]?.reason, 'timeout after 5 s')
  await report({ [named]: status('active', ''), [unnamed]: status('active', '') })
  await heard('Backend web/blog: active')
  await heard('Backend web/198.51.100.11:8080: active')
  await client.remove('load-balancer', balancer.id)
  await heard('Load balancer web: deleted')
  assert.deepEqual(
    lines.filter(line => line.includes('web/blog')),
    ['Backend web/blog: unavailable connection failed', 'Backend web/blog: active'],
  )
  process.emit('SIGINT')
  assert.equal(await listening, 0)
})
