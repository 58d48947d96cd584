import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Diagnosis } from '../../src/client/diagnosis.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { allActive, eager, given, newMachine, until, type Machine } from './network.ts'

type Body = Readonly<Record<string, unknown>>
const outside = worldServers.slice(0, 2).map(({ address }) => ({ address, port: plan.port }))
const port = 8080

suite('a balancer of several nodes', () => {
  let lab: Lab
  let front: Front
  let machines: readonly Machine[]
  let id: string

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
    id = front.balancer.id
    machines = [await newMachine(lab, front.network), await newMachine(lab, front.network)]
    for (const [i, { place, server }] of machines.entries()) {
      await place.serveHttp(port, `inside-${i}`)
      await lab.client.patch('server', server.id, { securityGroup: front.balancer.securityGroup })
    }
  })
  after(() => lab.close())

  const inside = () => machines.map(({ address }) => ({ address, port }))
  const nodes = (count: number) => Array.from({ length: count }, (_, i) => (i === 0 ? id : `${id}.${i + 1}`))
  const url = () => `http://${front.address}/`

  async function become(count: number, ...listeners: readonly Body[]): Promise<void> {
    await lab.client.patch('load-balancer', id, { nodeCount: count })
    await front.listen(...listeners)
    await allActive(lab, id)
  }

  async function scale(count: number): Promise<void> {
    await lab.client.patch('load-balancer', id, { nodeCount: count })
    await lab.client.apply('load-balancer', id)
    await lab.settled()
  }

  /** The addresses that backends must admit. */
  async function addresses(): Promise<readonly string[]> {
    const { address, nodeAddresses } = await lab.client.get('load-balancer', id)
    return [given(address), ...nodeAddresses]
  }

  async function carried(node: string): Promise<number> {
    return Number(/^CumReq: (\d+)$/m.exec(await lab.askProxy(node, 'show info'))?.[1])
  }

  test('every node carries, and is seen from an address of its own inside the VPC', async () => {
    await become(3, { port: 80, check: eager, backends: inside() })
    const load = await underLoad(lab, url(), 4, () => sleep(0), 60)
    assertFlawless(load)
    const counts = await Promise.all(nodes(3).map(carried))
    for (const count of counts) assert.ok(count > load.requests / 20, counts.join())
    const sources = await sourcesSeen(60)
    assert.deepEqual(sources, new Set(await addresses()))
    assert.equal(sources.size, 3)
    const { backendStatus } = await lab.client.get('load-balancer', id)
    for (const { seenAs } of Object.values(backendStatus)) assert.deepEqual(new Set(seenAs), sources)
  })

  /** What backends see of so many clients that connect anew. */
  async function sourcesSeen(count: number): Promise<ReadonlySet<string>> {
    const pages = await lab.at(clientNetns).pages(url(), count)
    return new Set(pages.map(page => (typeof page === 'object' ? page.source : page)))
  }

  test('whoever is outside sees the public address of the NAT gateway, whichever node it is', async () => {
    await become(3, { port: 80, check: eager, backends: outside })
    const [gateway] = (await lab.client.list('nat-gateway', { vpc: front.network.vpc.id })).items
    const { address } = await lab.client.get('eip', gateway?.eips[0] ?? '')
    assert.deepEqual(await sourcesSeen(40), new Set([address]))
    for (const { seenAs } of Object.values((await lab.client.get('load-balancer', id)).backendStatus)) {
      assert.deepEqual(seenAs, [address])
    }
  })

  test('one that does not admit a node is abnormal, and the diagnosis names the group and the address', async () => {
    await become(2, { port: 80, check: eager, backends: inside() })
    const [own = '', further = ''] = await addresses()
    const [machine] = machines
    const strict = await lab.client.create('security-group', {
      rules: [{ protocol: 'tcp', peer: `${own}/32` }],
    })
    await lab.client.patch('server', machine?.server.id ?? '', { securityGroup: strict.id })
    const statusOf = async () => {
      const { listeners, backendStatus } = await lab.client.get('load-balancer', id)
      return listeners[0]?.backends.map(backend => backendStatus[backend.id])[0]
    }
    await until('it is abnormal', 20_000, async () => (await statusOf())?.state === 'abnormal')
    assert.match((await statusOf())?.reason ?? '', /timeout/)
    const findings = JSON.stringify(await lab.client.ask('GET', `/v1/load-balancers/${id}/diagnosis`))
    assert.ok(findings.includes(strict.id) && findings.includes('group-refuses'), findings)
    assert.notEqual(further, '')
    await lab.client.patch('server', machine?.server.id ?? '', { securityGroup: front.balancer.securityGroup })
    await allActive(lab, id)
  })

  test('one whose own firewall does not admit a node is told as such, with the addresses that it must admit', async () => {
    await become(2, { port: 80, check: eager, backends: inside() })
    const all = await addresses()
    const { netns } = machines[0]!.place
    const own = `table ip own { chain in { type filter hook input priority 0; ip saddr ${all[1]} tcp dport ${port} drop; }; }`
    await lab.run(netns, 'nft', own)
    const firstOf = async () => {
      const { items } = await lab.client.ask<Diagnosis>('GET', `/v1/load-balancers/${id}/diagnosis`)
      return items[0]
    }
    await until('it is named', 40_000, async () => (await firstOf())?.code === 'admits-some')
    assert.deepEqual(new Set((await firstOf())?.admit), new Set(all))
    await lab.run(netns, 'nft', 'delete table ip own')
    await allActive(lab, id)
  })

  test('one is killed under load: only what it had is lost, and it is there again soon', async () => {
    await become(3, { port: 80, check: eager, backends: inside() })
    const [, , third = ''] = await addresses()
    const victim = nodes(3)[2] ?? ''
    const [events, turns] = [lab.events.length, lab.turns.length]
    const idle = await carried(victim)
    const clients = lab.run(clientNetns, process.execPath, '-e', crowd(front.address, 8000))
    await until('the crowd is there', 20_000, async () => (await carried(victim)) > idle + 100)
    await sleep(1500)
    const from = Date.now()
    await lab.run(null, 'kill', '-9', String(lab.proxyOf(victim)))
    const to = Date.now()
    const { kept, once } = JSON.parse(await clients) as Crowd
    // Who keeps a connection learns by what backends see which node it is with.
    const withVictim = kept.filter(({ sources }) => sources[0] === third)
    assert.ok(withVictim.length > 2 && withVictim.length < kept.length / 2, `${withVictim.length} of ${kept.length}`)
    const others = kept.filter(each => !withVictim.includes(each))
    assert.deepEqual(
      others.filter(({ sources, failed }) => failed !== null || sources.length > 1),
      [],
    )
    // Whoever asks nothing at that moment finds the connection closed, and makes another.
    for (const { sources, failed } of withVictim) {
      assert.ok(failed === null ? sources.length > 1 : failed >= from && failed < to + 1000)
    }
    assert.ok(once.done > 200, `only ${once.done} connections`)
    assert.deepEqual(
      once.failed.filter(began => began >= to || began < from - 1000),
      [],
      `killed from ${from} to ${to}`,
    )
    const said = lab.events.slice(events).filter(event => event.resource === id)
    assert.deepEqual(
      said.map(({ type }) => type),
      ['drift', 'healed'],
    )
    for (const { message } of said) assert.ok(message.includes(`proxy ${victim} in`), message)
    await lab.settled()
    const again = await carried(victim)
    await lab.at(clientNetns).pages(url(), 60)
    assert.ok((await carried(victim)) > again + 5, 'it carries again')
    // It knows from the others who is up: nobody was in doubt, and nobody was answered 503.
    assert.deepEqual(lab.turns.slice(turns), [])
  })

  test('nodes come and go under load, and no request fails', async () => {
    await become(3, { port: 80, check: eager, stickiness: { type: 'source' }, backends: inside() })
    const load = await underLoad(
      lab,
      url(),
      16,
      async () => {
        for (const count of [1, 3, 2, 4, 1, 3]) {
          await scale(count)
          await sleep(1000)
        }
      },
      40,
    )
    assertFlawless(load)
    assert.deepEqual(await sourcesSeen(60), new Set(await addresses()))
    assert.equal((await addresses()).length, 3)
  })

  test('without anything to remember, the first node is not disturbed by others that come and go', async () => {
    await become(1, { port: 80, check: eager, backends: inside() })
    const [pid, { counters }] = [lab.proxyOf(id), await lab.settled()]
    const load = await underLoad(lab, url(), 6, async () => {
      for (const count of [3, 1, 2]) await scale(count)
    })
    assertFlawless(load)
    const now = await lab.settled()
    assert.equal(lab.proxyOf(id), pid)
    assert.equal(now.counters['reloads'], counters['reloads'])
  })

  test('who goes where is known to all nodes: by address, also to those that come later', async () => {
    await become(1, { port: 80, check: eager, stickiness: { type: 'source' }, backends: [...inside(), ...outside] })
    const names = async (count: number) => {
      const pages = await lab.at(clientNetns).pages(url(), count)
      return new Set(pages.map(page => (typeof page === 'object' ? page.name : page)))
    }
    const listener = async () => (await lab.client.get('load-balancer', id)).listeners[0]?.id
    const [home] = await names(1)
    await scale(3)
    await allActive(lab, id)
    const isTold = async (node: string) =>
      (await lab.askProxy(node, `show table ${await listener()}`)).includes('server_key=')
    for (const node of nodes(3)) await until(`${node} has been told`, 20_000, () => isTold(node))
    assert.deepEqual(await names(60), new Set([home]))
    for (const node of nodes(3)) assert.ok((await carried(node)) > 0, `${node} carries`)
    const victim = nodes(3)[1] ?? ''
    const began = lab.events.length
    await lab.run(null, 'kill', '-9', String(lab.proxyOf(victim)))
    await until('it is there again', 20_000, () => lab.events.slice(began).some(({ type }) => type === 'healed'))
    await until('it has been told by the others', 20_000, () => isTold(victim))
    assert.deepEqual(await names(60), new Set([home]))
  })

  test('a client goes where its address leads, through whichever node, whatever these went through', async () => {
    const four = [...inside(), ...outside]
    const listener = { port: 80, check: eager, balance: 'source' }
    await become(3, { ...listener, backends: four.slice(1) })
    // One node learns of backends at its start, the others while they run.
    await become(3, { ...listener, backends: four.slice(2) })
    await become(3, { ...listener, backends: [...four.slice(2), ...four.slice(0, 2)] })
    const began = lab.events.length
    await lab.run(null, 'kill', '-9', String(lab.proxyOf(nodes(3)[1] ?? '')))
    await until('it is there again', 20_000, () => lab.events.slice(began).some(({ type }) => type === 'healed'))
    await allActive(lab, id)
    const numbers = await Promise.all(
      nodes(3).map(async node => (await lab.askProxy(node, 'show servers state')).match(/\d+ lbb-\w+ /g)?.sort()),
    )
    assert.equal(numbers[0]?.length, 4)
    assert.deepEqual(numbers[1], numbers[0])
    assert.deepEqual(numbers[2], numbers[0])
    const pages = await lab.at(clientNetns).pages(url(), 60)
    assert.equal(new Set(pages.map(page => (typeof page === 'object' ? page.name : page))).size, 1)
  })

  test('a client with a cookie goes where it says, through whichever node', async t => {
    const stickiness = { type: 'insert', cookie: 'LB' }
    await become(3, { port: 80, check: eager, stickiness, headers: ['qc-lbid'], backends: inside() })
    const directory = mkdtempSync(join(tmpdir(), 'causeway-cookies-'))
    t.after(() => rmSync(directory, { recursive: true }))
    const jar = join(directory, 'jar')
    const seen = new Set<string>()
    const earlier = await Promise.all(nodes(3).map(carried))
    for (let i = 0; i < 24; i++) {
      const heard = await curl(lab, url(), '-b', jar, '-c', jar)
      seen.add(heard.page().name)
      assert.equal(heard.page().headers['qc-lbid'], id, 'they are one balancer')
    }
    assert.equal(seen.size, 1)
    const later = await Promise.all(nodes(3).map(carried))
    for (const [i, count] of later.entries()) assert.ok(count > (earlier[i] ?? 0), `${nodes(3)[i]} took part`)
  })

  test('an agent that is started anew leaves all of them alone', async () => {
    await become(3, { port: 80, check: eager, backends: inside() })
    const pids = nodes(3).map(lab.proxyOf)
    await lab.killAgent()
    const since = new Date().toISOString()
    await lab.startAgent()
    await until('the new agent reports', 20_000, async () => (await lab.settled()).seenAt > since)
    const { counters } = await lab.settled()
    assert.equal(counters['steps'], 0)
    assert.deepEqual(nodes(3).map(lab.proxyOf), pids)
  })

  test('a listener that the kernel gives back is served by every node at once, as the first tells the others who is up', async () => {
    const listener = { port: 80, protocol: 'tcp', check: { intervalS: 2, rise: 8 }, backends: inside() }
    const other = { port: 81, options: ['redirect-to-https'] }
    await become(3, { ...listener, via: 'kernel' }, other)
    const [began, earlier] = [lab.turns.length, await Promise.all(nodes(3).map(carried))]
    await front.listen({ ...listener, via: 'proxy' }, other)
    const pages = await lab.at(clientNetns).pages(url(), 60)
    assert.deepEqual(
      pages.filter(page => typeof page === 'string'),
      [],
    )
    const later = await Promise.all(nodes(3).map(carried))
    for (const [i, count] of later.entries()) assert.ok(count > (earlier[i] ?? 0), `${nodes(3)[i]} took part`)
    assert.deepEqual(lab.turns.slice(began), [])
  })

  test('whoever gets the address of a node that is gone is reached at once, by neighbours who knew the node as well', async () => {
    await become(2, { port: 80, check: eager, backends: inside() })
    const [, further = ''] = await addresses()
    const [{ server, place }] = machines as [Machine]
    const known = () => lab.run(netnsOf(server.id), 'ip', 'neighbour', 'show', further)
    await until('the node is known', 20_000, async () => (await known()).includes('lladdr'))
    const node = await known()
    await scale(1)
    const { securityGroup } = front.balancer
    const heir = await lab.client.create('server', { subnet: server.subnet, address: further, securityGroup })
    await lab.settled()
    assert.equal((await place.connect(further, 9, 4000)).ending, 'refused')
    assert.notEqual(/lladdr \S+/.exec(await known())?.[0], /lladdr \S+/.exec(node)?.[0])
    await lab.client.remove('server', heir.id)
  })

  test('a balancer in no private network has nodes, too', async () => {
    const alone = await lab.client.create('load-balancer', {
      eips: [{ bandwidthMbps: 100 }],
      nodeCount: 2,
      securityGroup: front.balancer.securityGroup,
      listeners: [{ port: 80, options: ['redirect-to-https'] }],
    })
    await lab.settled()
    assert.deepEqual(alone.nodeAddresses, [])
    const { address } = await lab.client.get('eip', alone.eips[0] ?? '')
    const carriers = [alone.id, `${alone.id}.2`]
    await lab.at(clientNetns).pages(`http://${address}/`, 40)
    for (const node of carriers) assert.ok((await carried(node)) > 0, `${node} carries`)
    await lab.client.remove('load-balancer', alone.id)
    await lab.settled()
    assert.doesNotMatch(await lab.run(null, 'ip', 'netns', 'list'), new RegExp(netnsOf(alone.id)))
    for (const node of carriers) assert.throws(() => lab.proxyOf(node), /ENOENT/)
  })
})

interface Crowd {
  /** Clients that keep a connection: the sources that backends saw, and when they failed. */
  readonly kept: readonly { readonly sources: readonly string[]; readonly failed: number | null }[]
  /** Connections of one request each: how many went well, and when those began that did not. */
  readonly once: { readonly done: number; readonly failed: readonly number[] }
}

/** A program: so many clients of both sorts, for so many milliseconds. */
function crowd(address: string, ms: number): string {
  return `
    const http = require('node:http')
    const until = Date.now() + ${ms}
    const ask = agent => new Promise((resolve, reject) => {
      const request = http.get({ host: '${address}', agent, timeout: 3000, headers: agent ? {} : { connection: 'close' } }, answer => {
        let text = ''
        answer.on('data', part => (text += part)).on('error', reject)
        answer.on('end', () => answer.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(String(answer.statusCode))))
      })
      request.on('timeout', () => request.destroy(new Error('timeout'))).on('error', reject)
    })
    async function keep() {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      const sources = []
      try {
        while (Date.now() < until) {
          const { source } = await ask(agent)
          if (sources.at(-1) !== source) sources.push(source)
          await new Promise(resolve => setTimeout(resolve, 20))
        }
        return { sources, failed: null }
      } catch {
        return { sources, failed: Date.now() }
      } finally {
        agent.destroy()
      }
    }
    const once = { done: 0, failed: [] }
    async function repeat() {
      while (Date.now() < until) {
        const began = Date.now()
        await ask(undefined).then(() => once.done++, () => once.failed.push(began))
      }
    }
    Promise.all([...Array.from({ length: 30 }, keep), ...Array.from({ length: 10 }, repeat)]).then(all =>
      console.log(JSON.stringify({ kept: all.slice(0, 30), once })))`
}
