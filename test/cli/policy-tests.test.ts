import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { trialServer } from './trial.ts'

suite('policy tests and losses, on the command line', () => {
  let server: Awaited<ReturnType<typeof trialServer>>
  const cli = async (line: readonly string[] | string, typing = {}) => {
    const run = await server.cli(line, typing)
    return { ...run, all: `${run.out}\n${run.err}` }
  }
  const done = async (line: readonly string[] | string) => {
    const run = await cli(line)
    assert.equal(run.code, 0, run.all)
    return run
  }

  before(async () => {
    server = await trialServer()
    await done('create security-group name=web')
    await done('add security-group web rules name=http protocol=tcp ports=80')
    await done('apply security-group web')
    await done('create vpc name=office cidr=10.0.0.0/16')
    await done('create subnet name=apps vpc=office cidr=10.0.0.0/24')
    await done('create server name=a subnet=apps security-group=web')
    await done('create server name=b subnet=apps security-group=web')
    await done('create tag name=app')
    await done('set server a tags=app')
  })
  after(() => server.close())

  test('one is created with names, listed with how it stands, and goes through a topology file and back', async () => {
    await done('create policy-test name=a-to-b from=tag:app to=server:b ports=80')
    await done('create policy-test name=closed must=not-reach from=internet to=server:b')
    let { out } = await done('get policy-tests')
    for (let tries = 0; tries < 1000 && /not looked at/.test(out); tries++) ({ out } = await done('get policy-tests'))
    assert.match(out, /a-to-b .*holds since \d{4}-\S+ +reach +tag app +server b +tcp +80$/m)
    assert.match(out, /closed .*not-reach +internet 0\.0\.0\.0\/0 +server b/)
    assert.match((await done('get policy-test a-to-b')).out, /Verdict +holds since/)
    const { out: yaml } = await done('get policy-tests -o yaml')
    assert.match(yaml, /from:\n +type: tag\n +id: app\n/)
    const again = await cli('apply -f - --yes', { input: yaml })
    assert.match(again.all, /nothing to do/i)
    assert.match((await cli('create policy-test from=internet:x to=moon:1')).all, /eip:<id>/)
  })

  test('a plan names what it breaks, an apply is refused for it, and --force applies all the same', async () => {
    await done('set security-group web rules/http ports=81')
    assert.match(
      (await done('plan security-group web')).out,
      /^Breaks the policy test a-to-b: a \(.*\) must reach b .* by TCP 80/m,
    )
    const refused = await cli('apply security-group web')
    assert.deepEqual([refused.code, /it would break the policy test a-to-b/.test(refused.all)], [1, true])
    const chinese = await cli('plan security-group web --lang zh')
    assert.match(chinese.out, /^违反可达性测试 a-to-b：a .*必须可通过 TCP 80 访问 b/m)
    const forced = await cli('apply security-group web --force')
    assert.deepEqual([forced.code, /note: the policy test a-to-b .* is broken now/.test(forced.all)], [0, true])
    const waited = async () => (await done('get policy-tests')).out
    for (let tries = 0; tries < 1000 && !/broken since/.test(await waited()); tries++);
    assert.match(await waited(), /a-to-b .*broken since .*: a \(/)
    await done('rollback security-group web 2')
  })

  test('plan --without says who would lose what, of a whole or a part, and of a machine only if there is one', async () => {
    const { out } = await done('plan --without server b')
    assert.match(out, /^Breaks the policy test a-to-b/m)
    assert.match(out, /^No longer reaches: a \(10\.0\.0\.\d\) → b \(10\.0\.0\.\d\): tcp 80$/m)
    assert.match((await done('plan --without security-group web rules/http')).out, /^No longer reaches: /m)
    const told = JSON.parse((await done('plan --without vpc office -o json')).out) as { kind: string; lost: object[] }
    assert.deepEqual([told.kind, told.lost.length > 0], ['vpc', true])
    assert.match((await cli('plan --without security-group web')).all, /name a part of it/)
    assert.match((await cli('plan --without host one')).all, /there is no machine one/)
    assert.equal((await cli('plan --without')).code, 2)
    await done('create eip name=spare zone=local')
    assert.match((await done('plan --without eip spare')).out, /^Without spare, nobody loses anything\.$/)
  })
})
