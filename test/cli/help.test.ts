import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Command } from 'commander'
import { buildCli } from '../../src/cli/commands.ts'
import { hasLabel } from '../../src/cli/labels.ts'
import { childListsOf, type ChildList } from '../../src/model/child-lists.ts'
import { attributesOf } from '../../src/cli/attributes.ts'
import { kindNames, kinds } from '../../src/model/kinds.ts'
import { recordingPrograms, trialServer, type } from './trial.ts'

/** Every command that a person sees, by the words that lead to it. */
function* commandsOf(command: Command, words: readonly string[] = []): Iterable<readonly string[]> {
  for (const each of command.commands) {
    if (['help', 'complete'].includes(each.name())) continue
    const path = [...words, each.name()]
    yield path
    yield* commandsOf(each, path)
  }
}

suite('help', () => {
  const commands = [...commandsOf(buildCli(recordingPrograms(() => {})))]

  test('there are the commands that the documents speak of', () => {
    const words = commands.map(path => path.join(' '))
    for (const each of [
      'demo',
      'up',
      'down',
      'server',
      'agent',
      'exec',
      'keys create',
      'get',
      'create',
      'set',
      'add',
      'delete',
      'apply',
      'plan',
      'discard',
      'rollback',
      'history',
      'trials',
      'confirm',
      'revert',
      'events',
      'status',
    ]) {
      assert.ok(words.includes(each), each)
    }
  })

  for (const path of commands) {
    test(`${path.join(' ')} --help says what it is for, and gives examples that are commands`, async () => {
      const { code, out } = await type([...path, '--help'])
      assert.equal(code, 0)
      assert.match(out, /Usage: causeway/)
      const [, examples = ''] = out.split('Examples:\n')
      const lines = examples.split('\n').filter(line => line.trim() !== '')
      assert.ok(lines.length > 0, 'has no examples')
      const known = new Set(commands.map(([first]) => first))
      for (const line of lines) {
        const [, command = ''] = /causeway (\S+)/.exec(line) ?? []
        assert.ok(known.has(command), line)
      }
    })
  }

  test('without a word, help is shown; it names the exit codes', async () => {
    const { code, out } = await type([])
    assert.equal(code, 0)
    assert.match(out, /Exit codes:\n {2}0 {2}done/)
  })

  /** What completion writes: it goes straight to the console. */
  async function completed(...words: string[]): Promise<string> {
    const written: string[] = []
    const { log } = console
    console.log = (text: string) => void written.push(text)
    try {
      await type(['complete', ...words])
    } finally {
      console.log = log
    }
    return written.join('\n')
  }

  test('completion has scripts for three shells', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) assert.match(await completed(shell), /causeway/, shell)
  })

  test('completion offers commands, kinds and options', async () => {
    assert.match(await completed('--', 'ap'), /^apply\t/m)
    assert.match(await completed('--', 'get', ''), /^load-balancer\tLoad balancer$/m)
    assert.match(await completed('--', 'get', 'vpc', '--ou'), /^--output/m)
  })

  test('every attribute has a label in both languages', () => {
    const inLists = (lists: readonly ChildList[]): string[] =>
      lists.flatMap(list => [...Object.keys(list.member.shape), ...inLists(list.lists)])
    const attributes = kindNames.flatMap(kind => [
      ...Object.keys(attributesOf(kind)),
      ...kinds[kind].columns,
      ...inLists(childListsOf(kind)),
    ])
    assert.deepEqual(
      [...new Set(attributes)].filter(each => !hasLabel(each)),
      [],
    )
  })
})

suite('programs', () => {
  const started = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const calls: [string, unknown][] = []
    const before = { ...process.env }
    Object.assign(process.env, env)
    try {
      const run = await type(
        argv,
        {},
        recordingPrograms((name, options) => calls.push([name, options])),
      )
      return { ...run, call: calls[0] }
    } finally {
      for (const key of Object.keys(env)) delete process.env[key]
      Object.assign(process.env, before)
    }
  }

  test('demo', async () => {
    assert.deepEqual((await started(['demo', '--once', '--skip', 'a', '--skip', 'b', '--lang', 'zh'])).call, [
      'demo',
      { once: true, topology: 'both', skip: ['a', 'b'], language: 'zh' },
    ])
    assert.equal((await started(['demo', '--topology', 'c'])).code, 2)
  })

  test('up takes flags, then the environment, then the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-'))
    const config = join(folder, 'c.yaml')
    try {
      writeFileSync(
        config,
        'uplink: filed0\naddress: 192.0.2.2/24\nlisten: 127.0.0.1:1\nzone: filed\npool: [a=192.0.2.0/24, 198.51.100.0/24]\n',
      )
      const env = { CAUSEWAY_LISTEN: '127.0.0.1:2', CAUSEWAY_CONFIG: config }
      const { call } = await started(['up', '--zone', 'said'], env)
      assert.deepEqual(call, [
        'up',
        {
          uplink: 'filed0',
          pool: ['a=192.0.2.0/24', '198.51.100.0/24'],
          address: '192.0.2.2/24',
          gateway: null,
          zone: 'said',
          listen: '127.0.0.1:2',
          state: '/var/lib/causeway',
          systemd: false,
        },
      ])
      writeFileSync(config, 'uplnk: eth0\n')
      const wrong = await started(['up', '--config', config])
      assert.equal(wrong.code, 2)
      assert.match(wrong.err, /uplnk[^]*Options by their long names: uplink, pool/)
      writeFileSync(config, 'uplink: [\n')
      assert.match((await started(['up', '--config', config])).err, /c\.yaml: is not YAML/)
      assert.match((await started(['up', '--config', `${config}.gone`])).err, /cannot be read: ENOENT/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('pools are repeated, or parted by blanks in the environment', async () => {
    const flags = await started(['server', '--pool', 'a=192.0.2.0/24', '--pool', '198.51.100.0/24'])
    assert.deepEqual(poolOf(flags.call), ['a=192.0.2.0/24', '198.51.100.0/24'])
    const env = await started(['server'], { CAUSEWAY_POOL: 'a=192.0.2.0/24 198.51.100.0/24' })
    assert.deepEqual(poolOf(env.call), ['a=192.0.2.0/24', '198.51.100.0/24'])
  })

  function poolOf(call: [string, unknown] | undefined): unknown {
    assert.ok(call)
    return (call[1] as { pool: unknown }).pool
  }

  test('what is required is asked for', async () => {
    const { code, err } = await started(['up'])
    assert.equal(code, 2)
    assert.match(err, /--uplink is required[^]*CAUSEWAY_UPLINK/)
    assert.match(err, /--address is required[^]*--pool is required/)
  })

  test('keys', async () => {
    assert.deepEqual((await started(['keys', 'create', '--role', 'admin'])).call, [
      'keys',
      { do: 'create', role: 'admin', state: '/var/lib/causeway' },
    ])
    assert.deepEqual((await started(['keys', 'delete', 'key-1'])).call, [
      'keys',
      { do: 'delete', id: 'key-1', state: '/var/lib/causeway' },
    ])
  })

  test('exec finds the server by name and leaves what follows -- alone', async () => {
    const { cli, close } = await trialServer()
    try {
      await cli('create vpc name=v cidr=10.0.0.0/16')
      await cli('create subnet name=s vpc=v cidr=10.0.0.0/24')
      const { out } = await cli('create server name=web-1 subnet=s')
      const calls: unknown[] = []
      await cli(
        'exec web-1 -- ls -l --url x',
        {},
        recordingPrograms((_, options) => calls.push(options)),
      )
      assert.deepEqual(calls, [{ server: out, command: ['ls', '-l', '--url', 'x'], state: '/var/lib/causeway' }])
    } finally {
      await close()
    }
  })
})
