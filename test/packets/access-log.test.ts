import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { runCli } from '../../src/cli/run.ts'
import type { AccessLogQuery } from '../../src/client/api-client.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { recordingPrograms } from '../cli/trial.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { addressOf, allActive, eager, newMachine, setRules, until } from './network.ts'
import type { Logged } from './talk.ts'

const [north, syslog] = worldServers
const backends = [{ address: north!.address, port: plan.port }]

suite('access logs, with real clients and syslog servers', () => {
  let lab: Lab
  let front: Front
  let url: string

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
    // What leaves by the NAT gateway passes its group, syslog like all else.
    await setRules(lab, front.balancer.securityGroup, { protocol: 'tcp' }, { protocol: 'udp' })
    url = `http://${front.address}/`
  })
  after(() => lab.close())

  async function become(accessLog: object, ...listeners: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    await lab.client.patch('load-balancer', front.balancer.id, { accessLog })
    await front.listen(...listeners.map(each => ({ check: eager, ...each })))
    await allActive(lab, front.balancer.id)
  }

  const read = async (query: AccessLogQuery = {}) => (await lab.client.accessLog(front.balancer.id, query)).items

  /** The path of a request is there, once it has been written. */
  const written = (path: string) =>
    until(`${path} is in the log`, 20_000, async () => (await read({ path })).length > 0)

  /** What a command line prints. */
  async function cli(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: readonly string[] }> {
    const out: string[] = []
    const code = await runCli(
      ['logs', front.balancer.id, '--url', lab.url, ...argv],
      recordingPrograms(() => {}),
      {
        env: { LANG: 'en_US.UTF-8' },
        columns: 200,
        interactive: false,
        out: line => out.push(line),
        err: () => {},
        ask: async () => '',
        readInput: async () => '',
      },
    )
    return { code, out }
  }

  const expected: Readonly<Record<string, RegExp>> = {
    rfc3164: new RegExp(
      `^<134>\\w{3} [ \\d]\\d [\\d:]{8} lb-\\w+ haproxy\\[\\d+\\]: ${plan.client.address}:\\d+ \\[.*\\] lbl-\\w+ lbl-\\w+/lbb-\\w+ [\\d/]+ 200 \\d+ - - ---- [\\d/]+ 0/0 "GET /\\S+ HTTP/1.1"$`,
    ),
    rfc5424: new RegExp(
      `^<134>1 \\d{4}-\\d\\d-\\d\\dT[\\d:.]+\\+00:00 lb-\\w+ haproxy \\d+ - - ${plan.client.address}:\\d+ \\[.*\\] lbl-\\w+ lbl-\\w+/lbb-\\w+ [\\d/]+ 200 \\d+ - - ---- [\\d/]+ 0/0 "GET /\\S+ HTTP/1.1"$`,
    ),
  }

  for (const protocol of ['udp', 'tcp'] as const) {
    test(`a syslog server elsewhere gets a line by ${protocol}, in both formats, from the address that backends see`, async () => {
      const place = lab.at(syslog!.netns)
      const port = protocol === 'udp' ? 514 : 601
      await place.serveSyslog(protocol, port)
      for (const [format, form] of Object.entries(expected)) {
        await become(
          { local: false, remote: { address: syslog!.address, port, protocol, format } },
          { port: 80, backends },
        )
        const path = `/to-${protocol}-as-${format}`
        await curl(lab, url.slice(0, -1) + path)
        let line: Logged | undefined
        await until('the line is there', 20_000, async () => {
          line = (await place.readSyslog(port)).find(({ text }) => text.includes(path))
          return line !== undefined
        })
        assert.match(line!.text.trimEnd(), form)
        const seenAs = (await lab.client.get('load-balancer', front.balancer.id)).backendStatus
        assert.deepEqual([line!.source], Object.values(seenAs)[0]!.seenAs)
      }
      await place.stop(port)
    })
  }

  test('a syslog server over TCP that goes away and comes back gets what was written meanwhile', async () => {
    const place = lab.at(syslog!.netns)
    const remote = { address: syslog!.address, port: 601, protocol: 'tcp', format: 'rfc5424' }
    await become({ local: false, remote }, { port: 80, backends })
    await curl(lab, `${url}while-away`)
    await place.serveSyslog('tcp', 601)
    const heard = async () => (await place.readSyslog(601)).map(({ text }) => text).join('\n')
    await until('it is told', 20_000, async () => (await heard()).includes('/while-away'))
    assert.doesNotMatch(await heard(), /no frame/)
    await place.stop(601)
  })

  test('what went through is told by the API, with who answered and how long it took; filters choose', async () => {
    await become({ local: true }, { port: 80, backends }, { port: 81, protocol: 'tcp', backends })
    const { listeners } = await lab.client.get('load-balancer', front.balancer.id)
    const [http, tcp] = listeners
    await curl(lab, `${url}shop/cart?id=1`)
    await curl(lab, `${url}healthy`)
    await curl(lab, `http://${front.address}:81/inside`)
    await lab.at(clientNetns).connect(front.address, 81)
    await written('/healthy')
    await until('the connections are in the log', 20_000, async () => (await read({ listener: tcp!.id })).length >= 2)
    const [line] = await read({ path: '/shop' })
    assert.deepEqual(
      [line!.client, line!.listener, line!.backend, line!.status, line!.method, line!.path, line!.termination],
      [plan.client.address, http!.id, http!.backends[0]!.id, 200, 'GET', '/shop/cart?id=1', '----'],
    )
    assert.ok(line!.timesMs.total! >= line!.timesMs.response!)
    const ofTcp = await read({ listener: tcp!.id })
    assert.ok(ofTcp.every(({ status, path }) => status === null && path === null))
    assert.equal((await read({ client: '203.0.113.0/24' })).length, 0)
    assert.ok((await read({ client: `${plan.client.address}/31`, status: '2xx' })).length >= 2)
    assert.deepEqual(
      (await read({ search: 'SHOP/CART' })).map(({ path }) => path),
      ['/shop/cart?id=1'],
    )
  })

  test('the command line shows the same, as a table, as JSON, and as HAProxy wrote it', async () => {
    const { code, out } = await cli('--listener', '80', '--path', '/shop')
    assert.equal(code, 0)
    assert.match(out.join('\n'), /Time +Client +Listener +Status +Request/)
    assert.match(out.join('\n'), /80 +200 +GET \/shop\/cart\?id=1 +198\.51\.\d+\.\d+:\d+ +\d+ ms/)
    const [line] = JSON.parse((await cli('--path', '/shop', '-o', 'json')).out.join('\n')) as { raw: string }[]
    assert.deepEqual((await cli('--path', '/shop', '-o', 'raw')).out, [line!.raw])
    assert.equal((await cli('--status', '7xx')).code, 1)
    assert.equal((await cli('--listener', 'nobody')).code, 2)
  })

  test('who follows hears everything once, through a reload under load, and no request fails', async () => {
    await become({ local: true }, { port: 80, backends })
    const { next: start } = await lab.client.accessLog(front.balancer.id)
    let place = start
    const heard = new Map<string, number>()
    let count = 0
    const listen = async () => {
      const { items, next, missed } = await lab.client.accessLog(front.balancer.id, { after: place, limit: 1000 })
      place = next
      for (const { path, raw } of items) {
        count++
        if (path?.startsWith('/mark')) heard.set(path, (heard.get(path) ?? 0) + 1)
        assert.ok(raw !== '')
      }
      return missed
    }
    for (let i = 0; i < 3; i++) {
      await curl(lab, `${url}mark-${i}-before`)
      await become({ local: true }, { port: 80, backends, timeoutS: 51 + i })
      await curl(lab, `${url}mark-${i}-after`)
      assert.equal(await listen(), false)
    }
    await until('all is heard', 20_000, async () => {
      await listen()
      return heard.size === 6
    })
    assert.deepEqual([...heard.values()], [1, 1, 1, 1, 1, 1])
    assert.ok(count >= 6)
    const load = await underLoad(lab, url, 6, () => become({ local: true }, { port: 80, backends, timeoutS: 60 }))
    assertFlawless(load)
    for (const mark of heard.keys()) assert.equal((await read({ path: mark })).length <= 1, true)
  })

  test('what was logged before a reload is still told after it, also by another agent', async () => {
    await become({ local: true }, { port: 80, backends, timeoutS: 70 })
    await curl(lab, `${url}once-upon-a-time`)
    await written('/once-upon')
    await become({ local: true }, { port: 80, backends, timeoutS: 71 })
    assert.equal((await read({ path: '/once-upon' })).length, 1)
    await new Promise(resolve => setTimeout(resolve, 4000))
    await lab.killAgent()
    await lab.startAgent()
    await lab.settled()
    assert.equal((await read({ path: '/once-upon' })).length, 1)
  })

  test('what a client writes stays inside its line, on the wire and on the terminal', async () => {
    await become({ local: true }, { port: 80, backends, options: ['any-url'] })
    const hostile = ['/esc\u001b[2J', '/quote"x', '/\u007f', '/caf\u00e9', '/percent%0aX']
    for (const path of hostile) await curl(lab, url, '--request-target', path).catch(() => {})
    await curl(lab, `${url}the-end`)
    await written('/the-end')
    for (const { raw, client } of await read({ limit: 10 })) {
      assert.match(raw, /^[\x20-\x7e]*$/)
      assert.equal(client, plan.client.address)
    }
    for (const line of (await cli('-o', 'raw')).out) assert.doesNotMatch(line, /\p{Cc}/u)
    assert.ok((await read({ search: '/quote' })).length === 1)
  })

  test('HTTP/2 and handshakes that fail are lines as well', async () => {
    const certificate = await lab.client.create('certificate', { name: 'shop', ...certificateFor({ names: ['shop'] }) })
    await become({ local: true }, { protocol: 'https', port: 443, certificates: [certificate.id], backends })
    await curl(lab, `https://${front.address}/by-two`)
    await lab.run(clientNetns, 'sh', '-c', `curl -sk --noproxy '*' --tls-max 1.1 https://${front.address}/ || true`)
    await written('/by-two')
    const [line] = await read({ path: '/by-two' })
    assert.deepEqual([line!.tls, line!.version, line!.status], [true, 'HTTP/2.0', 200])
    await until('the failure is there', 20_000, async () =>
      (await read()).some(({ message }) => /handshake/i.test(message)),
    )
  })

  test('a syslog server that is away, or that no route leads to, breaks nothing', async () => {
    const away = { address: syslog!.address, port: 602, protocol: 'tcp', format: 'rfc5424' }
    for (const remote of [away, { ...away, protocol: 'udp' }, { ...away, address: '10.99.0.1', protocol: 'udp' }]) {
      await become({ local: true, remote }, { port: 80, backends })
      assertFlawless(await underLoad(lab, url, 2, async () => {}))
    }
  })

  test('every node writes under a name of its own, from the address of the balancer, and who follows hears each line once', async () => {
    const machine = await newMachine(lab, front.network, { securityGroup: front.balancer.securityGroup })
    await machine.place.serveSyslog('udp', 514)
    await lab.client.patch('load-balancer', front.balancer.id, { nodeCount: 2 })
    const remote = { address: machine.address, port: 514, protocol: 'udp', format: 'rfc5424' }
    await become({ local: true, remote }, { port: 80, backends })
    let place = (await lab.client.accessLog(front.balancer.id)).next
    const heard: string[] = []
    const marks = Array.from({ length: 40 }, (_, i) => `/node-mark-${i}`)
    for (const mark of marks) await curl(lab, url.slice(0, -1) + mark)
    await until('all is heard', 20_000, async () => {
      const { items, next, missed } = await lab.client.accessLog(front.balancer.id, { after: place, limit: 1000 })
      assert.equal(missed, false)
      place = next
      heard.push(...items.flatMap(({ path }) => (path?.startsWith('/node-mark') ? path : [])))
      return heard.length >= marks.length
    })
    assert.deepEqual(heard.toSorted(), marks.toSorted())
    assert.equal((await read({ path: '/node-mark', limit: 100 })).length, marks.length)
    const sent = async () => (await machine.place.readSyslog(514)).filter(({ text }) => text.includes('/node-mark'))
    await until('all is sent', 20_000, async () => (await sent()).length >= marks.length)
    const lines = await sent()
    assert.equal(lines.length, marks.length)
    const { id, address } = await lab.client.get('load-balancer', front.balancer.id)
    const writers = new Map(lines.map(({ text, source }) => [/ (lb-\S+) haproxy /.exec(text)?.[1] ?? '', source]))
    assert.deepEqual(Object.fromEntries(writers), { [id]: address, [`${id}.2`]: address })
    await machine.place.stop(514)
    await lab.client.patch('load-balancer', front.balancer.id, { nodeCount: 1 })
  })

  test('a server of the same network may be the syslog server', async () => {
    const machine = await newMachine(lab, front.network, {
      securityGroup: front.balancer.securityGroup,
    })
    await machine.place.serveSyslog('udp', 514)
    const remote = { address: machine.address, port: 514, protocol: 'udp', format: 'rfc5424' }
    await become({ local: false, remote }, { port: 80, backends })
    await curl(lab, `${url}near`)
    const heard = () => machine.place.readSyslog(514)
    await until('the line is there', 20_000, async () => (await heard()).some(({ text }) => text.includes('/near')))
    const balancer = await lab.client.get('load-balancer', front.balancer.id)
    assert.equal((await heard())[0]?.source, balancer.address)
    assert.notEqual(await addressOf(lab, balancer.eips[0]), balancer.address)
  })
})
