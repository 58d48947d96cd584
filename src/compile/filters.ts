import type { Chain, FilterRule, Match, Ruleset } from '../host/ruleset.ts'
import type { Id } from '../model/model.ts'
import { hooks, links } from './names.ts'
import type { CompiledGroup } from './security-group.ts'

/** Whether a group has rules for what leaves. */
const holdsBack = ({ egress }: CompiledGroup) => egress.rules.length > 1

/** The chains of a group that are entered. */
export function chainsOf(group: CompiledGroup): Chain[] {
  return [...group.beyond, group.ingress, ...(holdsBack(group) ? [group.egress] : [])]
}

/** Has a group decide on new flows that leave so; nothing where it lets all of them go. */
export function askEgress(group: CompiledGroup, ...where: readonly Match[]): FilterRule[] {
  if (!holdsBack(group)) return []
  const match: Match[] = [...where, { on: 'ct-state', is: ['new'] }]
  return [{ for: group.id, match, then: { do: 'jump', chain: group.egress.name } }]
}

/** Without what every packet would enter for nothing: chains without rules that let everything pass. */
export function needed(chains: readonly Chain[]): Chain[] {
  return chains.filter(({ hook, rules }) => rules.length > 0 || hook?.policy !== 'accept')
}

/** Replies pass, and what belongs to no flow does not. */
export function stateful(owner: Id): FilterRule[] {
  return [
    { for: owner, match: [{ on: 'ct-state', is: ['established', 'related'] }], then: { do: 'accept' } },
    { for: owner, match: [{ on: 'ct-state', is: ['invalid'] }], then: { do: 'drop' }, counter: true },
  ]
}

/**
 * Decides whether a new flow enters a namespace, before it is translated. Chains of this type see the first packet of a flow
 * alone, so that all others pass without a look; what is of no flow at all, other chains must drop.
 */
export function guard(rules: readonly FilterRule[]): Chain {
  return { name: 'guard', hook: { type: 'nat', at: 'prerouting', priority: hooks.guard, policy: 'drop' }, rules }
}

/** Where nothing of ours listens: what is of no flow is dropped, as it would be answered otherwise. */
export function strays(owner: Id, ...where: readonly Match[]): Chain {
  return {
    name: 'strays',
    hook: { type: 'filter', at: 'input', priority: hooks.filter, policy: 'accept' },
    rules: [
      { for: owner, match: [...where, { on: 'ct-state', is: ['invalid'] }], then: { do: 'drop' }, counter: true },
    ],
  }
}

/** The end of a chain of source NAT: what would leave for the internet with a source that is not public is dropped. */
export function untranslated(owner: Id, held: readonly string[]): FilterRule[] {
  if (held.length === 0) return []
  return [
    {
      for: owner,
      match: [
        { on: 'oif', is: [links.public] },
        { on: 'saddr', is: held, not: true },
      ],
      then: { do: 'drop' },
      counter: true,
    },
  ]
}

/** The ruleset of a namespace where flows end: its group decides on what enters and on what leaves. `first` are asked before what belongs to no flow is dropped. */
export function endpointRuleset(owner: Id, group: CompiledGroup, first: readonly FilterRule[] = []): Ruleset {
  return {
    family: 'ip',
    sets: group.sets,
    chains: needed([
      ...chainsOf(group),
      {
        name: 'input',
        hook: { type: 'filter', at: 'input', priority: hooks.filter, policy: 'drop' },
        rules: [
          { for: owner, match: [{ on: 'iif', is: ['lo'] }], then: { do: 'accept' } },
          ...first,
          ...stateful(owner),
          { for: group.id, match: [], then: { do: 'jump', chain: group.ingress.name } },
        ],
      },
      {
        name: 'output',
        hook: { type: 'filter', at: 'output', priority: hooks.filter, policy: 'accept' },
        rules: askEgress(group, { on: 'oif', is: ['lo'], not: true }),
      },
    ]),
  }
}
