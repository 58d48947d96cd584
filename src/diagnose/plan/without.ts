import { childListsOf, type ChildList } from '../../model/child-lists.ts'
import { all, put, type Id, type Model, type Resource } from '../../model/model.ts'
import { holdersOf } from '../../model/rules/zone.ts'

/** A model in which something is not there, and what of it differs. */
export interface Without {
  readonly model: Model
  readonly changed: readonly Id[]
}

/** The model as if a resource were switched off or not bound, or a child of it disabled; null where that means nothing. */
export function without(model: Model, resource: Resource, child: Id | null): Without | null {
  if (child !== null) {
    const live = disabled(resource.live, childListsOf(resource.kind), child)
    return live && { model: put(model, { ...resource, live } as Resource), changed: [resource.id] }
  }
  if (resource.kind === 'eip') return released(model, [resource.id])
  if (resource.kind === 'zone') {
    const own = [...all(model, 'eip')].filter(({ now }) => now.zone === resource.id)
    return released(
      model,
      own.map(({ id }) => id),
    )
  }
  if (!('power' in resource.now)) return null
  const off = { ...resource, now: { ...resource.now, power: 'off' } } as Resource
  return { model: put(model, off), changed: [resource.id] }
}

/** A document in which a child is disabled; null where there is none that could be. */
function disabled(document: object, lists: readonly ChildList[], id: Id): object | null {
  for (const { attribute, lists: inner } of lists) {
    const members = (document as Readonly<Record<string, readonly { readonly id: Id }[]>>)[attribute] ?? []
    for (const [i, member] of members.entries()) {
      const isIt = member.id === id && 'enabled' in member
      const changed = isIt ? { ...member, enabled: false } : disabled(member, inner, id)
      if (changed) return { ...document, [attribute]: members.with(i, changed as typeof member) }
    }
  }
  return null
}

/** Public addresses that nobody holds any more. */
function released(model: Model, eips: readonly Id[]): Without {
  const gone = new Set(eips)
  const holders = new Set(eips.flatMap(eip => holdersOf(model, eip).map(({ holder }) => holder.id)))
  const left = (ids: readonly Id[]) => ids.filter(id => !gone.has(id))
  const after = [...holders].reduce((next, id) => {
    const holder = next.resources.get(id)!
    switch (holder.kind) {
      case 'vpc':
      case 'server':
        return put(next, { ...holder, now: { ...holder.now, eip: null } } as Resource)
      case 'load-balancer':
        return put(next, { ...holder, now: { ...holder.now, eips: left(holder.now.eips) } })
      case 'nat-gateway': {
        const snatRules = holder.live.snatRules.map(rule => ({ ...rule, eips: left(rule.eips) }))
        const live = {
          ...holder.live,
          snatRules: snatRules.filter(rule => rule.eips.length > 0),
          dnatRules: holder.live.dnatRules.filter(rule => !gone.has(rule.eip)),
        }
        return put(next, { ...holder, now: { ...holder.now, eips: left(holder.now.eips) }, live })
      }
      default:
        return next
    }
  }, model)
  return { model: after, changed: [...holders] }
}
