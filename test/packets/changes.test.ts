import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { after, before, suite, test } from 'node:test'
import { ApiError } from '../../src/client/api-error.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { listenerOf } from '../any-listener.ts'
import type { Chooser } from '../any-maker.ts'
import { certificateFor } from '../certificate-maker.ts'
import { newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import type { Life, Lived } from './long-lived.ts'
import { eager, until } from './network.ts'

type Body = Readonly<Record<string, unknown>>
const [kept, other, far, farther] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const keptTcp = { ...kept, port: 9000 }
const keptUdp = { ...kept, port: 53 }
const wanted = 100
/** For a long run: how many seconds, and the seed of one that failed. */
const seconds = Number(process.env['CAUSEWAY_CHANGES_S'] ?? 65)
const seed = Number(process.env['CAUSEWAY_CHANGES_SEED'] ?? randomInt(1, 2 ** 31 - 2))
/** A long run makes as many changes as it can. */
const most = seconds > 65 ? Number.POSITIVE_INFINITY : wanted
const program = fileURLToPath(new URL('long-lived.ts', import.meta.url))

suite('a hundred changes in a row, under load', { timeout: (seconds + 120) * 1000 }, () => {
  let lab: Lab
  let front: Front

  before(async () => {
    lab = await startLab()
    front = await newFront(lab, [{ protocol: 'all' }])
  })
  after(() => lab.close())

  test('no request of a kept backend fails, and every connection to one outlives them all', async t => {
    t.diagnostic(`CAUSEWAY_CHANGES_SEED=${seed}`)
    const { client } = lab
    const ids = {
      kept: (await client.create('certificate', certificateFor({ names: ['kept.example'] }))).id,
      renewed: (await client.create('certificate', certificateFor())).id,
      policy: (await client.create('forward-policy', { rules: [{ type: 'url', pattern: '^/api/' }] })).id,
    }
    for (const { netns, name } of worldServers.slice(0, 2)) {
      await lab.at(netns).serveTcp(keptTcp.port)
      await lab.at(netns).serveUdp(keptUdp.port, name)
    }
    const steady = steadyListeners(ids.kept)
    await front.listen(...steady)
    await until('every backend is active', 40_000, async () => {
      const { listeners, backendStatus } = await client.get('load-balancer', front.balancer.id)
      return listeners.every(({ backends }) => backends.every(({ id }) => backendStatus[id]?.state === 'active'))
    })

    const ms = (seconds - 3) * 1000
    const lived = (
      [
        ['websocket', 80],
        ['http2', 443],
        ['tcp', 8100],
        ['knock', 8100],
        ['openssl', 8443],
        // By the kernel; who knocks finds the kept backend alone.
        ['tcp', 8200],
        ['knock', 8201],
        ['udp', 5300],
      ] as const satisfies readonly (readonly [Life, number])[]
    ).map(async ([life, port]) => {
      const said = await lab.run(
        clientNetns,
        process.execPath,
        '--no-warnings',
        program,
        life,
        front.address,
        `${port}`,
        `${ms}`,
      )
      return [life, JSON.parse(said) as Lived] as const
    })
    const curls = lab.run(clientNetns, 'sh', '-c', curling(front.address, Math.floor(ms / 500)))

    const moves = movesOn(lab, front, steady, ids, chooserOf(seed))
    let done = 0
    /** How many reloads there were if each change were one, of each node. */
    let mostReloads = 0
    const load = await underLoad(lab, `http://${front.address}/`, seconds, async () => {
      const from = performance.now()
      const isOver = () => performance.now() - from > (seconds - 8) * 1000
      while (done < most && !isOver()) {
        if (!(await moves())) continue
        await lab.settled()
        done++
        mostReloads += (await client.get('load-balancer', front.balancer.id)).nodeCount
      }
    })
    const about = `with CAUSEWAY_CHANGES_SEED=${seed}, after ${done} changes`
    const [told, statuses] = await Promise.all([Promise.all(lived), curls])
    assertFlawless(load)
    for (const [life, { heard, failures }] of told) {
      assert.deepEqual(failures, [], `${life} ${about}`)
      assert.ok(heard > 100, `${life} heard only ${heard} words`)
    }
    // The status and the version of HTTP of each, counted.
    assert.match(statuses, /^ *\d+ 200 2\n$/, about)
    const { counters } = await lab.settled()
    t.diagnostic(`${done} changes, ${load.requests} requests, ${counters['reloads']} reloads`)
    // A hundred where the machine is quick enough.
    assert.ok(done >= wanted / 2, `only ${done} changes`)
    assert.ok((counters['reloads'] ?? 0) < mostReloads * 0.95, 'some changes need no reload')
  })
})

/** The listeners that are measured, all of whose backends stay. */
function steadyListeners(certificate: string): readonly Body[] {
  const tcp = { check: { ...eager, protocol: 'tcp' }, backends: [keptTcp] }
  return [
    { port: 80, check: eager, backends: [kept] },
    { protocol: 'https', port: 443, certificates: [certificate], check: eager, backends: [kept] },
    { protocol: 'tcp', port: 8200, via: 'kernel', ...tcp },
    { protocol: 'udp', port: 5300, check: { ...eager, protocol: 'icmp' }, backends: [keptUdp] },
    { protocol: 'tcp', port: 8201, via: 'kernel', ...tcp },
    { protocol: 'tcp', port: 8100, via: 'proxy', ...tcp },
    { protocol: 'ssl', port: 8443, certificates: [certificate], ...tcp },
  ]
}

/** Makes a change by chance at each call; answers whether it was one that may be made. */
function movesOn(
  lab: Lab,
  front: Front,
  steady: readonly Body[],
  ids: { readonly kept: string; readonly renewed: string; readonly policy: string },
  pick: Chooser,
): () => Promise<boolean> {
  const { client } = lab
  let others: readonly Body[] = []
  /** What may stand beside the kept backend of a listener of HTTP. */
  const beside = () =>
    [
      { ...other, weight: pick.number(4), enabled: pick.number(4) > 0 },
      { ...far, backup: pick.yes(), backupTier: 1 + pick.number(2), policy: pick.yes() ? ids.policy : null },
      { ...farther, weight: pick.number(3), policy: pick.number(4) === 0 ? ids.policy : null },
    ].filter(() => pick.yes())
  /** A listener of any sort, which nobody asks. */
  const stranger = (port: number) => ({
    ...listenerOf(pick.yes() ? ids.renewed : undefined, pick),
    port,
    balance: pick.of(['roundrobin', 'leastconn', 'source']),
    enabled: pick.number(5) > 0,
    timeoutS: 10 + pick.number(50),
    backends: [far, farther].filter(() => pick.yes()),
  })
  let nodes = 1
  let [plain = {}, secure = {}, kernel = {}, datagrams = {}] = steady
  const listen = async (first: Body, second: Body) => {
    await front.listen(first, second, kernel, datagrams, ...steady.slice(4), ...others)
  }
  /** What of the balancer itself may change. */
  const become = async (body: Body) => {
    await client.patch('load-balancer', front.balancer.id, body)
    await client.apply('load-balancer', front.balancer.id)
  }
  /** What may be told of any listener while its clients go on. */
  const told = () => ({
    drainS: pick.of([0, 5]),
    deny: pick.of([[], ['192.0.2.7/32']]),
    balance: pick.of(['roundrobin', 'source']),
    scene: pick.of(['default', 'cut-when-down']),
  })
  /** The kept backend of what the kernel carries, and others beside it that come and go. */
  const amid = (body: Body) => [
    { ...body, weight: 1 + pick.number(3) },
    ...[other, far, farther]
      .map(each => ({ ...each, port: body['port'] }))
      .map(each => ({ ...each, weight: pick.number(4), enabled: pick.number(4) > 0 }))
      .map(each => (pick.yes() ? each : { ...each, backup: true, backupTier: 1 + pick.number(3) }))
      .filter(() => pick.yes()),
  ]
  const moves: readonly (() => Promise<unknown>)[] = [
    () => listen((plain = { ...plain, backends: [kept, ...beside()] }), secure),
    () => listen(plain, (secure = { ...secure, backends: [kept, ...beside()] })),
    () =>
      listen(
        (plain = { ...plain, timeoutS: 40 + pick.number(3), balance: pick.of(['roundrobin', 'leastconn']) }),
        secure,
      ),
    () => {
      const certificates = [ids.kept, ...(pick.yes() ? [ids.renewed] : [])]
      return listen(plain, (secure = { ...secure, certificates }))
    },
    () => {
      others = [8000, 8001, 8002].filter(() => pick.yes()).map(stranger)
      return listen(plain, secure)
    },
    () => {
      const names = [`v${pick.number(1000)}.example`]
      return client.patch('certificate', ids.renewed, certificateFor({ names }))
    },
    () => listen((plain = { ...plain, drainS: pick.of([0, 5]), clientLimits: limitsOf(pick) }), secure),
    () => become({ accessLog: pick.of([{ local: false }, { local: true }]) }),
    // A node that goes takes its connections along: there are only ever more.
    () => become({ nodeCount: (nodes = Math.min(3, nodes + pick.number(2))) }),
    () => {
      kernel = { ...kernel, ...told(), tunnelTimeoutS: 3600 + pick.number(9), backends: amid(keptTcp) }
      return listen(plain, secure)
    },
    () => {
      datagrams = { ...datagrams, ...told(), timeoutS: 40 + pick.number(9), backends: amid(keptUdp) }
      return listen(plain, secure)
    },
    async () => {
      const rules = [{ type: 'url', pattern: `^/(api|v${pick.number(9)})/` }]
      const rewrites = pick.yes() ? [{ pattern: '^/api/', replacement: '/' }] : []
      const balance = pick.of([null, 'leastconn'])
      await client.patch('forward-policy', ids.policy, { rules, rewrites, balance, priority: pick.number(9) })
      await client.apply('forward-policy', ids.policy)
    },
  ]
  return async () => {
    const earlier = [others, plain, secure, kernel, datagrams] as const
    try {
      await pick.of(moves)?.()
      return true
    } catch (error) {
      // Not every combination is a listener.
      if (!(error instanceof ApiError) || error.status >= 500) throw error
      ;[others, plain, secure, kernel, datagrams] = earlier
      return false
    }
  }
}

/** Limits that nobody here comes near to. */
function limitsOf(pick: Chooser): Body {
  return { connections: pick.of([null, 500]), connectionsPerS: pick.of([null, 5000]), requestsPerS: null }
}

/** Numbers that are the same in every run with the same seed. */
function chooserOf(first: number): Chooser {
  let state = first
  const number = (below: number) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
  return { number, yes: () => number(2) === 1, of: list => list[number(list.length)] }
}

/** A new connection twice a second, each by whatever version of HTTP curl and the balancer agree on. */
function curling(address: string, times: number): string {
  const ask = `curl -sk --noproxy '*' --http2 --max-time 3 -o /dev/null -w '%{http_code} %{http_version}\\n' https://${address}/`
  return `for i in $(seq ${times}); do ${ask}; sleep 0.5; done | sort | uniq -c`
}
