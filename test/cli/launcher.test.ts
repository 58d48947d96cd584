import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, suite, test } from 'node:test'

const root = join(import.meta.dirname, '../..')

/**
 * A clone whose npm, apt-get and system programs are scripts of ours that only note that they were called: what is
 * tested is what the launcher decides.
 */
interface Clone {
  readonly top: string
  readonly bin: string
}

let clone: Clone

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

function run(
  launcher: string,
  args: readonly string[],
  cwd = '/',
): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve => {
    const env = { PATH: `${clone.bin}:/bin:/usr/bin`, HOME: tmpdir() }
    execFile(launcher, args, { cwd, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

const launcher = () => join(clone.top, 'causeway')
const node = 'node_modules/.bin/node'

suite('the launcher', () => {
  beforeEach(() => {
    const parent = mkdtempSync(join(tmpdir(), 'causeway with blanks '))
    const top = join(parent, 'a clone')
    const bin = join(parent, 'bin')
    for (const each of [top, bin, join(top, 'src')]) mkdirSync(each)
    clone = { top, bin }
    copyFileSync(join(root, 'causeway'), launcher())
    writeFileSync(join(top, 'package-lock.json'), '{}')
    writeFileSync(join(top, 'src/main.ts'), '')
    for (const each of ['ip', 'nft', 'haproxy', 'conntrack', 'curl', 'wrk']) script(join(bin, each), '')
    script(join(bin, 'ldconfig'), 'echo libnftables.so.1')
    script(join(bin, 'id'), 'echo 1000')
    script(
      join(bin, 'npm'),
      `echo "npm $*"; mkdir -p node_modules/.bin; touch node_modules/.package-lock.json
printf '#!/bin/sh\\nif [ "$1" = --version ]; then exit; fi\\necho "$PWD|"; for each; do echo "$each|"; done\\n' >${node}; chmod +x ${node}`,
    )
  })
  afterEach(() => rmSync(join(clone.top, '..'), { recursive: true }))

  test('installs once, then runs main.ts where it was called, with its arguments untouched', async () => {
    const first = await run(launcher(), ['get', 'a b', ''], '/usr')
    assert.equal(first.code, 0, first.err)
    assert.match(first.err, /npm ci .*--ignore-scripts/)
    assert.deepEqual(
      first.out
        .split('|\n')
        .slice(0, -1)
        .filter(line => !line.startsWith('--')),
      ['/usr', join(clone.top, 'src/main.ts'), 'get', 'a b', ''],
    )
    assert.equal((await run(launcher(), [])).err, '')
  })

  test('the pinned Node.js that lacks its library is told with what to type', async () => {
    await run(launcher(), ['get'])
    script(join(clone.top, node), 'exit 127')
    const { code, err } = await run(launcher(), ['get'])
    assert.equal(code, 1)
    assert.match(err, /Type: sudo apt-get install -y --no-install-recommends libatomic1/)
  })

  test('works through a symbolic link', async () => {
    const link = join(clone.top, '..', 'my causeway')
    symlinkSync(launcher(), link)
    assert.match((await run(link, ['x'])).out, /a clone\/src\/main\.ts/)
  })

  test('installs again when the lock file says something else, not when only its time changed', async () => {
    await run(launcher(), [])
    const later = Date.now() / 1000 + 100
    utimesSync(join(clone.top, 'package-lock.json'), later, later)
    assert.equal((await run(launcher(), [])).err, '')
    writeFileSync(join(clone.top, 'package-lock.json'), '{"other": 1}')
    utimesSync(join(clone.top, 'package-lock.json'), later, later)
    assert.match((await run(launcher(), [])).err, /npm ci/)
  })

  test('a failed installation starts nothing, and is tried again', async () => {
    script(join(clone.bin, 'npm'), 'mkdir -p node_modules; exit 3')
    for (const _ of [1, 2]) {
      const { code, out, err } = await run(launcher(), [])
      assert.equal(code, 1)
      assert.equal(out, '')
      assert.match(err, /npm ci failed/)
    }
  })

  test('without root it says what to type; only commands that need a program ask for it', async () => {
    script(join(clone.bin, 'ldconfig'), '')
    script(join(clone.bin, 'apt-get'), 'echo "apt-get $*"')
    const { code, err } = await run(launcher(), ['demo'])
    assert.match((await run(launcher(), ['get'])).out, /get/)
    assert.equal(code, 1)
    assert.match(err, /Type: sudo apt-get install -y --no-install-recommends .*libnftables1/)
  })

  test('as root it installs what is missing with apt-get, and says so', async () => {
    script(join(clone.bin, 'id'), 'echo 0')
    script(join(clone.bin, 'ldconfig'), '')
    script(join(clone.bin, 'apt-get'), 'echo "ran: apt-get $*"')
    const { code, err } = await run(launcher(), ['up'])
    assert.equal(code, 0, err)
    assert.match(
      err,
      /causeway: apt-get install libnftables1\nran: apt-get install -y --no-install-recommends libnftables1/,
    )
  })

  test('test runs in the clone, and its closing lines come last', async () => {
    const { out } = await run(launcher(), ['test'])
    assert.match(out, new RegExp(`^${clone.top}\\|\\n--test\\|`))
    assert.match(out, /--test-reporter=tap\|\ntest\/\*\*\/\*\.test\.ts\|\n$/)
    assert.match((await run(launcher(), ['test', 'test/a b.ts'])).out, /\ntest\/a b\.ts\|\n$/)
  })

  test('the console is built when its sources are newer than what was built, and only then', async () => {
    await run(launcher(), [])
    writeFileSync(join(clone.top, 'package.json'), '{"scripts": {"build": "true"}}')
    mkdirSync(join(clone.top, 'src/console'))
    writeFileSync(join(clone.top, 'src/console/app.tsx'), '')
    script(join(clone.bin, 'npm'), 'echo "npm $*"; mkdir -p dist/console; touch dist/console/index.html')
    assert.match((await run(launcher(), ['demo'])).err, /building the console\nnpm run --silent build/)
    assert.equal((await run(launcher(), ['demo'])).err, '')
    const later = Date.now() / 1000 + 100
    utimesSync(join(clone.top, 'src/console/app.tsx'), later, later)
    assert.equal((await run(launcher(), ['get'])).err, '')
    assert.match((await run(launcher(), ['up'])).err, /building the console/)
  })

  test('where the lock file brings no Node, an old one of the system is refused with what to do', async () => {
    script(join(clone.bin, 'npm'), 'mkdir -p node_modules; touch node_modules/.package-lock.json')
    script(join(clone.bin, 'node'), 'echo 20')
    const old = await run(launcher(), [])
    assert.equal(old.code, 1)
    assert.match(old.err, /is version 20\. Install Node\.js 24 or newer/)
    script(join(clone.bin, 'node'), 'if [ "$1" = -p ]; then echo 24; else echo "ran $*"; fi')
    const recent = await run(launcher(), ['get'])
    assert.match(recent.out, /ran .*src\/main\.ts get/)
    assert.match(recent.err, /using .*bin\/node \(version 24\)/)
  })
})
