import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '../../src/api/serve.ts'
import { connectionFailure } from '../../src/cli/connection-failure.ts'
import type { TrialRecord } from '../../src/diagnose/plan/trial.ts'
import { sqliteDocuments } from '../../src/store/documents.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { freshModel } from '../any-model.ts'
import { runCli } from '../../src/cli/run.ts'
import { recordingPrograms, type } from './trial.ts'

const moment = () => new Promise(resolve => setTimeout(resolve, 20))

test('an apply on trial is followed over a restart of the server, which goes on watching it, and its delay is told', async t => {
  const store = memoryStore(freshModel().model)
  const trialLog = sqliteDocuments<TrialRecord>('trials')
  const start = (port: number) => serve({ store, trialLog, listen: { host: '127.0.0.1', port } })
  let server = await start(0)
  t.after(() => server.close())
  const { url } = server
  const cli = (line: string) => type(line.split(' '), { env: { CAUSEWAY_URL: url } })
  await cli('create security-group name=tried')
  await cli('add sg tried rules protocol=tcp ports=22')
  const err: string[] = []
  const followed = runCli(
    'apply sg tried --watch 5s'.split(' '),
    recordingPrograms(() => {}),
    {
      env: { CAUSEWAY_URL: url, LANG: 'en_US.UTF-8' },
      columns: 120,
      interactive: false,
      out: () => {},
      err: line => err.push(line),
      ask: async () => '',
      readInput: async () => '',
    },
  )
  const running = () => trialLog.all().find(({ state }) => state === 'running')?.id
  while (running() === undefined) await moment()
  await server.close()
  while (!err.some(line => line.startsWith('the server does not answer; it goes on with trial-'))) await moment()
  server = await start(Number(new URL(url).port))
  // No machine is there that could say how it is.
  while (!err.some(line => /time of trial-\w+ is over/.test(line))) await moment()
  assert.equal((await cli(`revert ${running()}`)).code, 1)
  assert.equal(await followed, 1)
  assert.match(err.at(-1) ?? '', /Generation 1 of .* runs again/)
})

test('a server that hangs up is told from errors of our own', () => {
  assert.equal(connectionFailure(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })), 'ECONNRESET')
  const missing = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })
  assert.equal(connectionFailure(missing), undefined)
})
