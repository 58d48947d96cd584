import { newConnectionsPerS } from '../model/balancer-sizes.ts'
import type { Listener, LoadBalancer } from '../model/model.ts'
import type { Chain, FilterRule, Match, NamedSet } from '../host/ruleset.ts'
import { refusedBy } from './names.ts'
import { disjointPrefixes, type CompiledGroup } from './security-group.ts'

/** The chain that decides about what a balancer's group let in. */
const admittedChain = 'admitted'

/**
 * A balancer's group, with what new flows meet whom it lets in: the lists of their listener, then the pace that the balancer's size
 * allows. In this order, so that nobody who is refused anyway uses up what others may have.
 */
export function admission(group: CompiledGroup, balancer: LoadBalancer): CompiledGroup {
  const { id, now, live } = balancer
  const lists = live.listeners.filter(each => each.enabled).flatMap(listsOf)
  const rules: FilterRule[] = [
    ...lists.map(({ rule }) => rule),
    {
      for: id,
      match: [{ on: 'protocol', is: ['tcp', 'udp'] }],
      then: { do: 'limit-rate', perSecond: newConnectionsPerS[now.maxConnections] * live.nodeCount },
      counter: refusedBy(id),
    },
    { for: id, match: [], then: { do: 'accept' } },
  ]
  return {
    ...group,
    ingress: { ...group.ingress, rules: group.ingress.rules.map(onward) },
    beyond: [{ name: admittedChain, hook: null, rules }, ...group.beyond],
    sets: [...group.sets, ...lists.map(({ set }) => set)],
  }
}

/** What was to be let in goes on to where more is asked of it. */
function onward(rule: Chain['rules'][number]): FilterRule {
  return rule.then.do === 'accept' ? { ...rule, then: { do: 'goto', chain: admittedChain } } : rule
}

/** The lists that a listener has, each a set and the rule that drops by it. */
function listsOf(listener: Listener): { readonly set: NamedSet; readonly rule: FilterRule }[] {
  const { id, protocol, port, lastPort } = listener
  const to: Match = {
    on: 'dport',
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    is: [lastPort === null ? `${port}` : `${port}-${lastPort}`],
  }
  return (['deny', 'allow'] as const).flatMap(list => {
    if (listener[list].length === 0) return []
    const name = `${id}-${list}`
    const from: Match = { on: 'saddr', is: { set: name }, ...(list === 'allow' && { not: true }) }
    return [
      {
        set: { name, type: 'ipv4_addr', elements: disjointPrefixes(listener[list]) },
        rule: { for: id, match: [to, from], then: { do: 'drop' }, counter: refusedBy(id) },
      },
    ]
  })
}
