import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startIssuer, type Issuance } from '../../src/acme/issuer.ts'
import { sqliteProgress } from '../../src/acme/progress.ts'
import { openSession, retryAfterMs } from '../../src/acme/session.ts'
import { AcmeFailed } from '../../src/acme/failure.ts'
import { webBy, type Web } from '../../src/acme/web.ts'
import { commandsOn } from '../../src/commands/commands.ts'
import { get } from '../../src/model/model.ts'
import { problemText } from '../../src/model/problem.ts'
import { newKey } from '../../src/pki/key.ts'
import { directory, prepared } from '../api/running.ts'
import { certificateFor } from '../certificate-maker.ts'

/** A certificate that could be issued if anybody listened where its directory is said to be. */
async function site(t: TestContext) {
  const store = await prepared()
  t.after(() => store.close())
  const commands = commandsOn(store)
  const create = async (kind: 'certificate' | 'load-balancer' | 'security-group', body: object) =>
    (await commands.run({ do: 'create', kind, body }, 'test')).resource!.id
  const id = await create('certificate', { acme: { names: ['shop.example'], directory: 'https://127.0.0.1:9/dir' } })
  const rules = [{ direction: 'ingress', action: 'accept', protocol: 'tcp', ports: '80' }]
  const securityGroup = await create('security-group', { rules })
  const listeners = [{ port: 80 }, { protocol: 'https', port: 443, certificates: [id] }]
  const balancer = await create('load-balancer', { eips: [{}], securityGroup, listeners })
  return { store, commands, id, balancer }
}

test('what fails is tried again later and later, at once when something changed, and a restart knows of it', async t => {
  const { store, commands, id, balancer } = await site(t)
  const file = `${await directory(t)}/progress.sqlite`
  let now = Date.now()
  const told: string[] = []
  const start = () => {
    const progress = sqliteProgress(file)
    const issuer = startIssuer({
      model: store.snapshot,
      commands,
      runsAs: () => ({ phase: 'active', reason: '' }),
      progress,
      tell: (_, failure) => told.push(failure?.code ?? 'issued'),
      changed() {},
      onBug: bug => assert.fail(String(bug)),
      clock: () => now,
    })
    const look = (): Issuance | null => issuer.issuanceOf(get(store.snapshot(), 'certificate', id))
    const failedAfter = async (count: number) => {
      while (told.length < count || look()?.state !== 'failed') await sleep(20)
      const { reason, nextAt } = look()!
      assert.equal(reason?.code, 'acme-unreachable')
      assert.match(String(reason?.values?.['reason']), /ECONNREFUSED/)
      return Math.round((nextAt! - now) / 1000)
    }
    return { failedAfter, look, end: async () => (await issuer.stop(), progress.close()) }
  }
  const first = start()
  assert.equal(await first.failedAfter(1), 120)
  await sleep(1500)
  assert.equal(told.length, 1, 'tried again too early')
  now += 121_000
  assert.equal(await first.failedAfter(2), 240)
  await first.end()
  const second = start()
  assert.equal(second.look()?.state, 'failed')
  await sleep(1500)
  assert.equal(told.length, 2, 'a restart forgot what there was')
  await commands.run({ do: 'patch', kind: 'load-balancer', id: balancer, body: { maxConnections: 20000 } }, 'test')
  assert.equal(await second.failedAfter(3), 480)
  await second.end()
})

/** A directory that says the same to every signed request. */
function saying(status: number, document: object, headers = {}): Web {
  const places = { newNonce: 'https://ca/nonce', newAccount: 'https://ca/account', newOrder: 'https://ca/order' }
  return async method => ({
    status: method === 'POST' ? status : 200,
    headers: { 'replay-nonce': 'n', ...(method === 'POST' ? headers : {}) },
    body: JSON.stringify(method === 'POST' ? document : places),
  })
}

test('what a directory refuses is told in its words, with the time that it asks for', async () => {
  const problem = { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many certificates' }
  const now = Date.parse('2026-01-01T00:00:00Z')
  const opened = (web: Web) => openSession('https://ca/dir', { web, accountKey: newKey(), emails: [], now: () => now })
  const failure = async (web: Web) => {
    const error = await opened(web).catch((e: unknown) => e)
    assert.ok(error instanceof AcmeFailed)
    return [error.problem.code, error.problem.values?.['reason'], error.notBeforeMs]
  }
  assert.deepEqual(await failure(saying(429, problem, { 'retry-after': '3600' })), [
    'acme-limited',
    'too many certificates',
    now + 3_600_000,
  ])
  const terms = { type: 'urn:ietf:params:acme:error:userActionRequired', detail: 'new terms\nof service' }
  assert.deepEqual(await failure(saying(403, terms)), ['acme-refused', 'new terms of service', null])
  const nonce = { type: 'urn:ietf:params:acme:error:badNonce', detail: 'no such nonce' }
  assert.deepEqual(await failure(saying(400, nonce)), ['acme-refused', 'no such nonce', null])
  assert.equal((await failure(async () => ({ status: 200, headers: {}, body: '<html>' })))[0], 'acme-refused')
  const date = new Date(now + 5000).toUTCString()
  assert.equal(retryAfterMs({ headers: { 'retry-after': date } }, now), 5000)
  assert.equal(retryAfterMs({ headers: { 'retry-after': 'soon' } }, now), null)
})

test('of a directory that nobody trusts is told what to do, not what whoever started the server could', async t => {
  const made = certificateFor({ names: ['127.0.0.1'] })
  const server = createServer({ cert: made.chain, key: made.key }, (_, response) => response.end('{}'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/dir`
  const failure = async (ca: string | null) => {
    const web = webBy(ca, AbortSignal.timeout(10_000))
    const error: unknown = await openSession(url, { web, accountKey: newKey(), emails: [], now: Date.now }).catch(
      e => e,
    )
    assert.ok(error instanceof AcmeFailed)
    return problemText(error.problem, 'en')
  }
  for (const ca of [null, certificateFor({ names: ['127.0.0.1'] }).chain]) {
    const said = await failure(ca)
    assert.match(said, /nobody who is trusted vouches for the directory 127\.0\.0\.1:\d+: .*acme\.directoryCa/)
    assert.doesNotMatch(said, /Node\.js/)
  }
  // Whom the CA vouches for is heard; only what it says is no directory.
  assert.doesNotMatch(await failure(made.chain), /vouches/)
})
