import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { allActive, eager, until } from './network.ts'

const [north, north2] = worldServers.map(({ address }) => ({ address, port: plan.port }))
const backends = [north!, north2!]

suite('listeners, with real clients', () => {
  let lab: Lab
  let front: Front
  let url: string

  before(async () => {
    lab = await startLab()
    front = await newFront(lab)
    url = `https://${front.address}/`
  })
  after(() => lab.close())

  async function become(...listeners: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    await front.listen(...listeners.map(each => ({ check: eager, ...each })))
    await allActive(lab, front.balancer.id)
  }

  const upload = async (...names: string[]) =>
    (await lab.client.create('certificate', { name: names[0] ?? '', ...certificateFor({ names }) })).id

  /** The name in the certificate that a client gets who asks for a name. */
  async function shown(name: string, ...options: string[]): Promise<string> {
    const hello = ['openssl', 's_client', '-connect', `${front.address}:443`, '-servername', name, ...options]
    const said = await lab.run(clientNetns, 'sh', '-c', `${hello.join(' ')} </dev/null 2>&1 || true`)
    return /^ *0 s:CN *= *(\S+)/m.exec(said)?.[1] ?? (/alert|error/i.test(said) ? 'refused' : 'nothing')
  }

  test('HTTPS ends here: each name gets its certificate, and unknown ones the first', async () => {
    const certificates = [await upload('shop.example'), await upload('*.cats.example', 'cats.example')]
    await become({ protocol: 'https', port: 443, certificates, backends, headers: ['x-forwarded-proto'] })
    assert.equal(await shown('shop.example'), 'shop.example')
    assert.equal(await shown('tom.cats.example'), '*.cats.example')
    assert.equal(await shown('dogs.example'), 'shop.example')
    const { page, version } = await curl(lab, url)
    assert.equal(version, '2')
    assert.deepEqual(
      [page().headers['x-forwarded-proto'], page().headers['x-forwarded-for']],
      ['https', plan.client.address],
    )
    assert.equal((await curl(lab, url, '--http1.1')).version, '1.1')
  })

  test('a renewed certificate is shown without a reload, and no request fails', async () => {
    const [certificate] = (await lab.client.list('certificate', { search: 'shop.example' })).items
    const earlier = (await lab.settled()).counters
    const load = await underLoad(lab, url, 4, async () => {
      for (const name of ['first.example', 'second.example']) {
        await lab.client.patch('certificate', certificate!.id, certificateFor({ names: [name] }))
        await lab.settled()
        assert.equal(await shown('anything.example'), name)
      }
    })
    assertFlawless(load)
    const { counters } = await lab.settled()
    assert.equal(counters['reloads'], earlier['reloads'])
    await lab.killAgent()
    await lab.startAgent()
    await lab.settled()
    assert.equal(await shown('anything.example'), 'second.example')
  })

  test('old versions and weak ciphers are spoken only where that is asked for', async () => {
    const certificates = [await upload('shop.example')]
    const listener = { protocol: 'https', port: 443, certificates, backends }
    const speaks = async (...options: string[]) => (await shown('shop.example', ...options)) === 'shop.example'
    const old = ['-tls1', '-cipher', 'ALL:@SECLEVEL=0']
    const static12 = ['-tls1_2', '-cipher', 'AES128-SHA']
    await become({ ...listener, options: ['strong-ciphers'] })
    assert.deepEqual([await speaks(), await speaks('-tls1_2'), await speaks(...old)], [true, true, false])
    await become({ ...listener, tls: { minVersion: '1.3' } })
    assert.deepEqual([await speaks(), await speaks('-tls1_2')], [true, false])
    await become({ ...listener, tls: { minVersion: '1.0' }, options: ['compatible-ciphers'] })
    assert.deepEqual([await speaks(...old), await speaks()], [true, true])
    assert.equal(await speaks(...static12), false, 'an EC certificate cannot do that')
  })

  test('SSL ends here too, for whatever is inside', async () => {
    const certificates = [await upload('shop.example')]
    await become({ protocol: 'ssl', port: 443, certificates, backends, check: { ...eager, protocol: 'tcp' } })
    const { page } = await curl(lab, url, '--http1.1')
    assert.equal(page().forwardedFor, '')
    assert.match(page().name, /^north-/)
  })

  test('HTTP leads to HTTPS, with the status and the port that were asked for', async () => {
    const redirect = { port: 80, options: ['redirect-to-https'] }
    const place = `http://${front.address}:80`
    const to = async (host: string) => {
      const { status, headers } = await curl(lab, `${place}/a/b?c=%20d`, '-H', `Host: ${host}`)
      return [status, headers.get('location')]
    }
    await become(redirect)
    assert.deepEqual(await to('shop.example'), [302, 'https://shop.example/a/b?c=%20d'])
    assert.deepEqual(await to('shop.example:80'), [302, 'https://shop.example/a/b?c=%20d'])
    assert.equal((await curl(lab, place, '--http1.0', '-H', 'Host:')).status, 400, 'nobody knows where to')
    await become({ ...redirect, redirectStatus: 308, redirectPort: 8443 })
    assert.deepEqual(await to('shop.example'), [308, 'https://shop.example:8443/a/b?c=%20d'])
  })

  test('backends hear by which way a request came, and nothing that was made up', async () => {
    const headers = ['x-forwarded-proto', 'x-forwarded-port', 'qc-lbid', 'qc-lbip']
    await become({ port: 8080, backends, headers, options: ['drop-proxy-header'] })
    const lies = ['Proxy: http://evil.example/', 'QC-LBID: lb-other', 'X-Forwarded-Proto: https']
    const { page } = await curl(lab, `http://${front.address}:8080/`, ...lies.flatMap(lie => ['-H', lie]))
    const of = (name: string) => page().headers[name]
    assert.deepEqual(
      ['proxy', 'qc-lbid', 'qc-lbip', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for'].map(of),
      [undefined, front.balancer.id, front.address, 'http', '8080', plan.client.address],
    )
    await become({ port: 8080, backends, forwardedFor: false })
    const plain = (await curl(lab, `http://${front.address}:8080/`, '-H', 'Proxy: x')).page()
    assert.deepEqual([plain.forwardedFor, plain.headers['proxy'], plain.headers['qc-lbid']], ['', 'x', undefined])
  })

  test('a header that is too long is refused, and one that is not passes', async () => {
    const ask = async (kilobytes: number) =>
      (await curl(lab, `http://${front.address}/`, '-H', `X-Long: ${'x'.repeat(kilobytes * 1024)}`)).status
    await become({ port: 80, backends })
    assert.deepEqual([await ask(13), await ask(16)], [200, 431])
    await lab.client.patch('load-balancer', front.balancer.id, { headerSizeKb: 4 })
    await become({ port: 80, backends })
    assert.deepEqual([await ask(3), await ask(5)], [200, 431])
    await lab.client.patch('load-balancer', front.balancer.id, { headerSizeKb: 127 })
    await become({ port: 80, backends })
    assert.deepEqual([await ask(126), await ask(127)], [200, 431])
    await lab.client.patch('load-balancer', front.balancer.id, { headerSizeKb: 15 })
  })

  test('text is compressed where that is asked for, for clients that can read it', async () => {
    await become({ port: 80, backends, options: ['compress'] })
    const ask = (...options: string[]) => curl(lab, `http://${front.address}/`, ...options)
    assert.equal((await ask()).headers.get('content-encoding'), undefined)
    const { headers } = await ask('-H', 'Accept-Encoding: gzip', '-o', '/dev/null', '-D', '-')
    assert.equal(headers.get('content-encoding'), 'gzip')
    const packed = await lab.run(
      clientNetns,
      'sh',
      '-c',
      `curl -s --noproxy '*' -H 'Accept-Encoding: gzip' http://${front.address}/ | base64 -w0`,
    )
    assert.match(gunzipSync(Buffer.from(packed, 'base64')).toString(), /"name":"north-/)
    const packs = async (type: string) => {
      const heard = await curl(
        lab,
        `http://${front.address}/as/${type}`,
        '-H',
        'Accept-Encoding: gzip',
        '-o',
        '/dev/null',
        '-D',
        '-',
      )
      return heard.headers.get('content-encoding') === 'gzip'
    }
    const texts = [
      'text/html',
      'text/css',
      'text/javascript',
      'application/javascript',
      'image/svg+xml',
      'text/plain;charset=utf-8',
    ]
    for (const type of texts) assert.equal(await packs(type), true, type)
    // What is packed already only costs time.
    for (const type of ['image/png', 'application/zip', 'video/mp4']) assert.equal(await packs(type), false, type)
  })

  test('addresses that break the rules of URLs pass only where that is asked for', async () => {
    const ask = async () => (await curl(lab, `http://${front.address}/`, '--request-target', '/caf\u00e9')).body
    await become({ port: 80, backends })
    assert.match(await ask(), /Your browser sent an invalid request/)
    await become({ port: 80, backends, options: ['any-url'] })
    // What refuses it now is the backend, in other words.
    assert.doesNotMatch(await ask(), /Your browser/)
  })

  test('WebSockets pass, over TLS as well, and outlive the time-out of what is silent', async () => {
    const certificates = [await upload('shop.example')]
    await become(
      { port: 80, backends, timeoutS: 10, tunnelTimeoutS: 60 },
      { protocol: 'https', port: 443, certificates, backends },
    )
    const talk = (scheme: string, silenceMs: number) => `
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
      const socket = new WebSocket('${scheme}://${front.address}/')
      const heard = []
      socket.onmessage = ({ data }) => {
        heard.push(data)
        if (heard.length === 1) setTimeout(() => socket.send('hello'), ${silenceMs})
        else { console.log(heard.join(' ')); process.exit() }
      }
      socket.onclose = () => { console.log('closed', heard.join(' ')); process.exit() }
    `
    const say = (scheme: string, silenceMs = 0) =>
      lab.run(clientNetns, process.execPath, '--no-warnings', '-e', talk(scheme, silenceMs))
    const [plain, secret] = await Promise.all([say('ws', 11_000), say('wss')])
    assert.match(plain, /^north-\d hello\n$/)
    assert.match(secret, /^north-\d hello\n$/)
  })

  test('backends are told by the PROXY protocol who asks, and balancers before us may tell it', async () => {
    const place = lab.at(worldServers[0]!.netns)
    await place.serveProxied(8081, 'proxied')
    const listener = { port: 80, backends: [{ ...north, port: 8081 }] }
    for (const proxyProtocol of ['v1', 'v2']) {
      await become({ ...listener, proxyProtocol })
      const { name, source } = (await curl(lab, `http://${front.address}/`)).page()
      assert.deepEqual([name, source], [`proxied by ${proxyProtocol}`, plan.client.address])
    }
    await become({ ...listener, acceptProxy: true, proxyProtocol: 'v2' })
    const told = await lab.run(clientNetns, process.execPath, '-e', tellBefore(front.address, '198.18.7.7'))
    assert.match(told, /"source":"198.18.7.7"/)
    await assert.rejects(curl(lab, `http://${front.address}/`), /Empty reply|reset/i)
    await place.stop(8081)
  })

  test('a range of ports leads to a range of ports, moved along', async () => {
    const { netns, address } = worldServers[0]!
    for (const port of [9100, 9101, 9102]) await lab.at(netns).serveHttp(port, `at ${port}`)
    const served = async (first: number) => {
      const at = async (port: number) => (await curl(lab, `http://${front.address}:${port}/`)).page().name
      return [await at(first), await at(first + 1), await at(first + 2)]
    }
    const names = ['at 9100', 'at 9101', 'at 9102']
    for (const [first, via] of [
      [8100, 'proxy'],
      [9200, 'proxy'],
      [9300, 'kernel'],
    ] as const) {
      const listener = { port: first, lastPort: first + 2, protocol: 'tcp', via, check: eager }
      await become({ ...listener, backends: [] })
      const earlier = (await lab.settled()).counters
      await become({ ...listener, backends: [{ address, port: 9100 }] })
      assert.deepEqual(await served(first), names)
      assert.equal((await lab.settled()).counters['reloads'], earlier['reloads'])
      await become({ ...listener, timeoutS: 60, backends: [{ address, port: 9100 }] })
      assert.deepEqual(await served(first), names)
    }
    for (const port of [9100, 9101, 9102]) await lab.at(netns).stop(port)
  })

  test('TCP is refused where no backend is left, if that is asked for', async () => {
    const nobody = { address: worldServers[0]!.address, port: 9 }
    const check = { ...eager, protocol: 'tcp' }
    const options = ['refuse-when-down']
    const ssl = { protocol: 'ssl', check, certificates: [await upload('shop.example')] }
    await front.listen(
      { port: 443, ...ssl, backends: [nobody], options },
      { port: 444, ...ssl, backends: [nobody] },
      { port: 81, protocol: 'tcp', via: 'proxy', check, backends: [nobody], options },
    )
    /** How far a client comes who says hello. */
    const greeted = async (port: number) => {
      const hello = `openssl s_client -connect ${front.address}:${port} </dev/null 2>&1 || true`
      return /^subject=/m.test(await lab.run(clientNetns, 'sh', '-c', hello))
    }
    assert.deepEqual([await greeted(443), await greeted(444)], [false, true], 'before anything is said')
    assert.equal((await lab.at(clientNetns).connect(front.address, 81)).seenAs, '')
    await become(
      { port: 443, ...ssl, backends, options },
      { port: 81, protocol: 'tcp', via: 'proxy', check, backends, options },
    )
    assert.equal(await greeted(443), true)
    assert.equal((await curl(lab, `http://${front.address}:81/`)).status, 200)
  })

  test('a scene keeps a client on its connection to a backend', async () => {
    const plain = `http://${front.address}/`
    const servedBy = async () => {
      const pages = await lab.run(clientNetns, 'curl', '-s', '--noproxy', '*', plain, plain, plain)
      return new Set([...pages.matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name)).size
    }
    await become({ port: 80, backends })
    assert.equal(await servedBy(), 2)
    await become({ port: 80, backends, scene: 'keep-alive' })
    assert.equal(await servedBy(), 1)
  })

  test("and such a connection is nobody else's", async () => {
    /** How many connections to backends served more than one of ten clients, who ask by turns. */
    const shared = async () => {
      const heard = await lab.run(clientNetns, process.execPath, '-e', byTurns(front.address))
      const clients = JSON.parse(heard) as readonly (readonly string[])[]
      const users = Map.groupBy(
        clients.flatMap(own => [...new Set(own)]),
        each => each,
      )
      return [...users.values()].filter(list => list.length > 1).length
    }
    await become({ port: 80, backends: [north!] })
    assert.ok((await shared()) > 0)
    await become({ port: 80, backends: [north!], scene: 'keep-alive' })
    assert.equal(await shared(), 0)
  })

  test('a scene ends what a backend has when it becomes unavailable, and only that', async () => {
    const { netns, address } = worldServers[0]!
    await lab.at(netns).serveTcp(8082)
    const listener = { port: 82, protocol: 'tcp', via: 'proxy', check: { ...eager, protocol: 'tcp' } }
    const deaf = async (run: () => Promise<void>) => {
      await lab.run(netns, 'nft', 'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }')
      await lab.run(netns, 'nft', 'add rule ip deaf in tcp dport 8082 tcp flags syn / syn,ack drop')
      await until('it is out', 20_000, async () => {
        const { backendStatus } = await lab.client.get('load-balancer', front.balancer.id)
        return Object.values(backendStatus).some(({ state }) => state === 'unavailable')
      })
      await run()
      await lab.run(netns, 'nft', 'delete table ip deaf')
    }
    for (const scene of ['default', 'cut-when-down']) {
      await become({ ...listener, scene, backends: [{ address, port: 8082 }] })
      const client = lab.at(clientNetns)
      const { flow } = await client.open(front.address, 82)
      assert.equal(await client.say(flow), true)
      await deaf(async () => assert.equal(await client.say(flow, 10_000), scene === 'default', scene))
    }
    await lab.at(netns).stop(8082)
  })

  test('checks that are switched on begin with who serves: nothing is refused until they know better', async () => {
    const listener = { port: 80, backends }
    await become({ ...listener, check: { protocol: 'none' } })
    const began = lab.turns.length
    const load = await underLoad(lab, `http://${front.address}/`, 4, () =>
      become({ ...listener, check: { ...eager, rise: 8 } }),
    )
    assertFlawless(load)
    assert.deepEqual(lab.turns.slice(began), [])
  })

  test('health is asked over HTTPS, by text and by status', async () => {
    const becomes = async (state: RegExp, check: object, backend: object = north!, more: object = {}) => {
      await front.listen({ port: 80, backends: [backend], check: { ...eager, ...check }, ...more })
      await until(String(state), 20_000, async () => {
        const { backendStatus } = await lab.client.get('load-balancer', front.balancer.id)
        return Object.values(backendStatus).some(each => state.test(`${each.state}: ${each.reason}`))
      })
    }
    await becomes(/^active/, { expect: 'ok', accept: '200,204' })
    await becomes(/^unavailable: the answer does not hold/, { expect: 'fine' })
    await becomes(/^active/, { expect: '' })
    await becomes(/^unavailable: HTTP 200$/, { accept: '204' })
    await becomes(/^active/, { path: '/moved' })
    await becomes(/^unavailable: HTTP 302$/, { path: '/moved' }, north, { protocol: 'tcp', via: 'proxy' })
    await becomes(/^unavailable: .*TLS/, { protocol: 'https' })
    await lab.at(worldServers[0]!.netns).serveHttps(8443, 'secret', certificateFor({ names: ['checked.example'] }))
    const secret = { ...north, port: 8443 }
    await becomes(/^active/, { protocol: 'https', host: 'checked.example' }, secret)
    await becomes(/^unavailable: .*not HTTP/, { protocol: 'http' }, secret)
  })
})

/** A program that asks for a page like a balancer that speaks for somebody. */
function tellBefore(address: string, client: string): string {
  return `
    const socket = require('node:net').connect(80, '${address}')
    socket.on('data', data => { console.log(String(data)); socket.destroy() })
    socket.write('PROXY TCP4 ${client} ${address} 4000 80\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')
  `
}

/** A program: clients that each keep a connection and ask five times, all by turns; told by which connection each was served. */
function byTurns(address: string): string {
  return `
    const http = require('node:http')
    const ask = agent => new Promise((resolve, reject) => {
      http.get({ host: '${address}', agent, headers: { 'x-echo': 'yes' } }, answer => {
        let text = ''
        answer.on('data', part => (text += part)).on('end', () => resolve(JSON.parse(text)))
      }).on('error', reject)
    })
    const clients = Array.from({ length: 10 }, () => ({ agent: new http.Agent({ keepAlive: true, maxSockets: 1 }), by: [] }))
    async function run() {
      for (let i = 0; i < 5; i++) for (const { agent, by } of clients) by.push(String((await ask(agent)).port))
      console.log(JSON.stringify(clients.map(({ by }) => by)))
      process.exit()
    }
    run()`
}
