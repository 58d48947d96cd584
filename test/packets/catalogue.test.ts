import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Made } from '../../src/client/scenario.ts'
import type { Diagnosis, WireFinding } from '../../src/client/diagnosis.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { apiHands } from '../../src/demo/api-hands.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { kinds, type KindName } from '../../src/model/kinds.ts'
import { certificateFor } from '../certificate-maker.ts'
import { catalogue } from '../diagnose/catalogue.ts'
import { breakLater, build, type Broken, type Spot } from '../diagnose/broken.ts'
import { startLab, type Lab } from './lab.ts'
import { addressOf, until } from './network.ts'

/** Each in so many entries is tried, unless all are wished for, those of outside, or those whose names hold a word. */
const among = 4
const wished = process.env['CATALOGUE'] ?? ''
const entries = catalogue.filter(({ name, sure, toldOnly }, i) => {
  if (toldOnly) return false
  if (wished === '') return i % among === 0
  return (
    wished === 'all' || (wished === 'outside' ? sure !== 'proved' : wished.split('|').some(word => name.includes(word)))
  )
})
/** So many are broken at a time. */
const lanes = 8
const withinMs = 30_000

suite(
  'what a diagnosis says of broken services is what is wrong, by packets',
  { timeout: 60_000 + entries.length * 20_000 },
  () => {
    let lab: Lab
    const failures = new Map<string, Error>()

    before(async () => {
      lab = await startLab()
      for (const { netns } of worldServers) await lab.run(netns, 'nft', firewall)
      const waiting = [...entries.entries()]
      await Promise.all(
        Array.from({ length: lanes }, async (_, lane) => {
          for (let next = waiting.shift(); next; next = waiting.shift()) {
            const [i, broken] = next
            const at = spotOf(broken, i, lane)
            await tryOut(lab, broken, at).catch((error: Error) => void failures.set(broken.name, error))
          }
        }),
      )
    })
    after(() => lab.close())

    for (const { name, on } of entries) {
      test(`${on}: ${name}`, () => {
        const failure = failures.get(name)
        if (failure) throw failure
      })
    }
  },
)

/** What remote firewalls do is told by the ports and sizes in their sets. */
const firewall = `table ip firewall {
  set silent { type inet_service; }
  set cutting { type inet_service; }
  set narrow { type inet_service; }
  set shut { type ipv4_addr . inet_service; }
  chain in {
    type filter hook input priority 0;
    tcp dport @silent drop
    ip saddr . tcp dport @shut drop
    tcp dport @cutting ct state established reject with tcp reset
  }
  chain out {
    type filter hook output priority 0;
    tcp sport @narrow ip length > 400 drop
  }
}`
const noPing = 'add rule ip firewall in icmp type echo-request drop'

const last = worldServers.at(-1)!

/** Ports tell entries apart; who answers no ping is a host of its own. */
function spotOf({ remote }: Broken, i: number, lane: number): Spot {
  const { address } = remote === 'udp-without-ping' ? last : worldServers[i % (worldServers.length - 1)]!
  return { address, port: 9000 + i * 2, spare: `203.0.113.${254 - lane}` }
}

async function tryOut(lab: Lab, broken: Broken, at: Spot): Promise<void> {
  const { client } = lab
  const heal = await prepare(lab, broken, at)
  const made = await build(broken, at, apiHands(client))
  let stop = () => {}
  try {
    await lab.settled()
    await furnish(lab, broken, made, at.port)
    await settledDown(lab, broken, made)
    stop = await busy(lab, broken, made)
    await breakLater(broken, made, apiHands(client))
    let { items } = await diagnosisOf(lab, broken, made)
    // A first check may stumble over a machine that has much to do.
    const tries = broken.clients ? 20 : 5
    for (
      let more = 0;
      (broken.sure !== 'proved' || broken.told) && items[0]?.code !== broken.says && more < tries;
      more++
    ) {
      await sleep(2000)
      ;({ items } = await diagnosisOf(lab, broken, made))
    }
    const [first] = items
    assert.ok(first, 'nothing is found')
    const said = `${first.message} (${items.map(({ code }) => code).join(', ')})`
    assert.deepEqual([first.code, first.resource, first.certainty], [broken.says, made[broken.of], broken.sure], said)
    if (first.code === 'timeout' || first.code === 'no-ping') {
      const own = (await lab.client.get('load-balancer', made['balancer']!)).address
      const source = made['server'] ? own : await addressOf(lab, made['natEip'] ?? made['vpcEip'])
      assert.deepEqual(first.admit, [source], 'whom the firewall must admit')
    }
    assert.equal(first.repair !== null, broken.mendedBy === 'repair', said)
    assert.equal(first.fault, broken.isFault ?? true, said)
    if (broken.sure !== 'proved' && !broken.asks) {
      const [seen] = (await diagnosisOf(lab, broken, made, 'probe=true')).items
      assert.equal(seen?.code, broken.probed ?? broken.says, `with a probe: ${seen?.message}`)
    }
    if (first.repair) await mend(lab, broken, made, first)
    else if (heal) await Promise.all([heal(made), isActive(lab, made)])
  } finally {
    stop()
    await takeAway(lab, made)
  }
}

/** Lets somebody serve on a server of ours. */
async function furnish(lab: Lab, { remote }: Broken, made: Made, port: number): Promise<void> {
  if (made['server'] === undefined) return
  const netns = netnsOf(made['server'])
  const place = lab.at(netns)
  if (remote === 'server') await place.serveHttp(port, 'inside')
  if (remote === 'loopback') await place.serveHttp(port, 'inside', '127.0.0.1')
  if (remote !== 'own-firewall') return
  await place.serveHttp(port, 'inside')
  await lab.run(
    netns,
    'nft',
    `table ip own { chain in { type filter hook input priority 0; tcp dport ${port} drop; }; }`,
  )
}

const longMs = 60_000

/** Has clients do what they do meanwhile; answers with what ends that. */
async function busy(lab: Lab, { clients, then }: Broken, made: Made): Promise<() => void> {
  if (!clients) return () => {}
  const { eips } = await lab.client.get('load-balancer', made['balancer']!)
  const url = `http://${await addressOf(lab, eips[0])}`
  const client = lab.at(clientNetns)
  const over = new AbortController()
  const asOne = () =>
    clients === 'ask-in-tls'
      ? lab.run(
          clientNetns,
          'sh',
          '-c',
          `curl -sk --noproxy '*' --max-time 2 https://${url.slice('http://'.length)}/ || true`,
        )
      : client.get(`${url}/`, 2000)
  const ask = async () => {
    while (!over.signal.aborted) await Promise.all([asOne(), sleep(100)])
  }
  const isLong = clients === 'download' || clients === 'queue'
  if (isLong) void client.measure(`${url}/bytes`, longMs).catch(() => {})
  if (clients !== 'download') void Promise.all([ask(), ask()]).catch(() => {})
  const isServed = async () => /srv=lbb-/.test(await lab.askProxy(made['balancer']!, 'show sess'))
  if (then) await until('a client is being served', withinMs, isServed)
  return () => over.abort()
}

type Heal = (made: Made) => Promise<unknown>

/** Puts at the backend's address what stands there; answers with what would make that well. */
async function prepare(lab: Lab, { remote }: Broken, { address, port, spare }: Spot): Promise<Heal | null> {
  const { netns } = worldServers.find(each => each.address === address)!
  const place = lab.at(netns)
  const block = async (set: string, what: string | number = port) => {
    const change = (verb: string) => lab.run(netns, 'nft', `${verb} element ip firewall ${set} { ${what} }`)
    await change('add')
    return () => change('delete')
  }
  switch (remote) {
    case 'nothing':
      return made => {
        const there = made['server'] === undefined ? place : lab.at(netnsOf(made['server']))
        return made['udpListener'] === undefined ? there.serveHttp(port, 'late') : there.serveUdp(port)
      }
    case 'server':
    case 'loopback':
    case 'own-firewall':
      return null
    case 'tls':
      await place.serveHttps(port, 'secure', certificateFor({ names: ['secure.example'] }))
      return null
    case 'other-words':
      await place.serveTcp(port)
      return null
    case 'udp':
      await place.serveUdp(port)
      return null
    case 'udp-without-ping':
      await place.serveUdp(port)
      await lab.run(netns, 'nft', noPing)
      return () => lab.run(netns, 'nft', 'flush chain ip firewall in')
    case 'loses-big-packets':
      await place.serveHttps(port, 'narrow', certificateFor({ names: ['narrow.example'] }))
      return block('narrow')
    case 'admits-one':
      await place.serveHttp(port, 'choosy')
      return block('shut', `${spare} . ${port}`)
    case 'silence':
    case 'cuts':
      await place.serveHttp(port, 'guarded')
      return block(remote === 'cuts' ? 'cutting' : 'silent')
    case 'fails':
      await place.serveHttp(port, 'failing')
      await place.setHealth(port, 500)
      return () => place.setHealth(port, 200)
    default:
      await place.serveHttp(port, 'well')
      return null
  }
}

async function stateOf({ client }: Lab, { balancer = '', 'backend-0': backend = '' }: Made) {
  return (await client.get('load-balancer', balancer)).backendStatus[backend]
}

/** Waits until checks have said what they have to say. */
async function settledDown(lab: Lab, broken: Broken, made: Made): Promise<void> {
  if (broken.says === 'weight-zero' || broken.name.includes('weight again')) return
  const isSaid = broken.sure !== 'proved'
  const wanted = broken.forClients ? ['active'] : isSaid ? ['unavailable'] : ['unavailable', 'disabled', undefined]
  await until(`${broken.name}: ${wanted.join(' or ')}`, withinMs, async () => {
    const status = await stateOf(lab, made)
    return wanted.includes(status?.state) && (!isSaid || broken.forClients === true || status?.reason !== '')
  })
}

/** Where a diagnosis of it is asked for: a path, and what follows the question mark. */
function questionOf({ asks }: Broken, made: Made): readonly [path: string, query: string] {
  const { balancer = '', 'backend-0': backend } = made
  if (asks && 'eip' in asks) return [`/v1/eips/${made[asks.eip]}/diagnosis`, '']
  if (asks) return ['/v1/diagnosis', `from=internet&to=${made[asks.internetTo]}&port=80`]
  return [`/v1/load-balancers/${balancer}${backend === undefined ? '' : `/backends/${backend}`}/diagnosis`, '']
}

function diagnosisOf({ client }: Lab, broken: Broken, made: Made, more = ''): Promise<Diagnosis> {
  const [path, query] = questionOf(broken, made)
  return client.ask<Diagnosis>('GET', `${path}?${query}${more}`)
}

/** Does what is proposed until nothing more is: then the backend is active, and clients are served. */
async function mend(lab: Lab, broken: Broken, made: Made, first: WireFinding): Promise<void> {
  let finding: WireFinding | undefined = first
  for (let done = 0; finding?.repair; done++) {
    assert.ok(done < 3, `${finding.code} after ${done} repairs`)
    const [path, query] = questionOf(broken, made)
    await lab.client.ask('POST', `${path}/fix?${query}`, { body: { code: finding.code, resource: finding.resource } })
    await lab.settled()
    if (broken.remote === 'server') await lab.at(netnsOf(made['server']!)).connect('127.0.0.1', 1, 50)
    finding = (await diagnosisOf(lab, broken, made)).items.find(({ certainty }) => certainty === 'proved')
  }
  if (broken.leaves) return void (await isState(lab, made, broken.leaves))
  await isActive(lab, made)
  if (broken.remote === 'udp') return
  const { eips } = await lab.client.get('load-balancer', made['balancer']!)
  const url = `http://${await addressOf(lab, eips[0])}/`
  // A backend that was not checked before is active until its first check begins.
  const isServed = async () => (await lab.at(clientNetns).get(url)).status === 200
  if (broken.says !== 'policy-not-applied') await until(`clients get pages of ${url}`, 10_000, isServed)
  // What clients do now is told a while longer.
  if (broken.clients) return
  await until('nothing more is found', 10_000, async () => (await diagnosisOf(lab, broken, made)).items.length === 0)
}

function isActive(lab: Lab, made: Made): Promise<number> {
  return isState(lab, made, 'active')
}

function isState(lab: Lab, made: Made, state: 'active' | 'unavailable'): Promise<number> {
  return until(`the backend is ${state}`, withinMs, async () => (await stateOf(lab, made))?.state === state)
}

/** Takes away what was made, users before what they use. */
async function takeAway({ client }: Lab, made: Made): Promise<void> {
  const kindOf = (id: string) => {
    const found = Object.entries(kinds).find(([, { prefix }]) => id.startsWith(`${prefix}-`))
    return found?.[0] as KindName | undefined
  }
  const ids = Object.values(made).filter(id => kindOf(id) !== undefined && kindOf(id) !== 'zone')
  for (let left = ids.reverse(), round = 0; left.length > 0 && round < 5; round++) {
    const still: string[] = []
    for (const id of left) {
      const isGone = await client.remove(kindOf(id)!, id, { force: true }).then(
        () => true,
        () => false,
      )
      if (!isGone) still.push(id)
    }
    left = still
  }
}
