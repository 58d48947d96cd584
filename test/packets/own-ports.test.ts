import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { allActive, eager } from './network.ts'

const backends = worldServers.slice(0, 1).map(({ address }) => ({ address, port: plan.port }))
const tcp = { protocol: 'tcp', via: 'proxy', check: eager, backends }
const held = 40

suite('ports that a balancer speaks to backends from', () => {
  let lab: Lab
  let front: Front

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
    await front.listen({ ...tcp, port: 80 })
    await allActive(lab, front.balancer.id)
    // What Linux would give by default is taken.
    await lab.run(netnsOf(front.balancer.id), 'sysctl', '-qw', 'net.ipv4.ip_local_reserved_ports=32768-60999')
    const hold = `for i in $(seq ${held}); do (exec 3<>/dev/tcp/${front.address}/80; sleep 30) & done >/dev/null 2>&1`
    await lab.run(clientNetns, 'bash', '-c', hold)
  })
  after(() => lab.close())

  /** The ports of connections to the backend, but for those of checks, which are at an end at once. */
  async function ports(): Promise<readonly number[]> {
    const argv = ['ss', '-tnH', 'state', 'established', 'dst', backends[0]!.address] as const
    let found: readonly number[] = []
    for (let looks = 0; looks < 50; looks++) {
      const said = await lab.run(netnsOf(front.balancer.id), ...argv)
      const now = [...said.matchAll(/:(\d+) +\S+:\d+ *$/gm)].map(([, port]) => Number(port))
      const both = now.filter(port => found.includes(port))
      if (both.length >= held) return both
      found = now
    }
    return assert.fail(`${found.length} connections are open`)
  }

  test('are all that there are: twice as many as Linux gives a machine that has others to keep some for', async () => {
    const found = await ports()
    assert.ok(
      found.every(port => (port >= 1024 && port < 32_768) || port > 60_999),
      found.join(),
    )
  })

  test('are still free for listeners that come later', async () => {
    const [port] = await ports()
    await front.listen({ ...tcp, port: 80 }, { ...tcp, port })
    await allActive(lab, front.balancer.id)
    assert.equal((await curl(lab, `http://${front.address}:${port}/`)).status, 200)
  })
})
