import { privateAddressesOf } from '../model/node.ts'
import type { Chain, FilterRule, Match, Ruleset } from '../host/ruleset.ts'
import type { Item } from '../host/item.ts'
import { bridgingSysctls, leadingSysctls } from './sysctls.ts'
import { askEgress, chainsOf, guard, needed, strays, untranslated } from './filters.ts'
import { hooks, links, netnsOf, priorities, tables } from './names.ts'
import { publicServers, sharedAddress, type VpcPart } from './part.ts'
import { publicLink, publicWay, route, rule } from './public-link.ts'
import { resolverGuard } from './resolver.ts'
import { compileRouteTables } from './route-table.ts'
import { compileGroup, sortedAddresses } from './security-group.ts'
import { answerRules } from './shown-clients.ts'

/** A VPC's router: its namespace, its public link, policy routing, and the translation of its own EIP. */
export function* compileVpc(part: VpcPart): Iterable<Item> {
  const { id } = part.vpc
  const netns = netnsOf(id)
  const shared = sharedAddress(part)
  const own = [...publicServers(part)]
  const sysctls = part.showing.length > 0 ? { ...bridgingSysctls, ...leadingSysctls } : bridgingSysctls
  yield { kind: 'netns', netns, name: '', for: id, sysctls, owned: true }
  yield { kind: 'ruleset', netns, name: '', for: id, ruleset: rulesetOf(part) }
  const eips = [...(shared ? [part.vpc.now.eip] : []), ...own.map(({ server }) => server.now.eip)]
  yield* publicLink(
    part.host,
    part.look,
    id,
    eips.filter(each => each !== null),
  )
  if (shared || own.length > 0) yield route(netns, tables.public, '0.0.0.0/0', publicWay, id)
  if (shared) yield rule(netns, priorities.ownAddress, `${shared}/32`, tables.public, id)
  for (const { server, eip } of own) {
    yield rule(netns, priorities.ownAddress, `${eip}/32`, tables.public, server.id)
    yield rule(netns, priorities.serverWithEip, `${server.now.address}/32`, tables.public, server.id)
  }
  yield* compileRouteTables(part)
  if (shared) yield* fallback(part)
}

/** Servers leave by the router's own EIP where no route says otherwise; balancers never do. */
function* fallback({ vpc, subnets, balancers }: VpcPart): Iterable<Item> {
  const netns = netnsOf(vpc.id)
  yield route(netns, tables.none, '0.0.0.0/0', 'unreachable', vpc.id)
  for (const balancer of balancers) {
    for (const address of privateAddressesOf(balancer)) {
      yield rule(netns, priorities.noFallback, `${address}/32`, tables.none, balancer.id)
    }
  }
  for (const { id, now } of subnets) yield rule(netns, priorities.fallback, now.cidr, tables.public, id)
}

/** Answers to clients whom balancers show as who they are go back by these. */
function steer(part: VpcPart): Chain {
  return {
    name: 'steer',
    hook: { type: 'filter', at: 'prerouting', priority: hooks.steer, policy: 'accept' },
    rules: answerRules(part),
  }
}

function rulesetOf(part: VpcPart): Ruleset {
  const { id } = part.vpc
  const shared = sharedAddress(part)
  const own = [...publicServers(part)]
  if (shared === null && own.length === 0)
    // Nothing is filtered or translated, and conntrack left alone: the link to the internet goes before these rules come.
    return { family: 'ip', sets: [], chains: needed([...resolverGuard(part), steer(part)]) }
  const group = compileGroup(part.look, part.vpc.live.securityGroup)
  const inward: Match = { on: 'iif', is: [links.public] }
  const outward: Match = { on: 'oif', is: [links.public] }
  const askGroup: FilterRule = { for: group.id, match: [], then: { do: 'jump', chain: group.ingress.name } }
  const pass = (direction: 'saddr' | 'daddr', is: readonly string[], ...match: Match[]): FilterRule[] =>
    is.length > 0 ? [{ for: id, match: [...match, { on: direction, is }], then: { do: 'accept' } }] : []
  const ownEips = sortedAddresses(own.map(({ eip }) => eip))
  const egress = askEgress(group, outward)
  return {
    family: 'ip',
    sets: group.sets,
    chains: needed([
      ...chainsOf(group),
      guard([
        { for: id, match: [{ on: 'iif', is: [links.public], not: true }], then: { do: 'accept' } },
        ...pass('daddr', ownEips),
        askGroup,
      ]),
      ...resolverGuard(part),
      steer(part),
      {
        name: 'dstnat',
        hook: { type: 'nat', at: 'prerouting', priority: hooks.dstnat, policy: 'accept' },
        rules: [
          ...(shared ? portForwards(part, shared) : []),
          ...own.map(({ server, eip }): FilterRule => ({
            for: server.id,
            match: [inward, { on: 'daddr', is: [eip] }],
            then: { do: 'dnat', to: server.now.address, port: null },
          })),
        ],
      },
      {
        name: 'forward',
        hook: { type: 'filter', at: 'forward', priority: hooks.filter, policy: 'drop' },
        rules: [
          { for: id, match: [{ on: 'ct-state', is: ['established', 'related'] }], then: { do: 'accept' } },
          { for: id, match: [inward, { on: 'ct-status', is: 'dnat' }], then: { do: 'accept' } },
          { for: id, match: [inward], then: { do: 'drop' }, counter: true },
          { for: id, match: [{ on: 'oif', is: [links.public], not: true }], then: { do: 'accept' } },
          { for: id, match: [{ on: 'ct-state', is: ['invalid'] }], then: { do: 'drop' }, counter: true },
          ...pass('saddr', sortedAddresses(own.map(({ server }) => server.now.address))),
          askGroup,
        ],
      },
      {
        name: 'srcnat',
        hook: { type: 'nat', at: 'postrouting', priority: hooks.srcnat, policy: 'accept' },
        rules: [
          ...own.map(({ server, eip }): FilterRule => ({
            for: server.id,
            match: [outward, { on: 'saddr', is: [server.now.address] }],
            then: { do: 'snat', to: [eip] },
          })),
          ...(shared
            ? [
                {
                  for: id,
                  match: [outward, { on: 'saddr', is: [part.vpc.now.cidr] }],
                  then: { do: 'snat', to: [shared] },
                } as const,
              ]
            : []),
          ...untranslated(id, sortedAddresses([...(shared ? [shared] : []), ...ownEips])),
        ],
      },
      {
        name: 'lastlook',
        hook: { type: 'filter', at: 'postrouting', priority: hooks.lastLook, policy: 'accept' },
        rules: egress.length > 0 ? [...pass('saddr', ownEips, outward), ...egress] : [],
      },
      strays(id, inward),
    ]),
  }
}

function portForwards({ vpc }: VpcPart, eip: string): FilterRule[] {
  return vpc.live.portForwards
    .filter(each => each.enabled)
    .map(each => ({
      for: each.id,
      match: [
        { on: 'iif', is: [links.public] },
        { on: 'daddr', is: [eip] },
        { on: 'dport', protocol: each.protocol, is: [`${each.port}`] },
      ],
      then: { do: 'dnat', to: each.toAddress, port: each.port === each.toPort ? null : each.toPort },
      counter: true,
    }))
}
