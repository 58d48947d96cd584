import { portsOf } from '../model/define.ts'
import type { NatGateway } from '../model/model.ts'
import type { FilterRule, Ruleset } from '../host/ruleset.ts'
import type { Item } from '../host/item.ts'
import { hooks, links, netnsOf, refusedBy, tables } from './names.ts'
import { addressesOf, type VpcPart } from './part.ts'
import { publicLink, publicWay, route } from './public-link.ts'
import { compileGroup, sortedAddresses } from './security-group.ts'
import { askEgress, chainsOf, guard, needed, stateful, strays, untranslated } from './filters.ts'
import { routerSysctls } from './sysctls.ts'
import { transitLink, transitOf } from './transit.ts'

/** What each size carries: SNAT connections at once, and new ones per second. */
export const natSizes = {
  small: { connections: 10_000, perSecond: 1000 },
  medium: { connections: 50_000, perSecond: 5000 },
  large: { connections: 200_000, perSecond: 10_000 },
} as const

/** How many ports a public address has for one port of one destination: what the kernel gives out. */
export const portsOfAddress = 64_512

/** A NAT gateway: its namespace, its link to the router, its public link, and what it translates. */
export function* compileNatGateway(part: VpcPart, nat: NatGateway): Iterable<Item> {
  const { id } = nat
  const netns = netnsOf(id)
  yield { kind: 'netns', netns, name: '', for: id, sysctls: routerSysctls, owned: true }
  yield { kind: 'ruleset', netns, name: '', for: id, ruleset: rulesetOf(part, nat) }
  yield* transitLink(part, id, links.transit(id))
  yield route(netns, tables.main, part.vpc.now.cidr, { dev: links.vpc, via: transitOf(part, id).router }, id)
  yield* publicLink(part.host, part.look, id, nat.now.eips)
  if (nat.now.eips.length > 0) yield route(netns, tables.main, '0.0.0.0/0', publicWay, id)
}

function rulesetOf(part: VpcPart, nat: NatGateway): Ruleset {
  const { id } = nat
  const group = compileGroup(part.look, nat.live.securityGroup)
  const held = sortedAddresses(addressesOf(part.look, nat.now.eips))
  const { connections, perSecond } = natSizes[nat.now.size]
  const outward = [
    { on: 'iif', is: [links.vpc] },
    { on: 'oif', is: [links.public] },
  ] as const
  const isNew = { on: 'ct-state', is: ['new'] } as const
  return {
    family: 'ip',
    sets: group.sets,
    chains: needed([
      ...chainsOf(group),
      guard([{ for: group.id, match: [], then: { do: 'jump', chain: group.ingress.name } }]),
      {
        name: 'dstnat',
        hook: { type: 'nat', at: 'prerouting', priority: hooks.dstnat, policy: 'accept' },
        rules: dnatRules(part, nat),
      },
      {
        name: 'forward',
        hook: { type: 'filter', at: 'forward', priority: hooks.filter, policy: 'drop' },
        rules: [
          ...stateful(id),
          { for: id, match: [...outward, isNew], then: { do: 'limit-connections', most: connections }, counter: true },
          { for: id, match: [...outward, isNew], then: { do: 'limit-rate', perSecond }, counter: refusedBy(id) },
          { for: id, match: outward, then: { do: 'accept' } },
          { for: id, match: [{ on: 'ct-status', is: 'dnat' }], then: { do: 'accept' } },
        ],
      },
      {
        name: 'srcnat',
        hook: { type: 'nat', at: 'postrouting', priority: hooks.srcnat, policy: 'accept' },
        rules: [...snatRules(part, nat), ...untranslated(id, held)],
      },
      {
        name: 'lastlook',
        hook: { type: 'filter', at: 'postrouting', priority: hooks.lastLook, policy: 'accept' },
        rules: askEgress(group),
      },
      strays(id),
    ]),
  }
}

/** Only EIPs that the gateway holds are translated: a rule may outlive its address. */
function dnatRules(part: VpcPart, { now, live }: NatGateway): FilterRule[] {
  return live.dnatRules
    .filter(rule => rule.enabled && now.eips.includes(rule.eip))
    .map(rule => ({
      for: rule.id,
      match: [
        { on: 'iif', is: [links.public] },
        { on: 'daddr', is: addressesOf(part.look, [rule.eip]) },
        { on: 'dport', protocol: rule.protocol, is: [rule.port] },
      ],
      then: { do: 'dnat', to: rule.toAddress, port: rule.port === rule.toPort ? null : portsOf(rule.toPort)[0] },
      counter: true,
    }))
}

/** Narrower targets first. */
function snatRules(part: VpcPart, { now, live }: NatGateway): FilterRule[] {
  const rules = live.snatRules
    .filter(rule => rule.enabled)
    .map(rule => ({ rule, server: part.servers.find(each => each.id === rule.target) }))
    .sort((a, b) => Number(b.server !== undefined) - Number(a.server !== undefined) || (a.rule.id < b.rule.id ? -1 : 1))
  return rules.flatMap(({ rule, server }): FilterRule[] => {
    const source = server?.now.address ?? part.subnets.find(each => each.id === rule.target)?.now.cidr
    const eips = rule.eips.filter(id => now.eips.includes(id))
    if (!source || eips.length === 0) return []
    return [
      {
        for: rule.id,
        match: [
          { on: 'oif', is: [links.public] },
          { on: 'saddr', is: [source] },
        ],
        then: { do: 'snat', to: sortedAddresses(addressesOf(part.look, eips)) },
        counter: true,
      },
    ]
  })
}
