import type { Chain, FilterRule, Match } from '../host/ruleset.ts'
import type { Item } from '../host/item.ts'
import { hooks, links, netnsOf } from './names.ts'
import type { VpcPart } from './part.ts'
import { sortedAddresses } from './security-group.ts'

/** A VPC's router answers for its records, at the gateways of its subnets. */
export function* compileResolver(part: VpcPart): Iterable<Item> {
  const records = recordsOf(part)
  if (records.length === 0) return
  yield { kind: 'resolver', netns: netnsOf(part.vpc.id), name: '', for: part.vpc.id, listen: gatewaysOf(part), records }
}

/** Who may ask: what is in a subnet, by its bridge. Whatever else leads to a gateway, such as a port forward, does not lead there. */
export function resolverGuard(part: VpcPart): Chain[] {
  if (recordsOf(part).length === 0) return []
  const { vpc, subnets } = part
  const asked: Match[] = [
    { on: 'iif', is: subnets.map(({ id }) => links.bridge(id)) },
    { on: 'saddr', is: subnets.map(({ now }) => now.cidr) },
    { on: 'daddr', is: gatewaysOf(part) },
  ]
  const rules = (['udp', 'tcp'] as const).flatMap((protocol): FilterRule[] => {
    const port: Match = { on: 'dport', protocol, is: ['53'] }
    const rule = (then: FilterRule['then'], ...more: Match[]) => ({ for: vpc.id, match: [...more, port], then })
    return [
      rule({ do: 'limit-rate', perSecond: mostPerSecond }, ...asked),
      rule({ do: 'accept' }, ...asked),
      { ...rule({ do: 'drop' }), counter: true },
    ]
  })
  return [{ name: 'input', hook: { type: 'filter', at: 'input', priority: hooks.filter, policy: 'accept' }, rules }]
}

/** Packets of a VPC and protocol: those who ask share the agent with all others. */
const mostPerSecond = 1000

/** Empty where nobody could ask. */
function recordsOf({ vpc, subnets }: VpcPart): { readonly name: string; readonly addresses: readonly string[] }[] {
  if (subnets.length === 0) return []
  return vpc.live.dnsRecords
    .filter(({ enabled }) => enabled)
    .map(({ domain, addresses }) => ({ name: domain, addresses }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function gatewaysOf({ subnets }: VpcPart): string[] {
  return sortedAddresses(subnets.map(({ now }) => now.gateway))
}
