import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { promisify } from 'node:util'
import { all, find } from '../../src/model/model.ts'
import { trialServer } from './trial.ts'

const root = join(import.meta.dirname, '../..')
const zh = { env: { LANG: 'zh_CN.UTF-8' } }

interface Answer {
  readonly items: readonly Told[]
}

interface Told {
  readonly code: string
  readonly certainty: string
}

suite('diagnose', async () => {
  const { cli, url, store, close } = await trialServer()
  after(close)

  /** What a person who pastes a line into a shell gets. */
  async function paste(line: string) {
    const env = { ...process.env, CAUSEWAY_URL: url, LANG: 'en_US.UTF-8' }
    const causeway = `causeway() { '${process.execPath}' '${join(root, 'src/main.ts')}' "$@"; }`
    await promisify(execFile)('bash', ['-c', `${causeway}\n${line}`], { env })
  }

  const codes = async (name: string) =>
    (JSON.parse((await cli(`diagnose ${name} -o json`)).out) as Answer).items.map(each => each.code)
  /** The line that is to be pasted. */
  const lineIn = (out: string) => /^ {4}((?:EIP=\S+)?.*causeway .*)$/m.exec(out)?.[1] ?? ''

  /** A balancer that reaches a backend outside by nothing yet, with a name that a shell would misread. */
  async function forlorn(name: string, range: string) {
    await cli(['create', 'security-group', `name=${name}`, 'rules=[{protocol: tcp, ports: 8080}]'])
    await cli(['create', 'vpc', `name=${name}`, `cidr=10.${range}.0.0/16`, `security-group=${name}`])
    await cli(['create', 'subnet', `name=${name}`, `vpc=${name}`, `cidr=10.${range}.0.0/24`])
    const listeners = 'listeners=[{port: 80, backends: [{address: 9.9.9.9, port: 8080}]}]'
    await cli(['create', 'lb', `name=${name}`, `subnet=${name}`, `security-group=${name}`, 'eips=[{}]', listeners])
  }

  test('what it prints works when it is pasted, until nothing that was applied is wrong', async () => {
    const name = "it's new"
    await forlorn(name, '1')
    const seen: string[] = []
    for (;;) {
      const { out } = await cli(['diagnose', name])
      const line = lineIn(out)
      if (line === '') break
      seen.push(line)
      await paste(line)
      assert.ok(seen.length < 8, seen.join('\n'))
    }
    assert.match(
      seen[0] ?? '',
      /^EIP=\$\(causeway create eip zone=local\) && causeway set vpc 'it'\\''s new' eip="\$EIP" && /,
    )
    assert.match(seen.join('\n'), /causeway add security-group 'it'\\''s new' rules .* ports=80 /)
    // No machine is there.
    const { out } = await cli(['diagnose', name, '-o', 'json'])
    assert.deepEqual(
      (JSON.parse(out) as Answer).items.map(({ code, certainty }) => [code, certainty]),
      [['not-synced', 'seen']],
    )
  })

  test('--fix asks before every step, and does nothing where nobody agrees', async () => {
    await forlorn('asked', '2')
    const before = await codes('asked')
    assert.equal(before[0], 'no-route')
    const alone = await cli('diagnose asked --fix')
    assert.deepEqual([alone.code, /say --yes/.test(alone.err)], [1, true])
    assert.equal((await cli('diagnose asked --fix', { answer: 'n' })).code, 1)
    assert.deepEqual(await codes('asked'), before)
  })

  test('--fix --yes does all that can be done here, and says what is left', async () => {
    await forlorn('mended', '3')
    await cli('set lb mended power=off')
    const { code, out, err } = await cli('diagnose mended --fix --yes --wait 1')
    assert.equal(code, 1)
    assert.match(out, /switched off \(proved\)[^]*no rule of[^]*does not admit TCP 80 /)
    assert.match(out.split('\n').at(-1) ?? '', /has not caught up/)
    assert.match(err, /Done\.[^]*waiting for checks/)
    assert.deepEqual(await codes('mended'), ['not-synced'])
  })

  test('it says how sure it is and what else comes of it, in Chinese too', async () => {
    await forlorn('shared', '4')
    await cli('create nat-gateway name=shared vpc=shared security-group=shared eips=[{}]')
    const [english, chinese] = [await cli('diagnose shared'), await cli('diagnose shared', zh)]
    assert.match(
      english.out,
      /has no SNAT rule for shared [^]*\(proved\) → [^]*\n {4}causeway add nat-gateway shared snat-rules target=shared eips=/,
    )
    assert.match(english.out, /note: everything in shared \(\S+\) gets out by this rule/)
    assert.match(chinese.out, /没有覆盖 shared[^]*（?已证实[^]*注意：/)
  })

  test('a public IP, a server, and whether one reaches another: each is asked about by name or address', async () => {
    await forlorn('asked-about', '5')
    await cli('create server name=worker subnet=asked-about security-group=asked-about')
    await cli('create eip name=spare')
    const spare = await cli('diagnose spare')
    assert.deepEqual([spare.code, /nobody holds spare/.test(spare.out)], [1, true])
    const [balancer] = [...all(store.snapshot(), 'load-balancer')].filter(({ name }) => name === 'asked-about')
    const door = find(store.snapshot(), 'eip', balancer?.now.eips[0])?.now.address ?? ''
    assert.match((await cli(`diagnose ${door}`)).out, /does not admit TCP 80 /)
    assert.match((await cli(`diagnose ${door}:81`)).out, /has no listener at TCP 81 /)
    const shut = await cli('diagnose internet worker:22')
    assert.match(shut.out, /worker \(i-\w+\) has no public IP, and nothing leads TCP 22 to it/)
    const out = await cli('diagnose worker 9.9.9.9:443')
    assert.equal(out.code, 1)
    assert.match(out.out, /nothing leads from asked-about [^]*\(proved\)[^]*no way leads there/)
    assert.equal((await cli('diagnose worker 9.9.9.9:443 --fix --yes')).code, 0)
    assert.match((await cli('diagnose worker 9.9.9.9:444')).out, /does not admit TCP 444 /)
    assert.equal((await cli('diagnose worker 9.9.9.9:8080')).code, 0)
    assert.match((await cli('diagnose worker 9.9.9.9:8080', zh)).out, /一切正常/)
    assert.equal((await cli('diagnose nobody')).code, 2)
    assert.equal((await cli('diagnose worker nobody:80')).code, 2)
  })

  test('with --probe the agent is asked to ask the backend', async () => {
    await forlorn('probed', '7')
    const { code, err } = await cli('diagnose probed --probe')
    assert.deepEqual([code, /no agent/.test(err)], [1, true], err)
  })

  test('where a part of what mends it is refused, nothing of it is done', async () => {
    await forlorn('held', '6')
    await cli('create policy-test name=nobody must=not-reach from=internet to=load-balancer:held ports=80')
    const [balancer] = [...all(store.snapshot(), 'load-balancer')].filter(({ name }) => name === 'held')
    const door = find(store.snapshot(), 'eip', balancer?.now.eips[0])?.now.address ?? ''
    const { code, err } = await cli(`diagnose ${door} --fix --yes`)
    assert.deepEqual([code, /would break the policy test nobody/.test(err)], [1, true])
    assert.match((await cli('plan security-group held')).out, /nothing to apply/)
    assert.deepEqual(await codes(door), ['group-refuses'])
  })
})
