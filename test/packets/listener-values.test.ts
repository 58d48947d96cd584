import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { allActive, eager, until } from './network.ts'

type Body = Readonly<Record<string, unknown>>
const [north, north2] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const backends = [north, north2]
const netns = worldServers[0]!.netns
const tcp = { ...eager, protocol: 'tcp' }

suite('what a listener can be told, value by value, with real clients', () => {
  let lab: Lab
  let front: Front
  let certificate: string

  before(async () => {
    lab = await startLab()
    front = await newFront(lab, [{ protocol: 'all' }])
    certificate = (await lab.client.create('certificate', certificateFor())).id
  })
  after(() => lab.close())

  async function become(...listeners: readonly Body[]): Promise<void> {
    await front.listen(...listeners.map(each => ({ check: eager, ...each })))
    await allActive(lab, front.balancer.id)
  }

  /** Listeners that end TLS, on ports in a row from one on. */
  const secure = (first: number, ...values: readonly Body[]) =>
    values.map((each, i) => ({ protocol: 'https', port: first + i, certificates: [certificate], backends, ...each }))

  /** Whether a client that speaks only so comes to terms. */
  async function speaks(port: number, ...options: string[]): Promise<boolean> {
    const hello = ['openssl', 's_client', '-connect', `${front.address}:${port}`, ...options].join(' ')
    return /, Cipher is (?!\(NONE\))\S/.test(await lab.run(clientNetns, 'sh', '-c', `${hello} </dev/null 2>&1 || true`))
  }

  test('each status of a redirect', async () => {
    const statuses = [301, 302, 303, 307, 308]
    const options = ['redirect-to-https']
    await become(...statuses.map(redirectStatus => ({ port: 8000 + redirectStatus, options, redirectStatus })))
    for (const status of statuses) {
      const at = `http://${front.address}:${8000 + status}/a?b=c`
      const { status: heard, headers } = await curl(lab, at, '-X', 'POST', '-H', 'Host: shop.example')
      assert.deepEqual([heard, headers.get('location')], [status, 'https://shop.example/a?b=c'])
    }
  })

  test('each oldest version of TLS, to clients of each version', async () => {
    const versions = ['1.0', '1.1', '1.2', '1.3']
    await become(...secure(8441, ...versions.map(minVersion => ({ tls: { minVersion } }))))
    const heard: Record<string, readonly boolean[]> = {}
    for (const [i, version] of versions.entries()) {
      const flag = version === '1.0' ? '-tls1' : `-tls${version.replace('.', '_')}`
      const old = version < '1.2' ? ['-cipher', 'ALL:@SECLEVEL=0'] : []
      heard[version] = await Promise.all(versions.map((_, at) => speaks(8441 + at, flag, ...old)))
      assert.deepEqual(
        heard[version],
        versions.map((_, at) => i >= at),
        `a client of ${version}`,
      )
    }
  })

  test('each choice of ciphers', async () => {
    const choices = [[], ['compatible-ciphers'], ['no-insecure-ciphers'], ['strong-ciphers']]
    await become(...secure(8451, ...choices.map(options => ({ options }))))
    const takes = (cipher: string) =>
      Promise.all(choices.map((_, at) => speaks(8451 + at, '-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`)))
    assert.deepEqual(await takes('ECDHE-ECDSA-AES128-GCM-SHA256'), [true, true, true, true])
    assert.deepEqual(await takes('ECDHE-ECDSA-CHACHA20-POLY1305'), [true, true, true, true])
    assert.deepEqual(await takes('ECDHE-ECDSA-AES256-SHA'), [true, true, true, false])
    assert.deepEqual(await takes('aNULL'), [false, false, false, false])
    assert.deepEqual(await takes('eNULL'), [false, false, false, false])
    // Clients so old that they know no other signature.
    const old = ['-tls1_2', '-cipher', 'ALL:@SECLEVEL=0', '-sigalgs', 'ECDSA+SHA1']
    const heard = await Promise.all(choices.map((_, at) => speaks(8451 + at, ...old)))
    assert.deepEqual(heard, [false, true, false, false])
  })

  test('HTTP/2 is offered, or not', async () => {
    await become(...secure(8461, { http2: true }, { http2: false }))
    const version = async (port: number) => (await curl(lab, `https://${front.address}:${port}/`, '--http2')).version
    assert.deepEqual([await version(8461), await version(8462)], ['2', '1.1'])
  })

  test('what is compressed for clients of HTTP/2 is what it was', async () => {
    await become(...secure(8471, { options: ['compress'] }))
    const { headers, page, version } = await curl(lab, `https://${front.address}:8471/`, '--http2', '--compressed')
    assert.deepEqual([version, headers.get('content-encoding')], ['2', 'gzip'])
    assert.match(page().name, /^north-/)
  })

  test('a time-out ends what is silent: an answer that does not come, and with its own a tunnel', async () => {
    const client = lab.at(clientNetns)
    await lab.at(netns).serveTcp(9000)
    for (const each of worldServers.slice(0, 2)) await lab.at(each.netns).serveUdp(53, each.name)
    const datagrams = [north, north2].map(each => ({ ...each, port: 53 }))
    await become(
      { port: 80, backends: [north], timeoutS: 30, tunnelTimeoutS: 10 },
      { port: 81, backends: [north], timeoutS: 10 },
      { port: 82, protocol: 'tcp', timeoutS: 30, tunnelTimeoutS: 10, backends: [{ ...north, port: 9000 }], check: tcp },
      { port: 83, protocol: 'udp', timeoutS: 10, backends: datagrams, check: { protocol: 'none' } },
      { port: 84, protocol: 'udp', timeoutS: 60, backends: datagrams, check: { protocol: 'none' } },
    )
    /** Who answers flows, each from a port of its own, one after the other. */
    const answered = async (port: number, order: readonly number[]) => {
      const names = []
      for (const i of order) names.push((await client.askUdp(front.address, port, 3000, port * 100 + i))?.split(' ')[0])
      return names
    }
    const byTurns = ['north-1', 'north-2', 'north-1', 'north-2']
    assert.deepEqual([await answered(83, [0, 1, 2, 3]), await answered(84, [0, 1, 2, 3])], [byTurns, byTurns])
    const socket = `
      const from = Date.now(), socket = new WebSocket('ws://${front.address}/')
      socket.onclose = () => { console.log(Date.now() - from); process.exit() }`
    await until('the kernel leads', 20_000, async () => (await client.connect(front.address, 82)).ending === 'ok')
    const { flow } = await client.open(front.address, 82)
    assert.equal(await client.say(flow), true)
    const late = async () => {
      const from = performance.now()
      const { status } = await client.get(`http://${front.address}:81/never`, 15_000)
      return { status, seconds: Math.round((performance.now() - from) / 1000) }
    }
    const begun = `
      const from = Date.now(), socket = require('node:net').connect(81, '${front.address}')
      let heard = ''
      socket.on('data', part => (heard += part)).on('close', () => console.log(heard.slice(9, 12), Date.now() - from))
      socket.setTimeout(20_000, () => socket.destroy())
      socket.write('GET / HTTP/1.1\\r\\n')`
    const [closed, { status, seconds }, unfinished] = await Promise.all([
      lab.run(clientNetns, process.execPath, '--no-warnings', '-e', socket),
      late(),
      lab.run(clientNetns, process.execPath, '-e', begun),
    ])
    const [, code, ms] = /^(\d+) (\d+)$/m.exec(unfinished) ?? []
    assert.equal(code, '408')
    assert.ok(Number(ms) > 9500 && Number(ms) < 13_000, `a request that is not finished was given up after ${ms} ms`)
    assert.equal(status, 504)
    assert.ok(seconds >= 10 && seconds <= 12, `an answer was given up after ${seconds} s`)
    assert.ok(Number(closed) > 9500 && Number(closed) < 13_000, `a WebSocket was closed after ${closed} ms`)
    assert.equal(await client.say(flow), false, 'a silent TCP connection is over, too')
    assert.deepEqual(await answered(83, [0, 2, 1, 3]), byTurns, 'forgotten flows go by turns again')
    assert.deepEqual(await answered(84, [0, 2, 1, 3]), byTurns.toSorted(), 'the others stay')
    for (const each of worldServers.slice(0, 2)) await lab.at(each.netns).stop(-53)
    await lab.at(netns).stop(9000)
  })

  test('a listener that is disabled is not there, one that is enabled again is; the other stays', async () => {
    const other = { port: 84, backends }
    const asks = async (port: number) => {
      const { ending } = await lab.at(clientNetns).connect(front.address, port)
      // Pages greet nobody: an open connection is one that says nothing.
      return ending
    }
    await become(other, { port: 85, backends })
    assert.deepEqual([await asks(84), await asks(85)], ['ok', 'ok'])
    await front.listen({ check: eager, ...other }, { port: 85, check: eager, backends, enabled: false })
    assert.deepEqual([await asks(84), await asks(85)], ['ok', 'refused'])
    await become(other, { port: 85, backends, enabled: true })
    assert.deepEqual([await asks(84), await asks(85)], ['ok', 'ok'])
  })

  test('the backends of a disabled listener are disabled, and active again only when they serve', async () => {
    await become({ port: 86, backends }, { port: 87, backends })
    const { id } = front.balancer
    const [first] = (await lab.client.get('load-balancer', id)).listeners
    assert.ok(first)
    const enable = async (enabled: boolean) => {
      await lab.client.children.patch('load-balancer', id, ['listeners', first.id], { enabled })
      await lab.client.apply('load-balancer', id)
    }
    const states = async () => {
      const { listeners, backendStatus } = await lab.client.get('load-balancer', id)
      return listeners.flatMap(each => each.backends.map(backend => backendStatus[backend.id]?.state)).join(' ')
    }
    await enable(false)
    await until('those of one are disabled', 20_000, async () => (await states()) === 'disabled disabled active active')
    await enable(true)
    await until('all are active', 20_000, async () => (await states()) === 'active active active active')
    assert.equal((await curl(lab, `http://${front.address}:86/`)).status, 200)
  })

  test('what carries anything tells backends of clients as well', async () => {
    const place = lab.at(netns)
    await place.serveProxied(8081, 'proxied')
    const backend = [{ ...north, port: 8081 }]
    await become(
      { port: 8501, protocol: 'tcp', proxyProtocol: 'v1', backends: backend },
      { port: 8502, protocol: 'tcp', proxyProtocol: 'v2', backends: backend },
      { port: 8503, protocol: 'ssl', certificates: [certificate], proxyProtocol: 'v2', backends: backend },
    )
    const told = async (url: string) => (await curl(lab, url, '--http1.1')).page()
    for (const [scheme, port, version] of [
      ['http', 8501, 'v1'],
      ['http', 8502, 'v2'],
      ['https', 8503, 'v2'],
    ]) {
      const { name, source } = await told(`${scheme}://${front.address}:${port}/`)
      assert.deepEqual([name, source], [`proxied by ${version}`, plan.client.address], `at ${port}`)
    }
    await place.stop(8081)
  })

  test('shares follow weights, and the fewest connections a backend that is busy', async () => {
    const tally = async (port: number, count: number) => {
      const pages = await lab.at(clientNetns).pages(`http://${front.address}:${port}/`, count)
      const names = pages.map(page => (typeof page === 'string' ? page : page.name))
      return [names.filter(name => name === 'north-1').length, names.filter(name => name === 'north-2').length]
    }
    await become(
      { port: 8601, backends: [{ ...north, weight: 3 }, north2] },
      { port: 8602, balance: 'leastconn', backends: [north, north2] },
      { port: 8603, backends: [north, { ...north2, backup: true }] },
    )
    assert.deepEqual(await tally(8601, 40), [30, 10])
    assert.deepEqual(await tally(8603, 10), [10, 0])
    // One that never ends keeps whoever serves it busy.
    const busy = lab.at(clientNetns).measure(`http://${front.address}:8602/bytes`, 2500)
    await new Promise(resolve => setTimeout(resolve, 500))
    const names: string[] = []
    for (let i = 0; i < 10; i++) names.push((await curl(lab, `http://${front.address}:8602/`)).page().name)
    assert.equal(new Set(names).size, 1, names.join())
    assert.ok((await busy) > 0)
    await lab.at(netns).setHealth(plan.port, 503)
    await until('the backup serves', 20_000, async () => (await tally(8603, 4))[1] === 4)
    await lab.at(netns).setHealth(plan.port, 200)
  })

  test('checks ask for the host that they are told, by name in TLS as well', async () => {
    await lab.at(netns).serveHttps(8443, 'secret', certificateFor({ names: ['checked.example'] }))
    const becomes = async (state: RegExp, check: Body, backend: Body) => {
      await front.listen({ port: 86, backends: [backend], check: { ...eager, ...check } })
      await until(String(state), 20_000, async () => {
        const { backendStatus } = await lab.client.get('load-balancer', front.balancer.id)
        return Object.values(backendStatus).some(each => state.test(`${each.state}: ${each.reason}`))
      })
    }
    const secret = { ...north, port: 8443 }
    const path = '/for/checked.example'
    await becomes(/^active/, { protocol: 'https', host: 'checked.example', path }, secret)
    await becomes(/^unavailable: HTTP 421/, { protocol: 'https', host: 'other.example', path }, secret)
    await becomes(/^active/, { host: 'checked.example', path }, north!)
    await becomes(/^unavailable: HTTP 421/, { host: '', path }, north!)
    await lab.at(netns).stop(8443)
  })
})
