import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { netnsOf } from '../../src/compile/names.ts'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { curl, newFront, type Front } from './curl.ts'
import { startLab, type Lab } from './lab.ts'
import { assertFlawless, underLoad } from './load.ts'
import { addressOf, allActive, eager, given, newBalancer, newGroup, newMachine, newNetwork, until } from './network.ts'
import type { Place } from './place.ts'

type Body = Readonly<Record<string, unknown>>

const [first, second, third] = worldServers
const tcpCheck = { ...eager, protocol: 'tcp', timeoutS: 2 }
// Patient, as the machine may be busy.
const rises = { rise: 2, fall: 3, intervalS: 2, timeoutS: 2 }

/** Counts at a backend what comes for its services and what goes from them. */
const witnessRules = `table ip witness {
  counter udp-in {}
  counter udp-out {}
  counter tcp-in {}
  counter tcp-out {}
  counter range-in {}
  counter range-out {}
  chain in {
    type filter hook prerouting priority -300;
    udp dport 54 counter name udp-in
    tcp dport 95 counter name tcp-in
    udp dport 7053 counter name range-in
  }
  chain out {
    type filter hook postrouting priority 300;
    udp sport 54 counter name udp-out
    tcp sport 95 counter name tcp-out
    udp sport 7053 counter name range-out
  }
}`

suite('what the kernel carries, with real clients', () => {
  let lab: Lab
  let front: Front
  let client: Place
  let group: string

  before(async () => {
    lab = await startLab()
    front = await newFront(lab, [{ protocol: 'all' }])
    // The gateway's group is another's matter.
    group = await newGroup(lab, { protocol: 'all' })
    await lab.client.patch('load-balancer', front.balancer.id, { securityGroup: group })
    client = lab.at(clientNetns)
    for (const { netns, name } of worldServers) {
      await lab.at(netns).serveUdp(53, name)
      await lab.at(netns).serveTcp(90, name)
    }
  })
  after(() => lab.close())

  async function become(...listeners: readonly Body[]): Promise<void> {
    await front.listen(...listeners)
    await allActive(lab, front.balancer.id)
    const { listeners: known } = await lab.client.get('load-balancer', front.balancer.id)
    for (const { id, backends, via, lastPort } of known) {
      if (via === 'proxy' || lastPort !== null) continue
      const serving = backends.filter(each => each.weight > 0 && each.enabled && !each.backup)
      const least =
        serving.length > 0 ? serving : backends.filter(({ backup, backupTier }) => backup && backupTier === 1)
      await leadsTo(id, least)
    }
  }

  /** Waits until new flows of a listener go to all of these. */
  const leadsTo = (id: string, backends: readonly { readonly address: string | null; readonly port: number }[]) =>
    until(`${id} leads to its backends`, 20_000, async () => {
      const map = await lab.run(inside(), 'nft', 'list', 'map', 'ip', 'causeway', id)
      return backends.every(({ address, port }) => map.includes(`${address} . ${port}`))
    })

  const at = (server: (typeof worldServers)[number] | undefined, port: number, more: Body = {}) => ({
    address: server!.address,
    port,
    ...more,
  })
  const udp = (...backends: readonly Body[]) => ({
    protocol: 'udp',
    port: 5300,
    // Not only by refusals, of which a host sends few while clients ask it as well.
    check: { ...rises, protocol: 'udp', send: 'hello', expect: '203.0.113' },
    backends,
  })
  const tcp = (...backends: readonly Body[]) => ({ protocol: 'tcp', port: 9000, check: tcpCheck, backends })

  const web = (...backends: readonly Body[]) => ({ protocol: 'tcp', port: 9001, check: eager, backends })
  const inside = () => netnsOf(front.balancer.id)
  /** Who answers the flow from a port. */
  const askFrom = async (port: number) =>
    ((await client.askUdp(front.address, 5300, 700, port)) ?? 'nobody').split(' ')[0]!

  /** What Prometheus hears, by resource and meter. */
  async function counted(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    const text = await (await fetch(`${lab.url}/metrics`)).text()
    const found = new Map<string, Record<string, number>>()
    for (const [, name = '', id = '', value] of text.matchAll(/^causeway_(\w+)\{resource="([^"]+)"\} (\S+)$/gm))
      found.getOrInsertComputed(id, () => ({}))[name] = Number(value)
    return found
  }

  /** Who answers so many flows, counted. */
  async function answers(count: number): Promise<Readonly<Record<string, number>>> {
    const names = []
    for (let i = 0; i < count; i++) names.push((await client.askUdp(front.address, 5300)) ?? 'nobody')
    return Object.fromEntries(
      [...Map.groupBy(names, name => name.split(' ')[0]!)].map(([name, list]) => [name, list.length]),
    )
  }

  test('UDP goes to backends elsewhere, by weight, exactly', async () => {
    await become(udp(at(first, 53, { weight: 9 }), at(third, 53)))
    assert.deepEqual(await answers(40), { [first!.name]: 36, [third!.name]: 4 })
  })

  test('TCP goes by the kernel where nothing needs a proxy, and HAProxy only asks for health', async () => {
    await become(tcp(at(first, 90), at(second, 90)), web(at(first, plan.port), at(second, plan.port)))
    const opened = await client.open(front.address, 9000)
    assert.equal(opened.ending, 'ok')
    assert.equal(await client.say(opened.flow), true)
    const names = []
    for (let i = 0; i < 4; i++) names.push((await curl(lab, `http://${front.address}:9001/`)).page().name)
    assert.deepEqual(names.sort(), [first!.name, first!.name, second!.name, second!.name])
    const listening = await lab.run(inside(), 'ss', '-ltnH')
    assert.doesNotMatch(listening, /:900[01]\b/)
  })

  test('by its source a client stays where it is, and only clients of who is lost move', async () => {
    const source = { ...udp(at(first, 53), at(second, 53), at(third, 53)), balance: 'source' }
    await become(source)
    const [home, ...others] = Object.keys(await answers(12))
    assert.deepEqual(others, [])
    const stranger = worldServers.find(({ name }) => name !== home && name !== worldServers[3]!.name)!
    await become({ ...source, backends: source.backends.filter(({ address }) => address !== stranger.address) })
    assert.deepEqual(await answers(6), { [home!]: 6 })
    await become({ ...source, stickiness: { type: 'source' }, balance: 'roundrobin' })
    assert.deepEqual(await answers(6), { [home!]: 6 })
  })

  test('by its source, too, shares follow weights', async () => {
    await become({ ...web(at(first, plan.port, { weight: 9 }), at(second, plan.port)), balance: 'source' })
    const clients = Array.from({ length: 60 }, (_, i) => plan.client.address.replace(/\d+$/, `${100 + i}`))
    const each = (command: string) =>
      lab.run(clientNetns, 'sh', '-c', `for a in ${clients.join(' ')}; do ${command}; done`)
    await each('ip address add $a/32 dev eth0')
    const heard = await each(`curl -s --noproxy '*' --interface $a http://${front.address}:9001/`)
    await each('ip address del $a/32 dev eth0')
    const names = [...heard.matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name)
    assert.equal(names.length, 60)
    // Half of them, did each count the same.
    const heavy = names.filter(name => name === first!.name).length
    assert.ok(heavy > 43 && heavy < 60, `${heavy} of 60`)
  })

  test('backends may be asked by ICMP alone', async () => {
    const backends = [at(first, 53), at(second, 53)]
    await become({ ...udp(...backends), check: { ...rises, protocol: 'icmp', fall: 2 } })
    const deaf = 'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }'
    await lab.run(first!.netns, 'nft', `${deaf}; add rule ip deaf in icmp type echo-request drop`)
    await until('it is out', 25_000, async () => {
      const { backendStatus } = await lab.client.get('load-balancer', front.balancer.id)
      return Object.values(backendStatus).some(({ state }) => state === 'unavailable')
    })
    await until('it gets no more flows', 20_000, async () => (await answers(4))[second!.name] === 4)
    await lab.run(first!.netns, 'nft', 'delete table ip deaf')
    await allActive(lab, front.balancer.id)
  })

  test('a backend that dies gets no more flows, and its flows of UDP move; the others stay', async () => {
    await become(udp(at(first, 53), at(second, 53)))
    const flows = new Map<number, string>()
    for (let port = 20_000; port < 20_008; port++) flows.set(port, await askFrom(port))
    assert.equal(new Set(flows.values()).size, 2)
    await lab.at(first!.netns).stop(-53)
    await until('its flows moved', 25_000, async () => {
      const now = await Promise.all([...flows.keys()].map(askFrom))
      return now.every(name => name === second!.name)
    })
    assert.deepEqual(await answers(4), { [second!.name]: 4 })
    await lab.at(first!.netns).serveUdp(53, first!.name)
    await allActive(lab, front.balancer.id)
    const [listener] = (await lab.client.get('load-balancer', front.balancer.id)).listeners
    await leadsTo(listener!.id, listener!.backends)
    for (const port of flows.keys()) assert.equal(await askFrom(port), second!.name, 'a flow moved without need')
    assert.deepEqual(await answers(8), { [first!.name]: 4, [second!.name]: 4 })
  })

  test('a backend that is taken out loses exactly its flows, and clients hear of it by a reset', async () => {
    for (const away of ['removed', 'disabled', 'replaced']) {
      await become(tcp(at(first, 90), at(second, 90)))
      const opened: Awaited<ReturnType<Place['open']>>[] = []
      for (let i = 0; i < 6; i++) opened.push(await client.open(front.address, 9000))
      const of = (name: string) => opened.filter(({ seenAs }) => seenAs.startsWith(name)).map(({ flow }) => flow)
      assert.deepEqual([of(first!.name).length, of(second!.name).length], [3, 3])
      const { counters } = await lab.settled()
      const rest = { removed: [], disabled: [at(first, 90, { enabled: false })], replaced: [at(third, 90)] }[away] ?? []
      await front.listen(tcp(...rest, at(second, 90)))
      for (const flow of of(second!.name)) assert.equal(await client.say(flow), true, away)
      for (const flow of of(first!.name)) {
        const started = performance.now()
        assert.equal(await client.say(flow, 20_000), false, away)
        assert.ok(performance.now() - started < 15_000, `${away}: it heard nothing`)
      }
      assert.equal((await lab.settled()).counters['flowsCut']! - counters['flowsCut']!, 3, away)
    }
  })

  test('a backend of UDP that is taken out gives up exactly its flows, which go to others', async () => {
    const both = { ...udp(at(first, 53), at(second, 53)), port: 5302 }
    const ask = async (port: number) =>
      ((await client.askUdp(front.address, 5302, 700, port)) ?? 'nobody').split(' ')[0]
    await become(both)
    const ports = Array.from({ length: 6 }, (_, i) => 24_000 + i)
    const was = await Promise.all(ports.map(ask))
    assert.equal(was.filter(name => name === first!.name).length, 3)
    const { counters } = await lab.settled()
    await front.listen({ ...both, backends: [at(second, 53), at(third, 53)] })
    assert.equal((await lab.settled()).counters['flowsCut']! - counters['flowsCut']!, 3)
    await become({ ...both, backends: [at(second, 53), at(third, 53)] })
    const is = await Promise.all(ports.map(ask))
    for (const [i, name] of was.entries()) {
      if (name === second!.name) assert.equal(is[i], name, 'a flow of who stays has moved')
      else assert.notEqual(is[i], name)
    }
  })

  test('flows of a backend that was taken out may stay for a while', async () => {
    const listener = { ...tcp(at(first, 90), at(second, 90)), drainS: 4 }
    await become(listener)
    const { flow, seenAs } = await client.open(front.address, 9000)
    const [gone, kept] = seenAs.startsWith(first!.name) ? [first, second] : [second, first]
    await front.listen({ ...listener, backends: [at(kept, 90)] })
    assert.ok(gone !== kept && (await client.say(flow)))
    await until('its time is over', 20_000, async () => !(await client.say(flow)))
  })

  test('flows of backends that are kept survive whatever is changed around them', async () => {
    await become(tcp(at(first, 90)))
    const { flow } = await client.open(front.address, 9000)
    for (let i = 0; i < 20; i++) {
      const others = [at(second, 90, { weight: i % 5 }), at(third, 90, { backup: i % 2 === 0 })].slice(i % 3)
      const more = i % 4 === 0 ? [web(at(second, plan.port))] : []
      const balance = i % 2 === 0 ? 'roundrobin' : 'source'
      await front.listen(
        { ...tcp(at(first, 90, { weight: i % 7 }), ...others), balance, tunnelTimeoutS: 3600 + i },
        ...more,
      )
      assert.equal(await client.say(flow), true, `after change ${i}`)
    }
  })

  test('what is connected through HAProxy stays when the kernel takes a listener over', async () => {
    await become({ ...tcp(at(first, 90)), via: 'proxy' })
    const { flow } = await client.open(front.address, 9000)
    assert.match(await lab.run(inside(), 'ss', '-ltnH'), /:9000\b/)
    await front.listen({ ...tcp(at(first, 90)), via: 'auto' })
    assert.equal(await client.say(flow), true)
    assert.equal((await client.open(front.address, 9000)).ending, 'ok')
  })

  test('weight 0 takes no new flows and keeps what it has; backups serve by tiers', async () => {
    await become(udp(at(first, 53)))
    assert.equal(await askFrom(21_000), first!.name)
    const tiers = [
      at(first, 53, { weight: 0 }),
      at(second, 53, { backup: true, backupTier: 2 }),
      at(third, 53, { backup: true, backupTier: 1 }),
    ]
    await become(udp(...tiers))
    assert.equal(await askFrom(21_000), first!.name)
    assert.deepEqual(await answers(3), { [third!.name]: 3 })
    await lab.at(third!.netns).stop(-53)
    await until('the next tier serves', 25_000, async () => (await answers(1))[second!.name] === 1)
    await lab.at(third!.netns).serveUdp(53, third!.name)
  })

  test('where no backend is left, clients are refused at once', async () => {
    await front.listen(udp(at(first, 9)), tcp(at(first, 9)))
    for (let round = 0; round < 2; round++) {
      assert.equal(await client.askUdp(front.address, 5300, 10_000, 22_000), 'refused')
      assert.equal((await client.open(front.address, 9000)).ending, 'refused')
    }
    await become(udp(at(first, 53)), tcp(at(first, 90)))
    assert.equal(await askFrom(22_000), first!.name)
  })

  test('a scene ends the connections of a backend that becomes unavailable, and only there', async () => {
    for (const scene of ['default', 'cut-when-down']) {
      await lab.at(first!.netns).serveTcp(94, first!.name)
      await become({ ...tcp(at(first, 94)), scene, check: { ...tcpCheck, fall: 2 } })
      const { flow } = await client.open(front.address, 9000)
      await lab.run(
        first!.netns,
        'nft',
        'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }',
      )
      await lab.run(first!.netns, 'nft', 'add rule ip deaf in tcp dport 94 tcp flags syn / syn,ack drop')
      await until('it is out', 20_000, async () => (await client.connect(front.address, 9000)).ending === 'refused')
      assert.equal(await client.say(flow), scene === 'default', scene)
      await lab.run(first!.netns, 'nft', 'delete table ip deaf')
      await lab.at(first!.netns).stop(94)
    }
  })

  test('the group decides by the port of the listener and the address of the client, before anything is translated', async () => {
    await become(udp(at(first, 53)), tcp(at(first, 90)))
    const { flow } = await client.open(front.address, 9000)
    for (const [rules, udpPasses, tcpPasses] of [
      [[{ protocol: 'udp', ports: '5300' }], true, false],
      [[{ protocol: 'tcp', ports: '9000', peer: `${plan.client.address}/32` }], false, true],
      [[{ protocol: 'all', ports: null, peer: '10.0.0.0/8' }], false, false],
      [
        [
          { protocol: 'tcp', ports: '90' },
          { protocol: 'udp', ports: '53' },
        ],
        false,
        false,
      ],
      [[{ protocol: 'all' }], true, true],
    ] as const) {
      await lab.client.patch('security-group', group, { rules })
      await lab.client.apply('security-group', group)
      await lab.settled()
      const words = JSON.stringify(rules)
      assert.equal((await client.askUdp(front.address, 5300)) !== null, udpPasses, words)
      assert.equal((await client.connect(front.address, 9000)).ending, tcpPasses ? 'ok' : 'timeout', words)
    }
    assert.equal(await client.say(flow), false, 'a flow outlived the rule that let it in')
  })

  test('who speaks in a name that is not its own, or asks for a public address from inside, is not believed', async () => {
    const network = await newNetwork(lab, '10.9.0.0/24')
    const machine = await newMachine(lab, network, { securityGroup: group })
    await machine.place.serveTcp(90, 'inside')
    const balancer = await newBalancer(lab, network, [], {
      securityGroup: group,
      listeners: [{ protocol: 'tcp', port: 9000, check: tcpCheck, backends: [{ address: machine.address, port: 90 }] }],
    })
    const [eip, address] = [await addressOf(lab, balancer.eips[0]), given(balancer.address)]
    await until('it serves who is believed', 20_000, async () => {
      const [within, outside] = [await machine.place.connect(address, 9000), await client.connect(eip, 9000)]
      return within.ending === 'ok' && outside.ending === 'ok'
    })
    /** How many packets each rule has dropped that asks who is believed. */
    const dropped = async () => {
      const chain = await lab.run(netnsOf(balancer.id), 'nft', 'list', 'chain', 'ip', 'causeway', 'admission')
      return [...chain.matchAll(/^\s*(.*) counter packets (\d+) .* drop/gm)].map(([, rule = '', count]) => ({
        rule,
        count,
      }))
    }
    /** By which rules a server's connection is dropped that is made after this; the agent soon undoes that. */
    const droppedBy = async (to: string, from: string, preparing: string) => {
      const earlier = await dropped()
      const ask = `${preparing} && curl -s --noproxy '*' --max-time 1.5 --interface ${from} http://${to}:9000/`
      await assert.rejects(lab.run(machine.place.netns, 'sh', '-c', ask))
      return (await dropped()).flatMap(({ rule, count }, i) => (count === earlier[i]?.count ? [] : rule)).join()
    }
    for (const [from, rule] of [
      ['198.51.100.77', 'iifname "sub0" ip saddr != 10.9.0.0/16'],
      [eip, `iifname != "lo" ip saddr { ${address}, ${eip} }`],
    ] as const) {
      assert.equal(await droppedBy(address, from, `ip address add ${from} dev lo`), rule)
      await lab.run(machine.place.netns, 'sh', '-c', `ip address del ${from} dev lo || true`)
    }
    const away = `ip route add ${eip} via ${address} dev eth0 table 99 && ip rule add pref 5 lookup 99`
    assert.equal(await droppedBy(eip, machine.address, away), `iifname "sub0" ip daddr ${eip}`)
    // The kernel itself asks of no packet any more.
    const settings = await lab.run(
      netnsOf(balancer.id),
      'sysctl',
      '-n',
      'net.ipv4.conf.all.rp_filter',
      'net.ipv4.conf.sub0.rp_filter',
    )
    assert.deepEqual(settings.trim().split('\n'), ['0', '0'])
    // Nor does it ask first whether a packet is for the namespace itself; once nothing is carried here, all is as usual.
    const order = async () => (await lab.run(netnsOf(balancer.id), 'ip', 'rule')).match(/^\d+(?=:.* lookup local)/gm)
    assert.deepEqual(await order(), ['160'])
    const [listener] = balancer.listeners
    await lab.client.children.patch('load-balancer', balancer.id, ['listeners', listener!.id], { via: 'proxy' })
    await lab.client.apply('load-balancer', balancer.id)
    await lab.settled()
    assert.deepEqual(await order(), ['0'])
    await allActive(lab, balancer.id)
    assert.equal((await client.connect(eip, 9000)).ending, 'ok')
    await lab.client.remove('load-balancer', balancer.id)
    await lab.settled()
  })

  test('what is counted of listeners and backends is what backends got and sent, to the byte', async () => {
    // Ports of their own: nobody has flows there, and no backend repeats what it said on one that was cut.
    for (const { netns, name } of [first!, second!]) {
      await lab.at(netns).serveUdp(54, name)
      await lab.at(netns).serveTcp(95, name)
    }
    const [udpBackends, tcpBackends] = [
      [at(first, 54), at(second, 54)],
      [at(first, 95), at(second, 95)],
    ]
    // What checks send is no flow of a client.
    const unchecked = { check: { protocol: 'none' } }
    const [asUdp, asTcp] = [
      { ...udp(...udpBackends), ...unchecked, port: 5301 },
      { ...tcp(...tcpBackends), ...unchecked, port: 9002 },
    ]
    const range = { ...udp(at(third, 7050)), ...unchecked, port: 7000, lastPort: 7009 }
    await lab.at(third!.netns).serveUdp(7053, third!.name)
    await become(asUdp, asTcp, range)
    const witnesses = [first!, second!, third!]
    for (const { netns } of witnesses) await lab.run(netns, 'nft', witnessRules)
    const { listeners } = await lab.client.get('load-balancer', front.balancer.id)
    const parts = listeners.flatMap(({ id, backends }) => [id, ...backends.map(each => each.id)])
    await until('all of them are measured', 25_000, async () => {
      const now = await counted()
      return parts.every(id => now.get(id)?.['connections'] === 0)
    })
    const start = await counted()

    for (let i = 0; i < 6; i++) await client.askUdp(front.address, 5301)
    for (let i = 0; i < 4; i++) assert.equal((await client.askUdp(front.address, 7003))?.split(' ')[0], third!.name)
    const opened: Awaited<ReturnType<Place['open']>>[] = []
    for (let i = 0; i < 5; i++) opened.push(await client.open(front.address, 9002))
    for (let i = 0; i < 10; i++) assert.equal(await client.say(opened[0]!.flow), true)
    await client.hangUp(opened[4]!.flow)

    const told = async (id: string) => {
      const [now, then] = [(await counted()).get(id) ?? {}, start.get(id) ?? {}]
      const of = (name: string) => (now[name] ?? 0) - (then[name] ?? 0)
      const flows = { made: of('new_connections_total'), open: now['connections'] }
      const sent = { bytes: of('bytes_in_total'), packets: of('packets_in_total') }
      return { flows, sent, heard: { bytes: of('bytes_out_total'), packets: of('packets_out_total') } }
    }
    const seen = async (name: string, ...servers: typeof witnesses) => {
      const all = await Promise.all(
        servers.map(({ netns }) => lab.run(netns, 'nft', 'list', 'counter', 'ip', 'witness', name)),
      )
      return all
        .map(text => /packets (\d+) bytes (\d+)/.exec(text)!.slice(1).map(Number) as [number, number])
        .reduce((sum, [packets, bytes]) => ({ bytes: sum.bytes + bytes, packets: sum.packets + packets }), {
          bytes: 0,
          packets: 0,
        })
    }
    const [ofUdp, ofTcp, ofRange] = [5301, 9002, 7000].map(port => listeners.find(each => each.port === port))
    for (const [listener, name, flows] of [
      [ofUdp!, 'udp', { made: 6, open: 6 }],
      [ofTcp!, 'tcp', { made: 5, open: 4 }],
      [ofRange!, 'range', { made: 4, open: 4 }],
    ] as const) {
      const servers = witnesses.filter(({ address }) => listener.backends.some(each => each.address === address))
      const witnessed = async () =>
        [await seen(`${name}-in`, ...servers), await seen(`${name}-out`, ...servers)] as const
      const agree = async () => {
        const [sent, heard] = await witnessed()
        return isDeepStrictEqual(await told(listener.id), { flows, sent, heard })
      }
      // Of a sample that was taken meanwhile it is not known what came before and what after it.
      await until('a sample was taken', 25_000, agree).catch(() => {})
      const [sent, heard] = await witnessed()
      assert.ok(sent.packets > 0 && heard.packets > 0)
      assert.deepEqual(await told(listener.id), { flows, sent, heard }, name)
      const halves = await Promise.all(listener.backends.map(each => told(each.id)))
      assert.equal(
        halves.reduce((sum, each) => sum + each.flows.made, 0),
        flows.made,
      )
      for (const [i, { address }] of listener.backends.entries()) {
        const server = witnesses.find(each => each.address === address)!
        assert.deepEqual(
          [halves[i]!.sent, halves[i]!.heard],
          [await seen(`${name}-in`, server), await seen(`${name}-out`, server)],
        )
      }
    }
    // The console and the API show the same, per second.
    const { meters } = await lab.client.metrics(ofTcp!.id, { range: '1h' })
    const names = meters.map(({ name }) => name)
    for (const name of [
      'connections',
      'connectionsMax',
      'newConnections',
      'bytesIn',
      'bytesOut',
      'packetsIn',
      'availableBackends',
    ] as const)
      assert.ok(names.includes(name), name)
    assert.ok(!names.includes('latency'), 'what only HAProxy measures is not there')

    // Where nobody is left, what comes has failed.
    await front.listen({ ...asTcp, check: tcpCheck, backends: [at(first, 9)] })
    await sleep(1500)
    const failed = async () => (await counted()).get(ofTcp!.id)?.['failed_connections_total'] ?? 0
    const earlier = await failed()
    for (let i = 0; i < 3; i++) assert.equal((await client.open(front.address, 9002)).ending, 'refused')
    await until('they are counted', 25_000, async () => (await failed()) - earlier === 3)
  })

  test('an agent that is killed and begins again changes nothing, and no request is lost', async () => {
    await become(web(at(first, plan.port), at(second, plan.port)), udp(at(first, 53), at(second, 53)))
    const held = await askFrom(23_000)
    const rounds = async () => (await lab.client.status()).agents[0]?.counters['rounds'] ?? 0
    const earlier = await rounds()
    const load = await underLoad(lab, `http://${front.address}:9001/`, 10, async () => {
      await lab.killAgent()
      await lab.startAgent()
      await until('another agent tells', 20_000, async () => (await rounds()) < earlier)
      await sleep(2000)
    })
    const { counters } = await lab.settled()
    assert.deepEqual([counters['steps'], counters['flowsCut']], [0, 0])
    assertFlawless(load)
    assert.equal(await askFrom(23_000), held)
  })

  test('with many backends a change moves the slots that it must, and an agent that begins again knows them', async () => {
    const backends = Array.from({ length: 300 }, (_, i) => at(first, 20_000 + i))
    await become({ ...udp(...backends), check: { protocol: 'none' } })
    const { listeners } = await lab.client.get('load-balancer', front.balancer.id)
    const { id, backends: all } = listeners.find(({ protocol }) => protocol === 'udp')!
    /** Where slots lead. */
    const slots = async () => {
      const map = await lab.run(inside(), 'nft', 'list', 'map', 'ip', 'causeway', id)
      return new Map([...map.matchAll(/(0x[0-9a-f]+) : ([0-9.]+ \. [0-9]+)/g)].map(([, slot = '', to]) => [slot, to]))
    }
    const moved = (from: ReadonlyMap<string, string | undefined>, to: typeof from) =>
      [...to].filter(([slot, place]) => from.get(slot) !== place).length
    const light = await slots()
    assert.equal(light.size, 900)
    await lab.client.children.patch('load-balancer', front.balancer.id, ['listeners', id, 'backends', all[7]!.id], {
      weight: 2,
    })
    await lab.client.apply('load-balancer', front.balancer.id)
    await lab.settled()
    const heavy = await slots()
    assert.deepEqual([heavy.size, moved(light, heavy)], [903, 3])
    assert.equal([...heavy.values()].filter(place => place!.endsWith(' 20007')).length, 6)
    await front.listen({ ...udp(...backends.slice(1)), check: { protocol: 'none' } })
    const fewer = await slots()
    assert.equal(fewer.size, 897)
    assert.ok(moved(heavy, fewer) <= 9, `${moved(heavy, fewer)} slots moved`)
    const rounds = async () => (await lab.client.status()).agents[0]?.counters['rounds'] ?? 0
    const earlier = await rounds()
    await lab.killAgent()
    await lab.startAgent()
    await until('another agent tells', 20_000, async () => (await rounds()) < earlier)
    const { counters } = await lab.settled()
    assert.equal(counters['steps'], 0)
    assert.deepEqual(await slots(), fewer)
  })

  test('what somebody does to the maps is healed', async () => {
    await become(web(at(first, plan.port), at(second, plan.port)))
    const [listener] = (await lab.client.get('load-balancer', front.balancer.id)).listeners
    const table = async () =>
      (await lab.run(inside(), 'nft', 'list', 'map', 'ip', 'causeway', listener!.id)).match(/ : /g)
    const whole = (await table())!.length
    await lab.run(inside(), 'nft', 'flush', 'map', 'ip', 'causeway', listener!.id)
    await until('it is whole again', 20_000, async () => ((await table()) ?? []).length === whole)
    assert.equal((await curl(lab, `http://${front.address}:9001/`)).status, 200)
  })
})
