import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { allActive, eager, until } from './network.ts'

type Body = Readonly<Record<string, unknown>>
type World = (typeof worldServers)[number]
const [first, second, third, fourth] = worldServers as [World, World, World, World]
const at = ({ address }: World, more: Body = {}) => ({ address, port: plan.port, ...more })
const unchecked = { protocol: 'none' }

suite('what listeners make of their backends, with real clients', () => {
  let lab: Lab
  let front: Front

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
  })
  after(() => lab.close())

  const become = (...listeners: readonly Body[]) =>
    front.listen(...listeners.map(each => ({ port: 80, check: eager, ...each })))

  /** Who serves so many new clients: how many each, or what they heard instead. */
  async function tally(port: number, count: number): Promise<Readonly<Record<string, number>>> {
    const pages = await lab.at(clientNetns).pages(`http://${front.address}:${port}/`, count)
    const names = pages.map(page => (typeof page === 'object' ? page.name : page.slice(0, 3)))
    return Object.fromEntries([...Map.groupBy(names, name => name)].map(([name, list]) => [name, list.length]))
  }
  const served = (port: number, by: readonly World[]) =>
    until(`${by.map(({ name }) => name).join()} serve ${port}`, 25_000, async () => {
      const names = Object.keys(await tally(port, 6))
      return names.sort().join() === by.map(({ name }) => name).join()
    })

  test('who cannot be connected to is left for another, as often as is said', async () => {
    // Nobody asks them, so they count as active.
    const backends = [at(first), at(second, { port: 9 })]
    await become({ retries: 1, check: unchecked, backends }, { port: 81, retries: 0, check: unchecked, backends })
    assert.deepEqual([await tally(80, 10), await tally(81, 10)], [{ [first.name]: 10 }, { [first.name]: 5, 503: 5 }])
    // One that says nothing at all is given five seconds, not the minutes that the kernel would wait.
    const deaf = 'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }'
    await lab.run(second.netns, 'nft', `${deaf}; add rule ip deaf in tcp dport 9 drop`)
    const ask = async () => (await curl(lab, `http://${front.address}/`, '--max-time', '15')).page().name
    assert.deepEqual(await Promise.all([ask(), ask()]), [first.name, first.name])
    await lab.run(second.netns, 'nft', 'delete table ip deaf')
  })

  test('a request that no answer came to is made again elsewhere, where that is asked for and may be done', async () => {
    // It greets, which is no answer in HTTP.
    await lab.at(second.netns).serveTcp(95)
    const backends = [at(first), at(second, { port: 95 })]
    await become({ retryOn: 'idempotent', check: unchecked, backends }, { port: 81, check: unchecked, backends })
    const statuses = async (port: number, method: string) => {
      const all = []
      for (let i = 0; i < 6; i++) all.push((await curl(lab, `http://${front.address}:${port}/`, '-X', method)).status)
      return [...new Set(all)].sort((a, b) => a - b)
    }
    assert.deepEqual(await statuses(80, 'PUT'), [200])
    assert.deepEqual(await statuses(80, 'POST'), [200, 502])
    assert.deepEqual(await statuses(81, 'PUT'), [200, 502])
    await lab.at(second.netns).stop(95)
  })

  test('who waits for a backend that has its most connections is told so in time', async () => {
    const backends = [at(first, { maxConnections: 1 })]
    await become({ timeoutS: 10, queueS: 2, backends })
    await allActive(lab, front.balancer.id)
    const held = lab.at(clientNetns).get(`http://${front.address}/never`, 20_000)
    let ms = 0
    await until('it has its most', 8000, async () => {
      const from = performance.now()
      const { status } = await lab.at(clientNetns).get(`http://${front.address}/`, 20_000)
      ms = performance.now() - from
      return status === 503
    })
    assert.ok(ms > 1900 && ms < 5000, `after ${ms} ms`)
    assert.equal((await held).status, 504)
  })

  test('backups serve by tiers, whether clients stick to backends or not, and give back what they had', async t => {
    const backends = [
      at(fourth, { backup: true, backupTier: 3 }),
      at(first),
      at(third, { backup: true, backupTier: 2 }),
      at(second, { backup: true }),
    ]
    const stickiness = { type: 'insert', cookie: 'LB' }
    await become({ backends }, { port: 81, stickiness, backends })
    await allActive(lab, front.balancer.id)
    const jar = `/tmp/jar-${process.pid}-tiers`
    t.after(() => rmSync(jar, { force: true }))
    /** A client that sticks. */
    const sticky = async () => (await curl(lab, `http://${front.address}:81/`, '-b', jar, '-c', jar)).page().name
    const serve = async (world: World) => {
      await Promise.all([served(80, [world]), served(81, [world])])
      assert.equal(await sticky(), world.name)
    }
    const order = [first, second, third]
    await serve(first)
    for (const [i, each] of order.entries()) {
      await lab.at(each.netns).setHealth(plan.port, 503)
      await serve([second, third, fourth][i]!)
    }
    // Back by way of the first tier, to which nobody is to stick either.
    for (const each of [second, first, third]) {
      await lab.at(each.netns).setHealth(plan.port, 200)
      if (each !== third) await serve(each)
    }
  })

  test('what a backend has that is taken out may stay for a while, or until it ends', async () => {
    await lab.at(first.netns).serveTcp(96)
    const check = { ...eager, protocol: 'tcp' }
    const tcp = { protocol: 'tcp', via: 'proxy', check, backends: [at(first, { port: 96 })] }
    const listeners = [tcp, { ...tcp, port: 81, drainS: 6 }] as const
    await become(...listeners)
    await allActive(lab, front.balancer.id)
    const client = lab.at(clientNetns)
    const [stays, ends] = [await client.open(front.address, 80), await client.open(front.address, 81)]
    assert.deepEqual([await client.say(stays.flow), await client.say(ends.flow)], [true, true])
    const from = performance.now()
    await become(...listeners.map(each => ({ ...each, backends: [] })))
    await until('what is left of both is told, and until when', 5000, async () => {
      const { backendStatus } = await lab.client.get('load-balancer', front.balancer.id)
      const left = Object.values(backendStatus).filter(({ state }) => state === 'draining')
      const told = left.map(
        ({ sessions, drainEndsAt }) => `${sessions} ${drainEndsAt === undefined ? 'for good' : 'for a while'}`,
      )
      return told.sort().join() === '1 for a while,1 for good'
    })
    await until('its time is over', 20_000, async () => !(await client.say(ends.flow)))
    assert.ok(performance.now() - from > 5900)
    assert.equal(await client.say(stays.flow), true)
    await lab.at(first.netns).stop(96)
  })

  test('a backend that comes gets its share by and by, or at once', async () => {
    const slow = { slowStartS: 60 }
    await become({ backends: [at(first)] }, { port: 81, backends: [at(first)] })
    await allActive(lab, front.balancer.id)
    // It was there before: it does not start anew.
    await become({ backends: [at(first)], ...slow }, { port: 81, backends: [at(first)] })
    const both = [at(first), at(second)]
    await become({ backends: both, ...slow }, { port: 81, backends: both })
    await allActive(lab, front.balancer.id)
    const share = async (port: number) => (await tally(port, 40))[second.name] ?? 0
    const [slowly, soon] = [await share(80), await share(81)]
    assert.ok(slowly < 12, `${slowly} of 40`)
    assert.equal(soon, 20)
  })

  test('checks are as patient as they are told: in failures, successes, and seconds for an answer', async () => {
    const place = lab.at(first.netns)
    await place.serveHttp(8091, 'checked')
    const backends = [{ ...at(first), port: 8091 }]
    const check = { ...eager, path: '/' }
    const patient = { ...check, fall: 9, rise: 9 }
    await become(
      { check, backends },
      { port: 81, check: patient, backends },
      { port: 82, check: { ...eager, path: '/late', timeoutS: 1 }, backends },
      { port: 83, check: { ...eager, path: '/late', timeoutS: 5 }, backends },
    )
    const { listeners } = await lab.client.get('load-balancer', front.balancer.id)
    const statusOf = async (i: number) => {
      const { backendStatus } = await lab.client.get('load-balancer', front.balancer.id)
      return backendStatus[listeners[i]!.backends[0]!.id]
    }
    const becomes = (i: number, state: string) =>
      until(`${i} is ${state}`, 30_000, async () => (await statusOf(i))?.state === state)
    await Promise.all([becomes(1, 'active'), becomes(3, 'active'), becomes(2, 'unavailable')])
    assert.match((await statusOf(2))?.reason ?? '', /timeout/)
    /** How much later the patient one changes, as the machine saw it: checks come every second then, after the first. */
    const laterMs = async (state: string) => {
      await Promise.all([becomes(0, state), becomes(1, state)])
      return Date.parse((await statusOf(1))!.since) - Date.parse((await statusOf(0))!.since)
    }
    await place.stop(8091)
    const fell = await laterMs('unavailable')
    await place.serveHttp(8091, 'checked')
    const rose = await laterMs('active')
    assert.ok(fell > 3500 && rose > 3500, `${fell} ms, ${rose} ms`)
    await place.stop(8091)
  })
})
