import * as fc from 'fast-check'
import { chance } from '../../src/commands/commands.ts'
import type { Command } from '../../src/model/command.ts'
import { edit } from '../../src/model/edit.ts'
import type { Model } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'

/** Something that somebody does to a network without meaning harm. Commands that are refused are left out. */
type Breakage = (model: Model) => readonly Command[]

type KindName = Command['kind']

function each<K extends KindName>(model: Model, kind: K) {
  return [...(model.byKind.get(kind) ?? [])].sort().map(id => ({ kind, id, resource: model.resources.get(id)! }))
}

const powerless = ['vpc', 'nat-gateway', 'load-balancer'] as const
const switches = powerless.map(
  (kind): Breakage =>
    model =>
      each(model, kind).map(({ id }) => ({ do: 'patch', kind, id, body: { power: 'off' } })),
)

const lists = [
  ['nat-gateway', 'snatRules'],
  ['route-table', 'routes'],
  ['security-group', 'rules'],
  ['load-balancer', 'listeners'],
] as const

/** Rules, routes and listeners are disabled, those but the last taken out; published or forgotten. */
const children = lists.flatMap(([kind, list]) =>
  [true, false].flatMap(isPublished =>
    (['disable', 'remove'] as const).map((what): Breakage => model => {
      if (what === 'remove' && list === 'listeners') return []
      return each(model, kind).flatMap(({ id, resource }): Command[] => {
        const [first] = (resource.draft as unknown as Record<string, readonly { readonly id: string }[]>)[list] ?? []
        if (!first) return []
        const path = [list, first.id]
        const change: Command =
          what === 'disable'
            ? { do: 'patch-child', kind, id, path, body: { enabled: false } }
            : { do: 'delete-child', kind, id, path }
        return isPublished ? [change, { do: 'apply', kind, id }] : [change]
      })
    }),
  ),
)

const drops = [0, 1, 5].flatMap(priority =>
  (['ingress', 'egress'] as const).map(
    (direction): Breakage =>
      model =>
        each(model, 'security-group').flatMap(({ kind, id }): Command[] => [
          {
            do: 'add-child',
            kind,
            id,
            path: ['rules'],
            body: { direction, action: 'drop', priority, protocol: 'tcp' },
          },
          { do: 'apply', kind, id },
        ]),
  ),
)

const takings: readonly Breakage[] = [
  model =>
    each(model, 'nat-gateway').map(({ kind, id }) => ({ do: 'patch', kind, id, body: { eips: [], force: true } })),
  model => each(model, 'vpc').map(({ kind, id }) => ({ do: 'patch', kind, id, body: { eip: null } })),
  model => each(model, 'vpc').map(({ kind, id }) => ({ do: 'patch', kind, id, body: { eip: null, type: 'free' } })),
  model => each(model, 'load-balancer').map(({ kind, id }) => ({ do: 'patch', kind, id, body: { subnet: null } })),
  model =>
    each(model, 'load-balancer').flatMap(({ kind, id, resource }): Command[] => {
      const [listener] = resource.kind === 'load-balancer' ? resource.draft.listeners : []
      const [backend] = listener?.backends ?? []
      if (!listener || !backend) return []
      const path = ['listeners', listener.id, 'backends', backend.id]
      return [
        { do: 'patch-child', kind, id, path, body: { weight: 0 } },
        { do: 'apply', kind, id },
      ]
    }),
]

const all: readonly Breakage[] = [...switches, ...children, ...drops, ...takings]

/** Up to four things that go wrong together. */
export const anyBreakages = fc.uniqueArray(fc.nat(all.length - 1), { minLength: 1, maxLength: 4 })

/** A model after these, one after the other. */
export function broken(start: Model, which: readonly number[]): Model {
  let count = 0
  const newId = (prefix: string) => `${prefix}-b${(count++).toString(36).padStart(7, '0')}`
  const context = { ...chance, now: '2026-01-01T00:00:00Z', author: 'test', newId }
  return which
    .flatMap(i => all[i]!(start))
    .reduce((model, command) => {
      try {
        const next = edit(model, command, context).model
        return { ...next, revision: next.revision + 1 }
      } catch (error) {
        if (error instanceof Refused) return model
        throw error
      }
    }, start)
}
