import { stateOf, type HostState, type Item, type ShaperItem, type VethItem } from '../../src/host/item.ts'
import type { Ruleset } from '../../src/host/ruleset.ts'

/** Items by hand, as short as they can be written. */
export const item = {
  netns: (netns: string, sysctls: Readonly<Record<string, string>> = {}): Item => ({
    kind: 'netns',
    netns,
    name: '',
    for: 'x',
    owned: true,
    sysctls,
  }),
  ruleset: (netns: string, ruleset: Ruleset = guard()): Item => ({
    kind: 'ruleset',
    netns,
    name: ruleset.family === 'ip' ? '' : 'bridge',
    for: 'x',
    ruleset,
  }),
  bridge: (netns: string, name: string, mtu = 1500): Item => ({
    kind: 'bridge',
    netns,
    name,
    for: 'x',
    mac: macOf(netns, name),
    mtu,
  }),
  veth: (netns: string, name: string, peerNetns: string, peerName: string, bridge: string | null = null): VethItem => ({
    kind: 'veth',
    netns,
    name,
    for: 'x',
    mtu: 1450,
    mac: macOf(netns, name),
    bridge,
    peer: { netns: peerNetns, name: peerName, mac: macOf(peerNetns, peerName), bridge: null },
  }),
  address: (netns: string, dev: string, address: string, length: number): Item => ({
    kind: 'address',
    netns,
    name: `${dev} ${address}/${length}`,
    for: 'x',
    dev,
    address,
    length,
  }),
  route: (netns: string, table: number, destination: string, dev: string | null, via: string | null = null): Item => ({
    kind: 'route',
    netns,
    name: `${table} ${destination}`,
    for: 'x',
    table,
    destination,
    type: dev === null ? 'unreachable' : 'unicast',
    dev,
    via,
  }),
  rule: (netns: string, priority: number, from: string, table: number): Item => ({
    kind: 'rule',
    netns,
    name: `${priority} ${from} ${table}`,
    for: 'x',
    priority,
    from,
    table,
  }),
  shaper: (netns: string, name: string, classes: ShaperItem['classes']): Item => ({
    kind: 'shaper',
    netns,
    name,
    for: 'x',
    classes,
  }),
  resolver: (netns: string, listen: readonly string[], name = 'db'): Item => ({
    kind: 'resolver',
    netns,
    name: '',
    for: 'x',
    listen,
    records: [{ name, addresses: ['10.0.0.5'] }],
  }),
}

/** A ruleset that drops what enters except from these addresses. */
export function guard(admitted: readonly string[] = [], extra = 0): Ruleset {
  const accepted = Array.from({ length: extra }, (_, i) => ({
    for: `sgr-${i}`,
    match: [{ on: 'dport', protocol: 'tcp', is: [String(1000 + i)] } as const],
    then: { do: 'accept' } as const,
  }))
  return {
    family: 'ip',
    sets: [{ name: 'admitted', type: 'ipv4_addr', elements: [...admitted].sort() }],
    chains: [
      {
        name: 'input',
        hook: { type: 'filter', at: 'input', priority: -150, policy: 'drop' },
        rules: [
          {
            for: 'established',
            match: [{ on: 'ct-state', is: ['established', 'related'] }],
            then: { do: 'accept' },
            counter: true,
          },
          { for: 'admitted', match: [{ on: 'saddr', is: { set: 'admitted' } }], then: { do: 'jump', chain: 'ports' } },
        ],
      },
      { name: 'ports', hook: null, rules: accepted },
    ],
  }
}

/** A ruleset for bridges that lets addresses ask, and those that they asked answer. */
export function bridgeGuard(asking: readonly string[]): Ruleset {
  const flow = { as: 'answers', in: 'flows' } as const
  const accept = { do: 'accept' } as const
  return {
    family: 'bridge',
    sets: [
      { name: 'asking', type: 'ipv4_addr', elements: [...asking].sort() },
      { name: 'flows', type: 'answers', elements: [] },
      { name: 'echoes', type: 'echoes', elements: [] },
    ],
    chains: [
      {
        name: 'prerouting',
        hook: { type: 'filter', at: 'prerouting', priority: -150, policy: 'drop' },
        rules: [
          { for: 'arp', match: [{ on: 'ethertype', is: 'arp' }], then: accept },
          { for: 'arp', match: [{ on: 'arp-sender', is: '10.0.0.9' }], then: accept },
          { for: 'other', match: [{ on: 'ethertype', is: 'ip', not: true }], then: { do: 'drop' }, counter: true },
          { for: 'answer', match: [{ on: 'expected', ...flow }], then: accept },
          { for: 'ask', match: [{ on: 'saddr', is: { set: 'asking' } }], then: { do: 'expect', ...flow } },
          { for: 'ask', match: [{ on: 'saddr', is: { set: 'asking' } }], then: accept },
        ],
      },
    ],
  }
}

/** A namespace with a bridge, one with a link to it, and everything that can be on links. */
export function network(own: string): HostState {
  const [router, member] = [`cw-rtr-${own}`, `cw-lb-${own}`]
  return stateOf([
    item.netns(router, { 'ipv4/ip_forward': '1', 'ipv4/conf/all/rp_filter': '1' }),
    item.ruleset(router, guard(['10.0.0.0/24', '192.0.2.7'], 3)),
    item.ruleset(router, bridgeGuard(['10.0.0.5'])),
    item.netns(member, { 'ipv4/conf/all/rp_filter': '1' }),
    item.ruleset(member),
    item.bridge(router, 'br-1'),
    item.veth(router, 'l-1', member, 'sub0', 'br-1'),
    { ...item.veth(router, 'pub0', member, 'up0'), proxyDelayMs: 0 },
    item.address(router, 'br-1', '10.0.0.1', 24),
    item.address(member, 'sub0', '10.0.0.5', 24),
    item.address(member, 'up0', '169.254.0.1', 32),
    item.route(member, 254, '0.0.0.0/0', 'sub0', '10.0.0.1'),
    item.route(router, 100, '0.0.0.0/0', 'pub0', '169.254.0.1'),
    item.route(router, 254, '10.9.0.0/16', null),
    item.rule(router, 400, '10.0.0.0/24', 100),
    item.rule(router, 100, 'all', 254),
    item.shaper(router, 'pub0', [
      { match: 'src', address: '192.0.2.7', kbit: 4000 },
      { match: 'dst', address: '192.0.2.8', kbit: 100_000 },
    ]),
  ])
}

function macOf(netns: string, name: string): string {
  const bytes = Buffer.from(`${netns} ${name}`).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
  return `02:00:${bytes.toString(16).padStart(8, '0').match(/../g)!.join(':')}`
}
