import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { runAgent } from '../../src/agent/agent.ts'
import type { WireEvent } from '../../src/client/wire.ts'
import { compilerFor } from '../../src/compile/compile.ts'
import { fakeHost } from '../../src/dataplane/fake-host.ts'
import { serving, until } from '../client/serving.ts'

test('what is asked of the API becomes active through an agent, and is told so', async t => {
  const { client, agent } = await serving(t)
  const host = fakeHost()
  const stop = new AbortController()
  const events = client.events(stop.signal)[Symbol.asyncIterator]()
  await until(events, ({ type }) => type === 'reset')
  const running = runAgent(
    {
      host,
      server: {
        state: (since, waitMs, signal) => agent.agent.state(since, waitMs, signal),
        report: agent.agent.report,
      },
      compile: compilerFor({ name: 'one', uplink: null, mtu: 1500 }),
      seenAs: () => [],
      name: 'one',
      log: () => {},
    },
    stop.signal,
  )
  await until(events, event => event.type === 'host' && event.event.message === 'the agent reports')

  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16' })
  const active = (event: WireEvent) => event.type === 'status' && event.id === vpc.id && event.status.phase === 'active'
  await until(events, active)
  assert.equal((await client.get('vpc', vpc.id)).status.phase, 'active')
  assert.ok((await host.observe()).size > 0)

  await client.remove('vpc', vpc.id)
  const { revision } = await client.status()
  const synced = async () => (await client.status()).agents[0]?.synced === revision
  for (let tries = 0; tries < 3000 && !(await synced()); tries++) await pause(10)
  assert.ok(![...(await host.observe()).values()].some(item => item.for === vpc.id))
  stop.abort()
  await running
})
