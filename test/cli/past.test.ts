import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { momentOf, withMoment } from '../../src/cli/moment.ts'
import { trialServer } from './trial.ts'

suite('the past on the command line', () => {
  let server: Awaited<ReturnType<typeof trialServer>>
  let then = ''
  before(async () => {
    server = await trialServer()
    await does('create vpc name=production cidr=10.0.0.0/16')
    await does('create security-group name=web rules=[]')
    await does('add security-group web rules protocol=tcp ports=80')
    await does('apply security-group web')
    await does('create ip-set name=offices type=ip members=[192.0.2.7]')
    await pause(5)
    then = new Date().toISOString()
    await pause(5)
    await does('set vpc production name=renamed')
    await does('set security-group web rules=[]')
    await does('apply security-group web')
    await does('delete ip-set offices')
  })
  after(() => server.close())

  async function does(line: string) {
    const run = await server.cli(line)
    assert.equal(run.code, 0, `${line}: ${run.err}`)
    return run
  }

  test('what was is shown as it was, however the moment is said', async () => {
    for (const line of [`get vpcs --at ${then}`, `at ${then} get vpcs`]) {
      const { out } = await does(line)
      assert.match(out, /production/)
      assert.doesNotMatch(out, /renamed/)
    }
    assert.match((await does('get vpcs')).out, /renamed/)
    assert.match((await does(`at ${then} get ip-set offices`)).out, /192\.0\.2\.7/)
    assert.match((await does(`at ${then} get -o yaml`)).out, /ip-sets:\n\s+- name: offices/)
  })

  test('a moment that is none, or of which nothing is kept, is refused with what to write', async () => {
    const wrong = await server.cli('get vpcs --at soon')
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /soon is no moment; write e\.g\. 10m/)
    const old = await server.cli('get vpcs --at 2020-01-01')
    assert.equal(old.code, 1)
    assert.match(old.err, /the past is known from 20/)
    assert.equal((await server.cli('at')).code, 2)
    assert.equal((await server.cli('diff')).code, 2)
  })

  test('what differed between two moments is told by name, in both languages', async () => {
    const { out } = await does(`diff --from ${then}`)
    assert.match(out, /~ VPC network renamed\n {4}~ name: production → renamed/)
    assert.match(out, /~ Security group web\n {4}- rules\[sgr-\w+\]/)
    assert.match(out, /- IP\/port set offices/)
    assert.match((await does(`diff --from ${then} --to ${then}`)).out, /Nothing differs/)
    assert.match((await does(`diff --from ${then} --lang zh`)).out, /- IP\/端口集合 offices/)
    const told = JSON.parse((await does(`diff --from ${then} -o json`)).out) as { resources: unknown[] }
    assert.equal(told.resources.length, 3)
  })

  test('a restore shows what it would do, asks first, and makes drafts', async () => {
    const asked = await server.cli(`restore --at ${then}`)
    assert.equal(asked.code, 1)
    assert.match(asked.out, /\+ IP\/port set offices\n~ Security group web\n {4}\+ rules/)
    assert.match(asked.out, /takes effect at once.*\n {2}VPC network production\n {4}~ name: renamed → production/)
    assert.match(asked.err, /say --yes/)
    assert.equal((await server.cli('get ip-set offices')).code, 2)
    const one = await does(`restore security-group web --at ${then} --yes`)
    assert.doesNotMatch(one.out, /offices/)
    await does(`restore --at ${then} --yes`)
    assert.match((await does('get ip-set offices')).out, /192\.0\.2\.7/)
    const { out } = await does('plan security-group web')
    assert.match(out, /\+ rules/)
    await does('apply security-group web')
    assert.match((await does(`restore --at ${then} --yes`)).out, /What ran then runs now/)
  })
})

test('moments are read as people write them', () => {
  const near = (text: string, ms: number) =>
    assert.ok(Math.abs(Date.parse(momentOf(text)) - ms) < 1500, `${text}: ${momentOf(text)}`)
  near('90s', Date.now() - 90_000)
  near('10m', Date.now() - 600_000)
  near('2h', Date.now() - 7_200_000)
  near('3d', Date.now() - 3 * 86_400_000)
  near('2026-01-31T12:00:00Z', Date.UTC(2026, 0, 31, 12))
  near('2026-01-31T12:00:00+08:00', Date.UTC(2026, 0, 31, 4))
  near('14:05', new Date().setHours(14, 5, 0, 0))
  for (const wrong of ['', 'soon', '10', '25:61', '2026-13-41', '31.1.2026'])
    assert.throws(() => momentOf(wrong), wrong)
})

test('only a command that is told a moment first is told it last', () => {
  assert.deepEqual(withMoment(['at', '2h', 'get', 'vpcs', '-o', 'json']), ['get', 'vpcs', '-o', 'json', '--at', '2h'])
  assert.deepEqual(withMoment(['--lang', 'zh', 'at', '2h', 'get']), ['--lang', 'zh', 'get', '--at', '2h'])
  for (const line of [
    ['at', '--help'],
    ['at', '2h'],
    ['get', 'at'],
    ['set', 'vpc', 'at', 'name=x'],
  ])
    assert.deepEqual(withMoment(line), line)
})
