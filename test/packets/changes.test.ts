import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { allActive, eager } from './network.ts'

type Body = Readonly<Record<string, unknown>>
const [kept, other, far, farther] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const changes = 100

suite('a hundred changes in a row, under load', () => {
  let lab: Lab
  let front: Front

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
  })
  after(() => lab.close())

  test('no request of a kept backend fails, and a WebSocket outlives them all', async () => {
    const { client } = lab
    const certificate = await client.create('certificate', certificateFor())
    const policy = await client.create('forward-policy', { rules: [{ type: 'url', pattern: '^/api/' }] })
    const measured: Body = { port: 80, check: eager, backends: [kept] }
    await front.listen(measured)
    await allActive(lab, front.balancer.id)
    const chance = dice(7)
    const secure = () => ({
      protocol: 'https',
      port: 443,
      certificates: [certificate.id],
      check: eager,
      http2: chance(2) === 0,
      stickiness: [{ type: 'none' }, { type: 'insert' }, { type: 'source' }][chance(3)],
      backends: [kept, { ...other, weight: chance(5) }, { ...far, policy: policy.id }].slice(0, 1 + chance(3)),
    })
    const own = () => ({
      ...measured,
      backends: [
        kept,
        { ...other, weight: chance(4), enabled: chance(4) > 0 },
        { ...far, backup: chance(2) === 0, policy: chance(2) === 0 ? policy.id : null },
        { ...farther, weight: chance(3) },
      ].slice(0, 1 + chance(4)),
    })
    const moves: readonly (() => Promise<unknown>)[] = [
      () => front.listen(own(), secure()),
      () => front.listen(own()),
      () => front.listen(measured, secure(), { port: 8000 + chance(3), protocol: 'tcp', backends: [far] }),
      () => client.patch('certificate', certificate.id, certificateFor({ names: [`v${chance(1000)}.example`] })),
      async () => {
        const rules = [{ type: 'url', pattern: `^/(api|v${chance(9)})/` }]
        await client.patch('forward-policy', policy.id, { rules, balance: [null, 'leastconn'][chance(2)] })
        await client.apply('forward-policy', policy.id)
      },
    ]
    const socket = lab.run(clientNetns, process.execPath, '-e', chatter(front.address, 60_000))
    let done = 0
    const load = await underLoad(lab, `http://${front.address}/`, 60, async () => {
      const from = performance.now()
      for (let i = 0; i < changes && performance.now() - from < 52_000; i++) {
        await moves[chance(moves.length)]?.()
        await lab.settled()
        done = i + 1
      }
    })
    assertFlawless(load)
    // A hundred where the machine is quick enough.
    assert.ok(done >= changes / 2, `only ${done} changes`)
    assert.match(await socket, /^\d{3,} words, none lost\n$/)
    const { counters } = await lab.settled()
    assert.ok((counters['reloads'] ?? 0) < changes * 0.9, 'some changes need no reload')
  })
})

/** Numbers below a bound that are the same in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}

/** A program that says something over a WebSocket ten times a second, and hears it again, for so long. */
function chatter(address: string, ms: number): string {
  return `
    const socket = new WebSocket('ws://${address}/')
    let said = 0, heard = -1
    const end = how => { console.log(how); process.exit() }
    socket.onmessage = () => heard++
    socket.onclose = () => end('closed after ' + heard + ' words')
    socket.onopen = () => setInterval(() => socket.send('word ' + said++), 100)
    setTimeout(() => end(heard + ' words, ' + (said - heard > 2 ? said - heard : 'none') + ' lost'), ${ms})
  `
}
