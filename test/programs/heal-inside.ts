import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { HostEvent } from '../../src/client/wire.ts'
import { caughtUp, client, playTopologyA, proxies, startWorld, traces, until, up } from './up-stage.ts'

/** Runs in a sandbox of its own: what others break is healed within 5 s and reported, and theirs stays untouched. */
const stopWorld = await startWorld()
execFileSync('nft', ['add', 'table', 'ip', 'somebody'])
const running = up()
await caughtUp()
const site = await playTopologyA()
await caughtUp()
const built = traces()

const events: HostEvent[] = []
const listening = new AbortController()
const heard = (async () => {
  for await (const each of client.events(listening.signal)) if (each.type === 'host') events.push(each.event)
})()
const healedOf = (resource: string | undefined) =>
  events.filter(event => event.type === 'healed' && event.resource === resource).length

async function healed(what: string, resource: string | undefined, breakIt: () => void) {
  const before = healedOf(resource)
  const started = performance.now()
  breakIt()
  await until(`${what}, healed`, async () => healedOf(resource) > before)
  const seconds = (performance.now() - started) / 1000
  assert.ok(seconds <= 5, `${what}: healed after ${seconds} s`)
}

const [nat, balancer, router] = [`cw-${site.natGateway}`, `cw-${site.balancer}`, `cw-${site.vpc}`]
await healed('a namespace deleted', site.natGateway, () => execFileSync('ip', ['netns', 'del', nat]))
assert.ok(existsSync(`/run/netns/${nat}`))
await healed('our table flushed', site.balancer, () =>
  execFileSync('ip', ['netns', 'exec', balancer, 'nft', 'flush', 'ruleset']),
)
await healed('a link deleted', site.natGateway, () => execFileSync('ip', ['-n', nat, 'link', 'del', 'pub0']))
await healed('an address deleted', site.subnet, () => {
  const bridge = `br-${site.subnet?.split('-')[1]}`
  execFileSync('ip', ['-n', router, 'address', 'flush', 'dev', bridge])
})
const [proxy = 0] = proxies()
await healed('HAProxy killed', site.balancer, () => process.kill(proxy, 'SIGKILL'))

const after = traces()
assert.deepEqual({ ...after, proxies: after.proxies.length }, { ...built, proxies: built.proxies.length })
await until('every backend is active again', async () => {
  const { backendStatus } = await client.get('load-balancer', site.balancer ?? '')
  return site.backends.every(id => backendStatus[id]?.state === 'active')
})
listening.abort()
await heard
running.kill('SIGTERM')
await new Promise(resolve => running.once('exit', resolve))
await stopWorld()
client.close()
process.exit(0)
