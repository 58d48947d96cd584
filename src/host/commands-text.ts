import type { Step } from './diff.ts'
import {
  localTable,
  type Item,
  type MacvlanItem,
  type ResolverItem,
  type RouteItem,
  type RuleItem,
  type ShaperItem,
  type VethItem,
} from './item.ts'
import { rulesetText, tableName } from './ruleset-text.ts'

/** The commands that an operator would type for a step; what follows `<<` is their input. */
export function stepText({ do: verb, item }: Step): string {
  return (verb === 'put' ? putLines(item) : removeLines(item)).join('\n')
}

/** A command for inside a namespace. */
function inside(netns: string, command: string): string {
  return netns.startsWith('/') ? `nsenter --net=${netns} ${command}` : `ip netns exec ${netns} ${command}`
}

function ip(netns: string, command: string): string {
  return netns.startsWith('/') ? inside(netns, `ip ${command}`) : `ip -n ${netns} ${command}`
}

function putLines(item: Item): string[] {
  const { netns, name } = item
  switch (item.kind) {
    case 'netns':
      return [
        ...(item.owned ? [`ip netns add ${netns}`, ip(netns, 'link set lo up')] : []),
        ...Object.entries(item.sysctls).map(([path, value]) =>
          inside(netns, `sysctl -w net.${path.replaceAll('/', '.')}=${value.includes(' ') ? `'${value}'` : value}`),
        ),
      ]
    case 'ruleset': {
      const { family } = item.ruleset
      const replace = `table ${family} ${tableName}\ndelete table ${family} ${tableName}`
      return [`${inside(netns, 'nft -f -')} <<'END'\n${replace}\n${rulesetText(item.ruleset)}END`]
    }
    case 'bridge':
      return [
        ip(netns, `link add ${name} address ${item.mac} mtu ${item.mtu} type bridge`),
        ip(netns, `link set ${name} up`),
      ]
    case 'veth':
      return vethLines(item)
    case 'macvlan':
      return [
        `ip link add link ${item.parent} name ${name} netns ${netns} mtu ${item.mtu} type macvlan mode bridge`,
        ip(netns, `link set ${name} up`),
        ...delayLines(item),
      ]
    case 'tap':
      return [`ip link set ${name} netns ${netns}`, ip(netns, `link set ${name} master ${item.bridge} up`)]
    case 'address':
      return [ip(netns, `address replace ${item.address}/${item.length} dev ${item.dev}`)]
    case 'route':
      return [ip(netns, `route replace ${routeText(item)}`)]
    case 'rule':
      return [
        ip(netns, `rule add ${policyText(item)}`),
        // It takes the place of the kernel's own first one.
        ...(item.table === localTable ? [ip(netns, 'rule delete priority 0')] : []),
      ]
    case 'shaper':
      return shaperLines(item)
    case 'resolver':
      return [inside(netns, dnsmasqText(item))]
    case 'proxy':
      return [inside(netns, `haproxy -db -f ${name}.cfg`)]
  }
}

function removeLines(item: Item): string[] {
  const { netns, name } = item
  switch (item.kind) {
    case 'netns':
      return item.owned ? [`ip netns delete ${netns}`] : []
    case 'ruleset':
      return [inside(netns, `nft delete table ${item.ruleset.family} ${tableName}`)]
    case 'bridge':
    case 'veth':
    case 'macvlan':
      return [ip(netns, `link delete ${name}`)]
    case 'tap':
      return [ip(netns, `link set ${name} netns 1`)]
    case 'address':
      return [ip(netns, `address delete ${item.address}/${item.length} dev ${item.dev}`)]
    case 'route':
      return [ip(netns, `route delete ${routeText(item)}`)]
    case 'rule':
      return [
        // Without either nothing arrives.
        ...(item.table === localTable ? [ip(netns, `rule add priority 0 lookup ${localTable}`)] : []),
        ip(netns, `rule delete ${policyText(item)}`),
      ]
    case 'shaper':
      return [inside(netns, `tc qdisc delete dev ${name} root`)]
    case 'resolver':
      return [`kill $(cat ${resolverPid(item)})`]
    case 'proxy':
      return [inside(netns, `kill $(cat ${name}.pid)`)]
  }
}

function vethLines(item: VethItem): string[] {
  const { netns, name, mac, mtu, bridge, peer } = item
  const ends = [{ netns, name, bridge }, peer]
  return [
    `ip link add ${name} netns ${netns} address ${mac} mtu ${mtu} type veth peer name ${peer.name} netns ${peer.netns} address ${peer.mac} mtu ${mtu}`,
    ...ends.map(end => ip(end.netns, `link set ${end.name}${end.bridge ? ` master ${end.bridge}` : ''} up`)),
    ...delayLines(item),
  ]
}

function delayLines({ netns, name, proxyDelayMs }: VethItem | MacvlanItem): string[] {
  if (proxyDelayMs === undefined) return []
  return [ip(netns, `ntable change name arp_cache dev ${name} proxy_delay ${proxyDelayMs}`)]
}

/** The agent answers by itself; this is who would answer the same. */
function dnsmasqText(item: ResolverItem): string {
  const { listen, records } = item
  const hosts = records.flatMap(({ name, addresses }) => addresses.map(address => `--host-record=${name},${address}`))
  const files = `--conf-file=/dev/null --pid-file=${resolverPid(item)} --no-resolv --no-hosts`
  return [`dnsmasq ${files} --bind-interfaces --local-ttl=30`, `--listen-address=${listen.join(',')}`, ...hosts].join(
    ' ',
  )
}

function resolverPid({ netns }: ResolverItem): string {
  return `/run/${netns}.dns.pid`
}

function policyText({ priority, from, iif, mark, table }: RuleItem): string {
  const more = `${iif === undefined ? '' : ` iif ${iif}`}${mark === undefined ? '' : ` fwmark 0x${mark.toString(16)}`}`
  return `priority ${priority} from ${from}${more} lookup ${table}`
}

/** A route as `ip route` reads it. */
export function routeText({
  type,
  destination,
  table,
  dev,
  via,
}: Pick<RouteItem, 'type' | 'destination' | 'table' | 'dev' | 'via'>): string {
  const way = type === 'unicast' ? `${via ? ` via ${via}` : ''} dev ${dev}${via ? ' onlink' : ''}` : ''
  return `${type === 'unicast' ? '' : `${type} `}${destination}${way} table ${table}`
}

function shaperLines({ netns, name, classes }: ShaperItem): string[] {
  const tc = (command: string) => inside(netns, `tc ${command}`)
  return [
    tc(`qdisc replace dev ${name} root handle 1: htb`),
    ...classes.flatMap(({ match, address, kbit }, i) => [
      tc(`class replace dev ${name} parent 1: classid 1:${(i + 1).toString(16)} htb rate ${kbit}kbit`),
      tc(
        `filter add dev ${name} parent 1: protocol ip u32 match ip ${match} ${address}/32 flowid 1:${(i + 1).toString(16)}`,
      ),
    ]),
  ]
}
