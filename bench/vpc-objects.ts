import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { close, open } from '../src/dataplane/libc.ts'
import { linuxHost } from '../src/dataplane/linux-host.ts'
import { NetlinkSocket, protocol } from '../src/dataplane/netlink.ts'
import { createNetns, enter } from '../src/dataplane/netns.ts'
import { runNft } from '../src/dataplane/nft.ts'
import * as rt from '../src/dataplane/rtnetlink.ts'
import { putRule } from '../src/dataplane/rtnetlink-rule.ts'
import { diff } from '../src/host/diff.ts'
import { stateOf, type HostState, type Item } from '../src/host/item.ts'
import { rulesetText } from '../src/host/ruleset-text.ts'
import { guard, item } from '../test/dataplane/host-items.ts'
import { judged, median, type Table } from './table.ts'

const edge = 'cw-edge'
const sysctls = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/all/rp_filter': '1',
  'ipv4/conf/all/arp_ignore': '1',
  'ipv4/conf/all/arp_announce': '2',
}
const ruleset = guard(['10.0.0.0/24', '192.0.2.7'], 10)

function vpc(id: string): Item[] {
  const netns = `cw-rtr-${id}`
  return [
    item.netns(netns, sysctls),
    item.ruleset(netns, ruleset),
    item.bridge(netns, 'br-1'),
    item.veth(netns, 'pub0', edge, `u${id}`),
    item.veth(netns, 'l-1', edge, `l${id}`, 'br-1'),
    item.address(netns, 'br-1', '10.0.0.1', 24),
    item.address(netns, 'pub0', '169.254.0.2', 32),
    item.address(edge, `u${id}`, '169.254.0.1', 32),
    item.route(netns, 100, '0.0.0.0/0', 'pub0', '169.254.0.1'),
    item.route(netns, 254, '10.9.0.0/16', null),
    item.rule(netns, 100, 'all', 254),
    item.rule(netns, 400, '10.0.0.0/24', 100),
  ]
}

/** The same by hand, with nothing checked and nothing remembered. */
async function byHand(id: string, edgeFd: number, edgeSocket: NetlinkSocket, next: number): Promise<void> {
  const netns = `cw-rtr-${id}`
  const socket = createNetns(netns, () => {
    for (const [name, value] of Object.entries(sysctls)) writeFileSync(`/proc/sys/net/${name}`, value)
    return new NetlinkSocket(protocol.route)
  })
  const fd = open(`/run/netns/${netns}`)
  await runNft(fd, rulesetText(ruleset))
  const mac = (n: number) =>
    `02:00:00:${[next >> 8, next & 255, n].map(byte => byte.toString(16).padStart(2, '0')).join(':')}`
  socket.exchange([
    rt.setLink(1, {}),
    rt.newBridge({ index: 2, name: 'br-1', mac: mac(1), mtu: 1500 }),
    rt.newVeth(
      { index: 3, name: 'pub0', mac: mac(2), mtu: 1450 },
      { index: next, name: `u${id}`, mac: mac(3), mtu: 1450, netns: edgeFd },
    ),
    rt.newVeth(
      { index: 4, name: 'l-1', mac: mac(4), mtu: 1450, master: 2 },
      { index: next + 1, name: `l${id}`, mac: mac(5), mtu: 1450, netns: edgeFd },
    ),
    rt.newAddress(2, '10.0.0.1', 24),
    rt.newAddress(3, '169.254.0.2', 32),
    rt.newRoute({ table: 100, destination: '0.0.0.0/0', type: 1, index: 3, via: '169.254.0.1' }),
    rt.newRoute({ table: 254, destination: '10.9.0.0/16', type: 7, index: 0, via: null }),
    ...putRule({ priority: 100, from: 'all', table: 254 }),
    ...putRule({ priority: 400, from: '10.0.0.0/24', table: 100 }),
  ])
  edgeSocket.exchange([rt.setLink(next, {}), rt.setLink(next + 1, {}), rt.newAddress(next, '169.254.0.1', 32)])
  socket.close()
  close(fd)
}

function byProcesses(id: string): void {
  const netns = `cw-rtr-${id}`
  const ip = (input: string, ...words: string[]) => execFileSync('ip', [...words, '-batch', '-'], { input })
  ip(`netns add ${netns}\n`)
  execFileSync('ip', ['netns', 'exec', netns, 'nft', '-f', '-'], { input: rulesetText(ruleset) })
  ip(
    [
      'link set lo up',
      'link add br-1 type bridge',
      'link set br-1 up',
      `link add pub0 mtu 1450 type veth peer name u${id} mtu 1450 netns ${edge}`,
      `link add l-1 mtu 1450 type veth peer name l${id} mtu 1450 netns ${edge}`,
      'link set l-1 master br-1 up',
      'link set pub0 up',
      'addr add 10.0.0.1/24 dev br-1',
      'addr add 169.254.0.2/32 dev pub0',
      'route add default via 169.254.0.1 dev pub0 onlink table 100',
      'route add unreachable 10.9.0.0/16',
      'rule add pref 100 from all lookup main',
      'rule add pref 400 from 10.0.0.0/24 lookup 100\n',
    ].join('\n'),
    '-n',
    netns,
  )
  ip(`link set u${id} up\nlink set l${id} up\naddr add 169.254.0.1/32 dev u${id}\n`, '-n', edge)
  execFileSync('ip', [
    'netns',
    'exec',
    netns,
    'sysctl',
    '-qw',
    ...Object.entries(sysctls).map(([name, value]) => `net.${name.replaceAll('/', '.')}=${value}`),
  ])
}

async function timed(run: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

const rounds = 40

/**
 * The kernel objects of a VPC (namespace, two veth pairs, bridge, addresses, routes, rules, ruleset), made three ways in turns:
 * by the host, by the least netlink that does it, and by `ip -batch` and `nft -f`.
 */
export async function measureObjects(): Promise<readonly Table[]> {
  const host = linuxHost({ prefix: 'cw-' })
  const wanted: HostState = stateOf([item.netns(edge), item.ruleset(edge, guard())])
  await host.apply(diff(new Map(), wanted))
  const edgeFd = open(`/run/netns/${edge}`)
  const edgeSocket = enter(edgeFd, () => new NetlinkSocket(protocol.route))
  const times = { host: [] as number[], hand: [] as number[], processes: [] as number[] }
  for (let i = 0; i < rounds; i++) {
    times.hand.push(await timed(() => byHand(`h${i}`, edgeFd, edgeSocket, 100_000 + 2 * i)))
    times.processes.push(await timed(() => byProcesses(`p${i}`)))
    times.host.push(await timed(() => host.apply(diff(new Map(), stateOf(vpc(`n${i}`))))))
  }
  await host.close()
  const [own, hand, processes] = [median(times.host), median(times.hand), median(times.processes)]
  return [
    {
      mark: 'objects',
      head: ['kernel objects of one VPC', `ms, median of ${rounds}`, 'ratio'],
      rows: [
        ['Causeway', own.toFixed(2), '1'],
        ['the least netlink that does it, Causeway / this', hand.toFixed(2), judged(own / hand, 1.5, 'less')],
        ['`ip -batch` and `nft -f`, this / Causeway', processes.toFixed(2), judged(processes / own, 3, 'more')],
      ],
    },
  ]
}
