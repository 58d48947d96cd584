import type { FilterRule, Match } from '../host/ruleset.ts'
import type { BalancerPlace } from './balancer-rules.ts'
import { links } from './names.ts'
import { disjointPrefixes } from './security-group.ts'

/**
 * What strict reverse-path filtering would say of the first packet of a flow, in its stead: the kernel asks of every packet, and where
 * there are policy rules that is one look-up more. Who asks for a public address comes by where these are, others from what the way to
 * the subnet leads to; nobody speaks in the balancer's own name; and what backends get in a client's name begins here.
 */
export function believed({ id, eips, addresses, behind, neighbours }: BalancerPlace): FilterRule[] {
  const drop = (...match: Match[]): FilterRule => ({ for: id, match, then: { do: 'drop' }, counter: true })
  const by = (link: string): Match => ({ on: 'iif', is: [link] })
  const own = [...eips, ...addresses]
  const isPublic = eips.length > 0
  const isInside = addresses.length > 0
  const isEverywhere = behind.includes('0.0.0.0/0')
  return [
    ...(own.length > 0 ? [drop({ on: 'iif', is: ['lo'], not: true }, { on: 'saddr', is: own })] : []),
    ...(isInside && !isEverywhere
      ? [drop(by(links.subnet), { on: 'saddr', is: disjointPrefixes(behind), not: true })]
      : []),
    ...(isInside && isPublic
      ? [drop(by(links.subnet), { on: 'daddr', is: eips }), drop(by(links.public), { on: 'daddr', is: addresses })]
      : []),
    ...(neighbours === null ? [] : [drop(by(links.vpc))]),
  ]
}
