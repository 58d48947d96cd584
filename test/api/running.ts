import type { TestContext } from 'node:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LightMyRequestResponse } from 'fastify'
import { createAccess } from '../../src/api/access.ts'
import { local } from '../../src/api/caller.ts'
import { startCore, type Core } from '../../src/api/core.ts'
import { appOf } from '../../src/api/serve.ts'
import { chance, utcNow } from '../../src/commands/commands.ts'
import { ensureDefaults } from '../../src/model/defaults.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'

/** What an answer holds, for tests that look into it. */
export type Body = Record<string, unknown> & {
  id: string
  revision: number
  problems: { code: string; at: string; message: string }[]
}

export interface Answered {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  readonly body: Body
}

export interface Running {
  readonly core: Core
  readonly store: Store
  /** Ends it before the test does. */
  close(): Promise<void>
  ask(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  /** Sends what need not be JSON. */
  raw(method: string, url: string, payload: string | Buffer, headers: Record<string, string>): Promise<Answered>
  /** What was refused though it should not have been, because of us. */
  readonly bugs: unknown[]
}

/** A store that holds what every installation starts with. */
export async function prepared(store: Store = memoryStore()): Promise<Store> {
  const pools = [{ name: 'carrier', addresses: ['203.0.113.0/24'], reserved: [] }]
  await store.commit(model => ensureDefaults(model, { now: utcNow(), author: 'test', ...chance, pools }))
  return store
}

/** The real application on a store, asked in process; agents are served too. */
export async function running(t: TestContext, given?: Store): Promise<Running> {
  const store = await prepared(given)
  const core = startCore(store)
  const bugs: unknown[] = []
  const face = { admit: () => local, bodyLimit: 2 * 1024 * 1024, agent: true, access: createAccess({ loopback: true }) }
  const app = appOf(core, { version: 'test', keysFile: '/nonexistent/keys.json', onBug: bug => bugs.push(bug) }, face)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await app.close()
    await core.stop()
    await store.close()
  }
  t.after(close)
  const raw: Running['raw'] = async (method, url, payload, headers) => {
    const answer = await app.inject({ method: method as 'GET', url, headers, payload })
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (isJson ? answer.json() : { text: answer.body }) as Body,
    }
  }
  return {
    core,
    store,
    bugs,
    close,
    raw,
    ask: (method, url, body, headers = {}) =>
      raw(method, url, body === undefined ? '' : JSON.stringify(body), {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }),
  }
}

/** A directory that goes with the test. */
export async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'causeway-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}
