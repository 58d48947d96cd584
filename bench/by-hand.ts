import { readFileSync, writeFileSync } from 'node:fs'
import { proxyArguments } from '../src/dataplane/proxy-process.ts'
import { internet } from '../src/demo/world.ts'
import { end, run, startIn } from './processes.ts'

/** Where clients of the balancers that are built by hand go. */
export const byHand = { ours: 'http://198.18.0.10:80', plain: 'http://198.18.0.10:81' } as const

const [edge, vpc, nat, lb] = ['hand-edge', 'hand-vpc', 'hand-nat', 'hand-lb']

/** Where the public addresses are held to 1,000 Mbit/s, each way. */
export const limits = [
  { netns: edge, dev: 'lb', match: 'dst', address: '198.18.0.10' },
  { netns: lb, dev: 'pub0', match: 'src', address: '198.18.0.10' },
  { netns: edge, dev: 'nat', match: 'dst', address: '198.18.0.20' },
  { netns: nat, dev: 'pub0', match: 'src', address: '198.18.0.20' },
] as const

/** Sets what is below `net` in a namespace, e.g. `ipv4.ip_forward=1`. */
export const sysctls = (netns: string, ...settings: readonly string[]) =>
  run(['ip', 'netns', 'exec', netns, 'sysctl', '-qw', ...settings.map(setting => `net.${setting}`)])

/** What every namespace has. */
export const strict = ['ipv4.conf.all.rp_filter=1', 'ipv4.conf.all.arp_ignore=1', 'ipv4.conf.all.arp_announce=2']

/** Lines for `ip`, in a namespace. */
export const batch = (netns: string | null, lines: readonly string[]) =>
  run(['ip', ...(netns === null ? [] : ['-n', netns]), '-batch', '-'], `${lines.join('\n')}\n`)

/**
 * Topology A as an administrator would type it: edge, router, NAT gateway and balancer with the least rules that do it, and in
 * the balancer's namespace two HAProxy processes, one with the settings that Causeway uses, one with default buffers.
 */
export async function buildByHand(config: string, backend: string): Promise<() => Promise<void>> {
  for (const netns of [edge, vpc, nat, lb]) run(['ip', 'netns', 'add', netns])
  for (const netns of [edge, vpc, nat]) sysctls(netns, 'ipv4.ip_forward=1', ...strict)
  sysctls(edge, 'ipv4.conf.all.proxy_arp=1')
  sysctls(lb, ...strict)
  if (allowed().includes('cubic')) sysctls(lb, 'ipv4.tcp_congestion_control=cubic')
  batch(null, [
    `link add hand0 type veth peer name edge1 netns ${internet}`,
    'link set hand0 up',
    `link add link hand0 name uplink netns ${edge} type macvlan mode bridge`,
    `link add pub0 netns ${lb} type veth peer name lb netns ${edge}`,
    `link add pub0 netns ${nat} type veth peer name nat netns ${edge}`,
    `link add vpc0 netns ${nat} type veth peer name nat0 netns ${vpc}`,
    `link add sub0 netns ${lb} type veth peer name lb0 netns ${vpc}`,
  ])
  batch(internet, ['link set edge1 up', 'address add 198.18.0.1/24 dev edge1'])
  batch(edge, [
    ...['uplink', 'lb', 'nat'].map(name => `link set ${name} up`),
    'address add 198.18.0.2/24 dev uplink',
    'address add 169.254.0.1/32 dev lb',
    'address add 169.254.0.1/32 dev nat',
    'route add default via 198.18.0.1',
    'route add 198.18.0.10/32 dev lb',
    'route add 198.18.0.20/32 dev nat',
  ])
  batch(nat, [
    'link set pub0 up',
    'link set vpc0 up',
    'address add 198.18.0.20/32 dev pub0',
    'address add 169.254.9.1/30 dev vpc0',
    'route add default via 169.254.0.1 dev pub0 onlink',
    'route add 10.9.0.0/24 via 169.254.9.2',
  ])
  batch(vpc, [
    'link add br0 type bridge',
    'link set br0 up',
    'link set lb0 master br0 up',
    'link set nat0 up',
    'address add 10.9.0.1/24 dev br0',
    'address add 169.254.9.2/30 dev nat0',
    'route add default via 169.254.9.1',
  ])
  sysctls(vpc, 'bridge.bridge-nf-call-iptables=0')
  batch(lb, [
    'link set lo up',
    'link set pub0 up',
    'link set sub0 up',
    'address add 198.18.0.10/32 dev pub0',
    'address add 10.9.0.10/24 dev sub0',
    'route add default via 10.9.0.1',
    'route add default via 169.254.0.1 dev pub0 onlink table 100',
    'rule add from 198.18.0.10 lookup 100',
  ])
  for (const { netns, dev, match, address } of limits) {
    const tc = (text: string) => run(['ip', 'netns', 'exec', netns, 'tc', ...text.split(' ')])
    tc(`qdisc add dev ${dev} root handle 1: htb`)
    tc(`class add dev ${dev} parent 1: classid 1:1 htb rate 1000mbit`)
    tc(`filter add dev ${dev} parent 1: protocol ip u32 match ip ${match} ${address}/32 flowid 1:1`)
  }
  run(['ip', 'netns', 'exec', nat, 'nft', '-f', '-'], natRules)
  run(['ip', 'netns', 'exec', lb, 'nft', '-f', '-'], lbRules)
  const processes = [configLike(config, backend, 80), withDefaultBuffers(configLike(config, backend, 81))].map(
    (text, i) => {
      const file = `/run/hand-${i}.cfg`
      writeFileSync(file, text)
      return startIn(lb, ['haproxy', ...proxyArguments, '-f', file], { stdio: 'ignore', detached: true })
    },
  )
  return async () => {
    for (const child of processes) await end(child)
    run(['ip', 'link', 'delete', 'hand0'])
    for (const netns of [edge, vpc, nat, lb]) run(['ip', 'netns', 'delete', netns])
  }
}

const natRules = `table ip hand {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "vpc0" oifname "pub0" tcp dport 80 accept
  }
  chain srcnat {
    type nat hook postrouting priority 100;
    oifname "pub0" ip saddr 10.9.0.0/24 snat to 198.18.0.20
  }
}`
const lbRules = `table ip hand {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established,related accept
    tcp dport { 80, 81 } accept
  }
}`

/** A configuration with the same settings for one server, on another port, without what ties it to its files. */
function configLike(config: string, backend: string, port: number): string {
  return config
    .split('\n')
    .filter(line => !/^\s*(stats socket|server-state-file|load-server-state|node|description)/.test(line))
    .map(line => line.replace(/^(\s*bind) .*/, `$1 :${port}`).replace(/^(\s*server \S+) \S+/, `$1 ${backend}`))
    .join('\n')
}

function withDefaultBuffers(config: string): string {
  return config.replaceAll(/^\s*(tune\.bufsize|option splice).*\n/gm, '')
}

/** What a namespace may use to control congestion; what Causeway asks for as well, and passes over where it is not here. */
function allowed(): readonly string[] {
  return readFileSync('/proc/sys/net/ipv4/tcp_allowed_congestion_control', 'utf8').trim().split(' ')
}
