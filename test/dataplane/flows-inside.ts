/** Run by linux-host.test.ts inside a sandbox: a changed ruleset cuts the flows that it would not let through, and no others. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { diff } from '../../src/host/diff.ts'
import { stateOf, type HostState } from '../../src/host/item.ts'
import { guard, item } from './host-items.ts'

const host = linuxHost({ prefix: 'cw-' })
const children: ChildProcess[] = []

after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await host.close()
})

/** Two clients and a server that admits these of them. */
function world(admitted: readonly string[], extra = 0): HostState {
  return stateOf([
    item.netns('cw-server'),
    item.ruleset('cw-server', guard(admitted, 2 + extra)),
    ...['1', '2'].flatMap(n => [
      item.netns(`cw-client${n}`),
      item.ruleset(`cw-client${n}`, guard(['10.0.1.1', '10.0.2.1'])),
      item.veth('cw-server', `c${n}`, `cw-client${n}`, 'eth0'),
      item.address('cw-server', `c${n}`, `10.0.${n}.1`, 24),
      item.address(`cw-client${n}`, 'eth0', `10.0.${n}.2`, 24),
    ]),
  ])
}

async function reach(state: HostState): Promise<void> {
  const outcomes = await host.apply(diff(await host.observe(undefined, state), state))
  assert.deepEqual(
    outcomes.flatMap(({ failed }) => failed ?? []),
    [],
  )
}

function inNetns(netns: string, script: string): ChildProcess {
  const child = spawn('ip', ['netns', 'exec', netns, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

const server = `require('net').createServer(s => s.pipe(s).on('error', () => {})).listen(1000, '0.0.0.0', () => console.log('ready'))`
const client = (to: string) => `
const s = require('net').connect(1000, '${to}', () => setInterval(() => s.write('x'), 20))
s.on('data', () => console.log('x')).on('error', e => console.log(e.code))`

test('a flow that is no longer admitted ends, another one goes on', async () => {
  await reach(world(['10.0.1.2', '10.0.2.2']))
  const listening = inNetns('cw-server', server)
  await new Promise(resolve => listening.stdout!.once('data', resolve))
  const heard = [0, 0]
  for (const i of [0, 1])
    inNetns(`cw-client${i + 1}`, client(`10.0.${i + 1}.1`)).stdout!.on('data', () => (heard[i] = heard[i]! + 1))
  while (heard.includes(0)) await sleep(10)

  await reach(world(['10.0.2.2']))
  assert.equal(host.counters['flowsCut'], 1)
  await sleep(200)
  const [first, second] = heard as [number, number]
  while (heard[1]! < second + 10) await sleep(10)
  assert.equal(heard[0], first)

  await reach(world(['10.0.2.2'], 3))
  assert.equal(host.counters['flowsCut'], 1)
})
