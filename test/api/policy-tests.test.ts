import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tried } from '../../src/client/tries.ts'
import type { Asked } from '../../src/client/questions.ts'
import type { PolicyStatus } from '../../src/client/policy-wire.ts'
import { running, type Running } from './running.ts'

/** A network with two servers of one group, and a policy test that one must reach the other. */
async function network({ ask }: Running) {
  const create = async (plural: string, body: object) => {
    const made = await ask('POST', `/v1/${plural}`, body)
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return made.body
  }
  const group = await create('security-groups', { name: 'inside', rules: [{ protocol: 'tcp', ports: '5432' }] })
  const vpc = await create('vpcs', { cidr: '10.0.0.0/16', subnets: [{ name: 'apps', cidr: '10.0.0.0/24' }] })
  const subnets = (await ask('GET', `/v1/subnets?vpc=${vpc.id}`)).body['items'] as { id: string }[]
  const server = (name: string) => create('servers', { name, subnet: subnets[0]?.id, securityGroup: group.id })
  const [a, b] = [await server('a'), await server('b')]
  const state = await create('policy-tests', {
    name: 'a-to-b',
    from: { type: 'server', id: a.id },
    to: { type: 'server', id: b.id },
    ports: '5432',
  })
  return {
    group: `/v1/security-groups/${group.id}`,
    test: `/v1/policy-tests/${state.id}`,
    id: state.id,
    a: a.id,
    b: b.id,
  }
}

const closed = { rules: [{ protocol: 'tcp', ports: '80' }] }

test('an apply that breaks a policy test is refused with what breaks it, and may be forced; the log says so', async t => {
  const server = await running(t)
  const { ask, core } = server
  const { group, test: path, id } = await network(server)
  await ask('PATCH', group, closed)

  const plan = (await ask('POST', `${group}:plan`)).body
  assert.deepEqual(
    (plan['tests'] as { id: string; was: string; becomes: string }[]).map(each => [each.id, each.was, each.becomes]),
    [[id, 'holds', 'broken']],
  )
  const refused = await ask('POST', `${group}:apply`)
  assert.equal(refused.status, 409)
  assert.deepEqual(
    refused.body.problems.map(({ code }) => code),
    ['policy-broken'],
  )
  const words =
    /^it would break the policy test a-to-b \(pt-\w+\): a \(10\.0\.0\.\d\) must reach b .* by TCP 5432, and does not: in the server b \(i-\w+\): no rule of security group inside \(sg-\w+\) admits it: it is dropped\. Mend the draft, or force it$/
  assert.match(refused.body.problems[0]?.message ?? '', words)
  const inChinese = await ask('POST', `${group}:apply`, undefined, { 'accept-language': 'zh-CN' })
  assert.match(inChinese.body.problems[0]?.message ?? '', /会违反可达性测试 a-to-b .*：a .* 必须可通过 TCP 5432 访问 b/)
  assert.equal((await ask('GET', group)).body['generation'], 1)

  const forced = await ask('POST', `${group}:apply?force=true`)
  assert.equal(forced.status, 200)
  assert.match(JSON.stringify(forced.body['warnings']), /the policy test a-to-b .* is broken now/)
  const operations = (await ask('GET', `/v1/operations?do=apply`)).body['items'] as object[]
  assert.deepEqual(
    operations.map(each => ['forced' in each, 'refused' in each]),
    [
      [true, false],
      [false, true],
      [false, true],
    ],
  )
  await core.policies.look()
  const verdict = (await ask('GET', path)).body['verdict'] as PolicyStatus
  assert.equal(verdict.state, 'broken')
  assert.match(verdict.reason, /^a \(.*no rule of security group inside/)

  await ask('PATCH', group, { rules: [{ protocol: 'tcp', ports: '81' }] })
  const still = (await ask('POST', `${group}:plan`)).body['tests'] as { was: string; becomes: string }[]
  assert.deepEqual([still[0]?.was, still[0]?.becomes], ['broken', 'broken'])
  assert.equal((await ask('POST', `${group}:apply`)).status, 200, 'what was broken before keeps nobody')
  assert.equal((await ask('POST', `${group}:rollback`, { generation: 1 })).status, 200, 'what mends it neither')
  assert.equal((await ask('POST', `${group}:rollback`, { generation: 2 })).status, 409)
  assert.equal((await ask('POST', `${group}:rollback?force=true`, { generation: 2 })).status, 200)
})

test('a policy test says how it stands and since when, and events tell when that changes', async t => {
  const server = await running(t)
  const { ask, core } = server
  const { group, test: path, b } = await network(server)
  const heard: string[] = []
  core.feed.subscribe(({ event }) => {
    if (event.type === 'policy-test') heard.push(event.verdict.state)
  })
  const verdict = async () => {
    await core.policies.look()
    return (await ask('GET', path)).body['verdict'] as PolicyStatus
  }
  const holds = await verdict()
  assert.deepEqual([holds.state, holds.reason, holds.tried], ['holds', '', null])
  assert.ok(holds.since !== null && Date.parse(holds.since) <= Date.now())

  await ask('POST', `/v1/servers/${b}:stop`)
  const off = await verdict()
  assert.deepEqual([off.state, off.reason.includes('is off, or in no network')], ['broken', true])
  await ask('POST', `/v1/servers/${b}:start`)
  assert.equal((await verdict()).state, 'holds')
  await ask('PATCH', path, { must: 'not-reach' })
  assert.match(
    (await verdict()).reason,
    /must not reach b .*, and does: in the server b .*: rule sgr-\w+ of security group inside/,
  )
  await ask('PATCH', path, { enabled: false })
  const idle = await verdict()
  assert.deepEqual([idle.state, idle.reason], ['unknown', 'it is switched off'])
  await ask('PATCH', group, closed)
  assert.equal((await ask('POST', `${group}:apply`)).status, 200, 'one that is off keeps nobody')
  assert.deepEqual(heard.slice(-5), ['holds', 'broken', 'holds', 'broken', 'unknown'])
})

/** An agent that has come to everything, and whose packets fare as is said. */
function pretendAgent(t: TestContext, { ask }: Running, fare: () => Tried['got']) {
  const ending = new AbortController()
  t.after(() => ending.abort())
  const report = async () => {
    const { body } = await ask('GET', '/v1/status')
    const said = { host: 'one', synced: body.revision, failures: {}, backends: {}, events: [], counters: {} }
    await ask('POST', '/v1/agent/report', said)
  }
  void (async () => {
    while (!ending.signal.aborted) {
      const { body } = await ask('GET', '/v1/agent/questions?host=one&waitMs=50')
      for (const { id, question } of body as unknown as Asked[]) {
        if (question.type !== 'tries') continue
        const answer = question.tries.map((): Tried => ({ got: fare(), reason: `it got ${fare()}` }))
        await ask('POST', '/v1/agent/answers', { id, host: 'one', answer })
      }
    }
  })().catch(error => ending.signal.aborted || assert.fail(error as Error))
  return { report }
}

test('packets are sent for what holds by the model; where they say otherwise twice, it is broken', async t => {
  const server = await running(t)
  const { ask } = server
  const { test: path } = await network(server)
  let got: Tried['got'] = 'answer'
  const agent = pretendAgent(t, server, () => got)
  const verdict = async () => (await ask('GET', path)).body['verdict'] as PolicyStatus
  const until = async (passes: (now: PolicyStatus) => boolean) => {
    for (let tries = 0; tries < 1500; tries++, await sleep(20)) if (passes(await verdict())) return verdict()
    return assert.fail(JSON.stringify(await verdict()))
  }
  assert.equal((await until(({ state }) => state === 'holds')).tried, null, 'nobody is there to send any')
  await agent.report()
  const tried = await until(now => now.tried !== null)
  assert.deepEqual([tried.state, tried.tried?.asStated, tried.tried?.reason], ['holds', true, ''])

  got = 'nothing'
  await ask('PATCH', path, { description: 'looked at anew' })
  await agent.report()
  const broken = await until(({ state }) => state === 'broken')
  assert.match(broken.reason, /^packets from a \(10\.0\.0\.\d\) to b \(10\.0\.0\.\d\) by TCP 5432: it got nothing$/)

  got = 'refusal'
  await until(({ state }) => state === 'holds')
})

test('a watched apply is taken back where packets say that a policy test which held is broken', async t => {
  const server = await running(t)
  const { ask } = server
  const { group, test: path } = await network(server)
  let got: Tried['got'] = 'answer'
  const agent = pretendAgent(t, server, () => got)
  await agent.report()
  const verdict = async () => (await ask('GET', path)).body['verdict'] as PolicyStatus
  for (let tries = 0; tries < 1500 && (await verdict()).tried === null; tries++) await sleep(20)
  await ask('PATCH', group, {
    rules: [
      { protocol: 'tcp', ports: '5432' },
      { protocol: 'tcp', ports: '22' },
    ],
  })
  got = 'nothing'
  const { body } = await ask('POST', `${group}:apply`, { watchS: 60 })
  await agent.report()
  const { id } = body['trial'] as { id: string }
  const trial = async () => (await ask('GET', `/v1/trials/${id}`)).body
  for (let tries = 0; tries < 1500 && (await trial())['state'] === 'running'; tries++) await sleep(20)
  const { state, reason } = (await trial()) as Record<string, unknown>
  assert.deepEqual([state, (await ask('GET', group)).body['generation']], ['reverted', 3])
  assert.match(String(reason), /^the policy test a-to-b held and is broken: packets from a .* to b/)
})

test('what is forced against a policy test does not take itself back for it', async t => {
  const server = await running(t)
  const { ask, core } = server
  const { group } = await network(server)
  await core.policies.look()
  await ask('PATCH', group, closed)
  const { body } = await ask('POST', `${group}:apply?force=true`, { watchS: 60 })
  await core.policies.look()
  await core.trials.look()
  const { id } = body['trial'] as { id: string }
  assert.equal((await ask('GET', `/v1/trials/${id}`)).body['state'], 'running')
})

test('what a policy test names must be there, and stays while it is named', async t => {
  const server = await running(t)
  const { ask } = server
  const { a } = await network(server)
  const wrong = await ask('POST', '/v1/policy-tests', {
    from: { type: 'internet' },
    to: { type: 'server', id: 'i-00000000' },
    protocol: 'icmp',
    ports: '80',
  })
  assert.deepEqual(
    wrong.body.problems.map(({ code, at }) => `${code} ${at}`),
    ['not-found to.id', 'ports-without-protocol ports'],
  )
  const kept = await ask('DELETE', `/v1/servers/${a}`)
  assert.equal(kept.status, 409)
  assert.match(kept.body.problems[0]?.message ?? '', /is used by pt-\w+ \(a-to-b\)/)
})
