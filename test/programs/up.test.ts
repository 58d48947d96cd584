import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import type { UpOptions } from '../../src/cli/programs.ts'
import { spawnInSandbox } from '../../src/dataplane/sandbox.ts'
import { upArguments, upProblems, type MachineFacts } from '../../src/programs/up.ts'

for (const [promise, file] of [
  ['up builds, survives kill -9 and restarts without a change, and down leaves no trace', 'up-inside.ts'],
  ['what others break is healed within 5 s, and reported', 'heal-inside.ts'],
] as const) {
  test(promise, { timeout: 240_000 }, async t => {
    const directory = await mkdtemp(join(tmpdir(), 'causeway-up-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const inside = [process.execPath, join(import.meta.dirname, file), join(directory, 's')] as const
    const sandbox = spawnInSandbox(inside, { stdio: ['ignore', 'ignore', 'pipe'] })
    const [said, [code]] = await Promise.all([text(sandbox.stderr!), once(sandbox, 'exit')])
    assert.equal(code, 0, said)
  })
}

const facts: MachineFacts = {
  isRoot: true,
  hasLink: name => name === 'eth0',
  defaultGateway: '192.0.2.1',
  refusalToListen: () => null,
}
const options: UpOptions = {
  uplink: 'eth0',
  address: '192.0.2.2/24',
  gateway: null,
  pool: ['isp=198.51.100.0/28', '203.0.113.7'],
  zone: 'local',
  state: '/var/lib/causeway',
  listen: '127.0.0.1:7480',
  systemd: false,
}

test('everything that is wrong with what up was asked for is said at once', () => {
  assert.deepEqual(upProblems(options, facts), [])
  const wrong: UpOptions = {
    ...options,
    uplink: 'eth9',
    address: '192.0.2.2',
    gateway: 'x',
    pool: ['isp=1.2.3.4/8'],
    listen: 'here',
    state: 'there',
  }
  const problems = upProblems(wrong, { ...facts, isRoot: false })
  const about = ['root', 'uplink', 'address', 'gateway', 'pool', 'listen', 'state']
  assert.deepEqual(
    about.filter(word => !problems.some(problem => problem.includes(word))),
    [],
  )
  assert.equal(problems.length, about.length)
  const elsewhere = upProblems({ ...options, gateway: '198.51.100.1' }, facts)
  assert.deepEqual(elsewhere.length, 1)
  assert.equal(upProblems({ ...options, pool: [], address: null }, { ...facts, defaultGateway: null }).length, 3)
  const open = upProblems(
    { ...options, listen: '0.0.0.0:7480' },
    { ...facts, refusalToListen: host => `not on ${host}` },
  )
  assert.deepEqual(open, ['listen: not on 0.0.0.0'])
})

test('the arguments of a unit mean the options that it was made from', () => {
  const args = upArguments(options)
  assert.deepEqual(args.slice(0, 5), ['up', '--uplink', 'eth0', '--address', '192.0.2.2/24'])
  assert.ok(!args.includes('--gateway'))
  assert.equal(args.filter(each => each === '--pool').length, 2)
})
