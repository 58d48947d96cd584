import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  agentPid,
  caughtUp,
  client,
  counters,
  playTopologyA,
  run,
  startWorld,
  state,
  traces,
  until,
  up,
} from './up-stage.ts'

/** Runs in a sandbox of its own, whose uplink leads to a simulated internet: `up`, what may befall it, and `down`. */
const stopWorld = await startWorld()
execFileSync('nft', ['add', 'table', 'ip', 'somebody'])
execFileSync('ip', ['netns', 'add', 'somebody'])
const before = traces()

const first = up()
await caughtUp()
const site = await playTopologyA()
await caughtUp()
const built = traces()
assert.ok(built.namespaces.includes(`cw-${site.balancer}`))
assert.equal(built.proxies.length, 1)

const agent = agentPid()
assert.ok(((await counters())['rounds'] ?? 0) > 1)
process.kill(agent, 'SIGKILL')
await until('another agent', async () => agentPid() !== agent && (await counters())['rounds'] === 1)
assert.equal((await counters())['steps'], 0, 'a new agent changed something')

first.kill('SIGTERM')
assert.equal((await once(first, 'exit'))[0], 0)
assert.deepEqual(traces(), built, 'stopping changed the data plane')

const second = up()
await caughtUp()
assert.equal((await counters())['steps'], 0, 'a restart changed something')
assert.deepEqual(traces(), built, 'a restart changed the data plane')
assert.notEqual(run('down'), 0, 'down must refuse while the agent runs')
second.kill('SIGTERM')
await once(second, 'exit')

assert.equal(run('down'), 0)
assert.deepEqual(traces(), before, 'down left something, or took too much')
assert.ok(existsSync(join(state, 'model.sqlite')))
assert.equal(run('down', '--purge'), 0)
assert.ok(!existsSync(state))
await stopWorld()
client.close()
