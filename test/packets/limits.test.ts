import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Diagnosis } from '../../src/client/diagnosis.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { underLoad } from './load.ts'
import { allActive, eager, setRules, until } from './network.ts'

const [north] = worldServers
const south = worldServers.find(({ region }) => region === 'south')!
const here = `${plan.client.address}/32`
const there = `${south.address}/32`
const port = 90

suite('who may connect to a listener, and how often', () => {
  let lab: Lab
  let front: Front
  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
    await lab.at(north!.netns).serveTcp(port)
    await become()
    await allActive(lab, front.balancer.id)
  })
  after(() => lab.close())

  const client = () => lab.at(clientNetns)
  const other = () => lab.at(south.netns)
  const listener = { protocol: 'tcp', port, check: { ...eager, protocol: 'tcp' } }
  const become = (more: Readonly<Record<string, unknown>> = {}, ...others: Readonly<Record<string, unknown>>[]) =>
    front.listen({ ...listener, backends: [{ address: north!.address, port }], ...more }, ...others)
  /** How the first and the second client fare who connect. */
  const fares = async (at = port) => [
    (await client().connect(front.address, at)).ending,
    (await other().connect(front.address, at)).ending,
  ]
  const work = async (name: string) => (await lab.settled()).counters[name] ?? 0
  const rules = () => lab.run(netnsOf(front.balancer.id), 'nft', 'list', 'table', 'ip', 'causeway')
  const refused = async (id: string) =>
    Number(new RegExp(`counter refused-${id} \\{\\s+packets (\\d+) `).exec(await rules())?.[1])

  test('a denied prefix cannot connect, and what it had is cut; nobody else notices', async () => {
    assert.deepEqual(await fares(), ['ok', 'ok'])
    const [mine, theirs] = [await client().open(front.address, port), await other().open(front.address, port)]
    const earlier = [await work('flowsCut'), await work('reloads')]
    await become({ deny: [here] })
    assert.ok((await work('flowsCut')) > earlier[0]!)
    assert.deepEqual(await fares(), ['timeout', 'ok'])
    assert.deepEqual([await client().say(mine.flow), await other().say(theirs.flow)], [false, true])
    assert.ok((await refused((await lab.client.get('load-balancer', front.balancer.id)).listeners[0]!.id)) >= 1)
    await become({ deny: [here, there] })
    assert.deepEqual(await fares(), ['timeout', 'timeout'])
    assert.equal(await other().say(theirs.flow), false)
    await become()
    assert.deepEqual(await fares(), ['ok', 'ok'])
    assert.equal(await work('reloads'), earlier[1])
  })

  test('with a list of who may, others may not; and who is in both lists may not', async () => {
    await become({ allow: [here] })
    assert.deepEqual(await fares(), ['ok', 'timeout'])
    await become({ allow: ['192.0.2.0/24', '198.51.100.0/24'], deny: [here] })
    assert.deepEqual(await fares(), ['timeout', 'ok'])
    await become({ allow: [here] }, { protocol: 'tcp', port: port + 1, via: 'proxy', options: ['refuse-when-down'] })
    assert.deepEqual(await fares(port + 1), ['reset', 'reset'], 'the lists of a listener are its own')
  })

  test('a list opens nothing that the group has closed', async () => {
    // The gateway has the same group.
    const inside = { protocol: 'tcp', peer: '10.0.0.0/8' }
    await setRules(lab, front.balancer.securityGroup, { protocol: 'tcp', peer: there }, inside)
    await become({ allow: [here, there] })
    assert.deepEqual(await fares(), ['timeout', 'ok'])
    await become({ allow: [here] })
    assert.deepEqual(await fares(), ['timeout', 'timeout'])
    const { items } = (await (await fetch(`${lab.url}/v1/load-balancers/${front.balancer.id}/diagnosis`)).json()) as {
      items: { code: string }[]
    }
    assert.deepEqual(
      items.map(({ code }) => code),
      ['lists-refuse'],
    )
    await setRules(lab, front.balancer.securityGroup, { protocol: 'all' })
    assert.deepEqual(await fares(), ['ok', 'timeout'])
  })

  test('an element costs an element, and a restart of the agent nothing', async () => {
    const many = Array.from({ length: 150 }, (_, i) => `10.0.${i}.0/24`)
    await become({ deny: [there, ...many] })
    const [transactions, reloads] = [await work('nftTransactions'), await work('reloads')]
    await become({ deny: [there, ...many, '10.9.0.0/16'] })
    assert.deepEqual([await work('nftTransactions'), await work('reloads')], [transactions + 1, reloads])
    assert.deepEqual(await fares(), ['ok', 'timeout'])
    await lab.killAgent()
    await lab.startAgent()
    await until('the new agent is settled', 20_000, async () => (await work('rounds')) === 1)
    assert.equal(await work('steps'), 0)
    assert.deepEqual(await fares(), ['ok', 'timeout'])
  })

  test('no more connections are new in a second than the size of the balancer allows, and what is refused is counted', async () => {
    await become()
    const earlier = await refused(front.balancer.id)
    const open = await other().open(front.address, port)
    const [count, perSecond] = [20_000, 10_000]
    const began = performance.now()
    const over = new AbortController()
    const flood = client()
      .floodUdp(front.address, { from: 20_000, count, perSecond })
      .finally(() => over.abort())
    await until('it is too much', 20_000, async () => (await refused(front.balancer.id)) > earlier)
    // Again and again: between what comes together in the flood there is always room for some.
    const tries: Promise<{ readonly ending: string }>[] = []
    while (!over.signal.aborted) {
      tries.push(other().connect(front.address, port, 300))
      await sleep(7)
    }
    await flood
    const seconds = (performance.now() - began) / 1000
    assert.ok(await other().say(open.flow), 'connections that are there carry on')
    assert.ok((await Promise.all(tries)).some(({ ending }) => ending === 'timeout'))
    const letIn = count - ((await refused(front.balancer.id)) - earlier)
    // A second's worth at once, and then 3,000 a second.
    const allowed = 3000 * (1 + seconds)
    assert.ok(letIn > allowed * 0.75 && letIn < allowed * 1.3, `${letIn} in ${seconds} s`)
    const [eip] = (await lab.client.list('eip', {})).items.filter(({ address }) => address === front.address)
    await until('that is told', 30_000, async () => {
      const { items } = await lab.client.ask<Diagnosis>('GET', `/v1/eips/${eip?.id}/diagnosis`)
      return items.some(each => each.code === 'balancer-too-fast' && each.resource === front.balancer.id)
    })
    await until(
      'new ones are let in again',
      20_000,
      async () => (await client().connect(front.address, port)).ending === 'ok',
    )
  })

  test('what is established meets one rule, whatever there is for new connections', async () => {
    await become({ via: 'proxy', deny: [there], allow: [here] })
    const [input = ''] = /chain input \{[^}]*\}/.exec(await rules()) ?? []
    const lines = input.split('\n').map(line => line.trim())
    const first = lines.findIndex(line => line.includes('ct state established,related accept'))
    assert.deepEqual(lines.slice(2, first), [`iifname "lo" accept comment "${front.balancer.id}"`])
    assert.equal([...(await rules()).matchAll(/hook input/g)].length, 1)
  })

  test('one client has no more connections at a time than it may; others have their own', async () => {
    await become({ via: 'proxy', clientLimits: { connections: 2 } })
    const mine = [await client().open(front.address, port), await client().open(front.address, port)]
    assert.deepEqual(await fares(), ['reset', 'ok'])
    assert.deepEqual(await Promise.all(mine.map(({ flow }) => client().say(flow))), [true, true])
    await client().hangUp(mine[0]!.flow)
    await until(
      'there is room again',
      20_000,
      async () => (await client().connect(front.address, port)).ending === 'ok',
    )
  })

  test('one client makes no more connections in a second than it may, and as many again in each that follows', async () => {
    await become({ via: 'proxy', clientLimits: { connectionsPerS: 5 } })
    const isIn = async () => (await client().connect(front.address, port)).ending === 'ok'
    const from = performance.now()
    const atOnce = (await Promise.all(Array.from({ length: 20 }, isIn))).filter(Boolean).length
    const seconds = () => (performance.now() - from) / 1000
    assert.ok(atOnce >= 5 && atOnce <= 7 + 5 * seconds(), `${atOnce} in ${seconds()} s`)
    assert.equal((await other().connect(front.address, port)).ending, 'ok')
    // Who never stops trying gets as much as it may, not less.
    let more = 0
    for (let i = 0; i < 40; i++) {
      await sleep(100)
      if (await isIn()) more++
    }
    assert.ok(more >= 10 && more <= 7 + 5 * seconds(), `${more} more in ${seconds()} s`)
  })

  test('behind another balancer, clients are those of whom it tells', async () => {
    await become({ via: 'proxy', acceptProxy: true, clientLimits: { connections: 1 } })
    const told = await lab.run(clientNetns, process.execPath, '-e', onBehalf(front.address, port))
    assert.deepEqual(JSON.parse(told), { '198.18.7.7': ['greeted', 'closed'], '198.18.7.8': ['greeted'] })
  })

  test('a balancer has no more connections at a time than its size, and further ones wait until there is room', async () => {
    await front.listen({ port: 80, options: ['redirect-to-https'] })
    const { most, answered, then } = JSON.parse(
      await lab.run(clientNetns, process.execPath, '-e', crowd(front.address, 5100)),
    ) as Record<'most' | 'answered' | 'then', number>
    assert.equal(most, 5100)
    assert.ok(answered > 4950 && answered <= 5000, `${answered} were answered`)
    assert.equal(then, 5100)
  })

  test('requests beyond what a client may are answered 429, over one connection or many, and the rest 200', async () => {
    const backends = [{ address: north!.address, port: plan.port }]
    await front.listen({ port: 80, check: eager, backends, clientLimits: { requestsPerS: 20 } })
    await allActive(lab, front.balancer.id)
    const url = `http://${front.address}/`
    const statuses = (count: number, ...options: string[]) =>
      lab.run(
        clientNetns,
        'sh',
        '-c',
        `curl -s ${options.join(' ')} --noproxy '*' -w '%{http_code} %header{retry-after}\\n' $(for i in $(seq ${count}); do echo -o /dev/null ${url}; done)`,
      )
    const from = performance.now()
    const told = (await statuses(60))
      .trim()
      .split('\n')
      .map(line => line.trim())
    const good = told.filter(line => line === '200').length
    const seconds = (performance.now() - from) / 1000
    assert.ok(good >= 20 && good <= 25 + 20 * seconds, told.join())
    assert.equal(told.filter(line => line === '429 1').length, 60 - good)
    // Who goes on asking ten times as often gets as much as it may, not less.
    const { requests, failures } = await underLoad(lab, url, 4, async () => {}, 1)
    const passed = requests - Number(/Non-2xx or 3xx responses: (\d+)/.exec(failures.join())?.[1])
    assert.ok(passed >= 40 && passed <= 110, String(passed))
    assert.equal((await other().get(url)).status, 200)
  })
})

/** A program: a balancer that connects for clients, twice for the first; told is how each connection fares. */
function onBehalf(address: string, at: number): string {
  return `
    const { connect } = require('node:net')
    const fares = client => new Promise(resolve => {
      const socket = connect(${at}, '${address}')
      socket.on('data', () => resolve('greeted')).on('close', () => resolve('closed')).on('error', () => resolve('closed'))
      socket.write('PROXY TCP4 ' + client + ' ${address} 4000 ${at}\\r\\n')
    })
    async function run() {
      const [one, other] = ['198.18.7.7', '198.18.7.8']
      console.log(JSON.stringify({ [one]: [await fares(one), await fares(one)], [other]: [await fares(other)] }))
      process.exit()
    }
    run()`
}

/** A program: so many clients that ask once and stay; how many there are and are answered, and how many are once the first went. */
function crowd(address: string, count: number): string {
  return `
    const { connect } = require('node:net')
    const sockets = []
    let [most, answered] = [0, 0]
    const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
    async function quiet() {
      let before = -1
      for (let i = 0; i < 20 && (before !== answered || most < sockets.length); i++) {
        before = answered
        await wait(1500)
      }
    }
    async function run() {
      while (sockets.length < ${count}) {
        for (let i = 0; i < 50; i++) {
          const socket = connect(80, '${address}', () => most++)
          socket.once('data', () => answered++).on('error', () => {})
          socket.write('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')
          sockets.push(socket)
        }
        await wait(30)
      }
      await quiet()
      const first = answered
      for (const socket of sockets.slice(0, 200)) socket.destroy()
      await quiet()
      console.log(JSON.stringify({ most, answered: first, then: answered }))
      process.exit()
    }
    run()`
}
