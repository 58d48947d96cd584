import type { FilterRule, Ruleset } from '../host/ruleset.ts'
import type { Id } from '../model/model.ts'
import { hooks, links } from './names.ts'
import type { CompiledGroup } from './security-group.ts'

/** Replies pass, and what belongs to no flow does not. */
export function stateful(owner: Id): FilterRule[] {
  return [
    { for: owner, match: [{ on: 'ct-state', is: ['established', 'related'] }], then: { do: 'accept' } },
    { for: owner, match: [{ on: 'ct-state', is: ['invalid'] }], then: { do: 'drop' }, counter: true },
  ]
}

/** What would leave for the internet with a source that is not public is dropped. */
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

/** The ruleset of a namespace where flows end: its group decides on what enters and on what leaves. */
export function endpointRuleset(owner: Id, group: CompiledGroup): Ruleset {
  return {
    family: 'ip',
    sets: group.sets,
    chains: [
      group.ingress,
      group.egress,
      {
        name: 'input',
        hook: { type: 'filter', at: 'input', priority: hooks.filter, policy: 'drop' },
        rules: [
          { for: owner, match: [{ on: 'iif', is: ['lo'] }], then: { do: 'accept' } },
          ...stateful(owner),
          { for: group.id, match: [], then: { do: 'jump', chain: group.ingress.name } },
        ],
      },
      {
        name: 'output',
        hook: { type: 'filter', at: 'output', priority: hooks.filter, policy: 'accept' },
        rules: [
          { for: owner, match: [{ on: 'oif', is: ['lo'] }], then: { do: 'accept' } },
          {
            for: group.id,
            match: [{ on: 'ct-state', is: ['new'] }],
            then: { do: 'jump', chain: group.egress.name },
          },
        ],
      },
    ],
  }
}
