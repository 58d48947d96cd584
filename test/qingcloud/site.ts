import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify from 'fastify'
import { startCore, type Core } from '../../src/api/core.ts'
import type { BackendStatus, Role, Sample } from '../../src/client/wire.ts'
import type { KindName } from '../../src/model/kinds.ts'
import { sqliteSeries } from '../../src/monitor/series.ts'
import { cloudOf, type Cloud, type Signer, type Signers } from '../../src/qingcloud/cloud.ts'
import { addQingcloud } from '../../src/qingcloud/routes.ts'
import { sqliteLedger } from '../../src/qingcloud/sqlite-ledger.ts'
import { prepared } from '../api/running.ts'
import { request, type ClientName, type Key, type Parameters, type Sent } from './clients.ts'

export type Answer = Readonly<Record<string, unknown>> & { readonly ret_code: number; readonly message?: string }

/** An installation to send requests to. No agent is there; {@link Site.sync} reports as one. */
export interface Site {
  readonly core: Core
  readonly cloud: Cloud
  readonly bugs: readonly unknown[]
  /** Asks as a client does, with an operator's key unless another role is named. */
  ask(client: ClientName, action: string, parameters?: Parameters, role?: Role): Promise<Answer>
  /** Asks as the Python client does, and throws where it was not done. */
  done(action: string, parameters?: Parameters): Promise<Answer>
  /** Sends anything. */
  send(sent: Sent): Promise<{ readonly status: number; readonly type: string; readonly answer: Answer }>
  /** Makes a resource and answers with its id. */
  make(kind: KindName, body: object): Promise<string>
  /** Lets an agent report that everything was done but what failed. */
  sync(failures?: Readonly<Record<string, string>>, backends?: Readonly<Record<string, BackendStatus>>): void
  /** Lets an agent have measured every ten seconds of the last minutes; `of` tells what it had counted after how many seconds. */
  measure(minutes: number, of: (seconds: number) => Readonly<Record<string, Sample>>): void
}

/** A key of every role. */
export const keys: Readonly<Record<Role, Key>> = {
  'read-only': { id: 'key-0000000001', secret: 'reader' },
  operator: { id: 'key-0000000002', secret: 'operator of it all' },
  admin: { id: 'key-0000000003', secret: 'admin' },
}

export async function startSite(t: TestContext): Promise<Site> {
  const store = await prepared()
  const bugs: unknown[] = []
  const onBug = (error: unknown) => void bugs.push(error)
  let past = 0
  const series = sqliteSeries(':memory:', { now: () => Date.now() - past })
  const core = startCore(store, { onBug, series })
  const ledger = sqliteLedger()
  const cloud = cloudOf(core, signers(), ledger)
  const app = fastify({ routerOptions: { querystringParser: () => ({}) } })
  addQingcloud(app, cloud, { onBug })
  t.after(async () => {
    await app.close()
    await core.stop()
    series.close()
    ledger.close()
    await store.close()
  })
  const send: Site['send'] = async ({ method, url, headers, body }) => {
    const { statusCode, headers: told, ...rest } = await app.inject({ method, url, headers, payload: body })
    return { status: statusCode, type: String(told['content-type']), answer: JSON.parse(rest.body) as Answer }
  }
  const ask: Site['ask'] = async (client, action, parameters = {}, role = 'operator') =>
    (await send(request(client, keys[role], action, parameters))).answer
  return {
    core,
    cloud,
    bugs,
    send,
    ask,
    async done(action, parameters) {
      await sleep(2)
      const answer = await ask('python', action, parameters, 'admin')
      if (answer.ret_code !== 0) throw new Error(`${action}: ${answer.message}`)
      return answer
    },
    async make(kind, body) {
      // Lists are in the order of creation, to the millisecond; timers may be early by one.
      await sleep(2)
      const { resource } = await core.commands.run({ do: 'create', kind, body }, 'test')
      return resource?.id ?? ''
    },
    sync(failures = {}, backends = {}) {
      const synced = store.snapshot().revision
      core.board.report({ host: 'test', synced, failures, backends, events: [], counters: {} })
    },
    measure(minutes, of) {
      const start = Date.now() - minutes * 60_000
      for (let seconds = 0; seconds <= minutes * 60; seconds += 10) {
        past = (minutes * 60 - seconds) * 1000
        series.add('test', { at: start + seconds * 1000, since: start, of: of(seconds) })
      }
    },
  }
}

function signers(): Signers {
  const left = new Map<string, Signer>(
    Object.entries(keys).map(([role, { id, secret }]) => [
      id,
      { id, secret, role: role as Role, createdAt: '2026-01-01T00:00:00.000Z' },
    ]),
  )
  return {
    find: id => left.get(id),
    all: () => [...left.values()],
    async remove(ids) {
      for (const id of ids) left.delete(id)
    },
  }
}
