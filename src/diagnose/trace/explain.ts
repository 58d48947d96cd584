import { partsWith } from '../../compile/compile.ts'
import { stepText } from '../../host/commands-text.ts'
import type { Item, RulesetItem } from '../../host/item.ts'
import { kernelRule } from './telling.ts'
import { generationKey, type Id, type Model, type Resource } from '../../model/model.ts'
import { narration } from './narration.ts'
import { partOfResource, sceneOf } from './scene.ts'
import { childrenOf, thingOf, type Thing } from './thing.ts'

/** Something that a machine's kernel holds, and what of the model it is for. */
export interface KernelObject {
  readonly netns: string
  /** Whose namespace that is; null for the edge. */
  readonly where: Thing | null
  readonly kind: Item['kind'] | 'set'
  /** As the kernel's tools take it. */
  readonly text: string
  /** Where a rule stands; null of what is none. */
  readonly rule: { readonly family: 'ip' | 'bridge'; readonly chain: string; readonly index: number } | null
  readonly for: Id
  readonly object: Thing | null
  readonly applied: Applied | null
}

/** The version that something runs by: its number, who applied it, and when. */
interface Applied {
  readonly generation: number
  readonly at: string
  readonly author: string
}

/** So many networks are looked at: a group that all use would take long. */
const mostParts = 20

/** Everything that machines hold for a resource and its children. */
export function objectsFor(model: Model, resource: Resource): KernelObject[] {
  const ids = new Set([resource.id, ...childrenOf(resource).map(({ id }) => id)])
  const parts = [...new Set([...partsWith(model, resource.id), partOfResource(model, resource)])].slice(0, mostParts)
  return [...objectsIn(model, parts)].filter(each => ids.has(each.for))
}

/** Everything that machines hold in a namespace of these parts; in all of them when left out. */
export function* objectsIn(model: Model, parts: readonly string[], netns?: string): Iterable<KernelObject> {
  const scene = sceneOf(model, parts)
  const { placeOf } = narration(scene, { from: '', to: '', protocol: '', sport: 0, dport: 0 })
  const things = new Map<Id, Pick<KernelObject, 'object' | 'applied'>>()
  const about = (id: Id) =>
    things.getOrInsertComputed(id, () => {
      const object = thingOf(model, id)
      return { object, applied: object && appliedBy(model, object) }
    })
  for (const item of scene.state.values()) {
    if (netns !== undefined && item.netns !== netns) continue
    const base = { netns: item.netns, where: placeOf(item.netns) }
    if (item.kind === 'ruleset') yield* rulesOf(item, each => ({ ...base, ...each, ...about(each.for) }))
    else {
      const [text = ''] = linesOf(item)
      yield { ...base, kind: item.kind, text, rule: null, for: item.for, ...about(item.for) }
    }
  }
}

type Own = Pick<KernelObject, 'kind' | 'text' | 'rule' | 'for'>

function* rulesOf({ ruleset }: RulesetItem, whole: (own: Own) => KernelObject): Iterable<KernelObject> {
  for (const { name: chain, rules } of ruleset.chains) {
    for (const [index, rule] of rules.entries()) {
      const text = kernelRule(ruleset, rule, chain)
      yield whole({ kind: 'ruleset', text, rule: { family: ruleset.family, chain, index }, for: rule.for })
    }
  }
  for (const { name, elements } of ruleset.sets) {
    const owner = name.replace(/-(allow|deny|answers|echoes)$/, '')
    yield whole({ kind: 'set', text: `set ${name} { ${elements.join(', ')} }`, rule: null, for: owner })
  }
}

/** What an operator would type to have it. */
function linesOf(item: Item): string[] {
  return stepText({ do: 'put', item }).split('\n')
}

/** Who applied what something runs by; null where nothing of it is applied. */
function appliedBy(model: Model, { id, of }: Thing): Applied | null {
  const owner = model.resources.get(of?.id ?? id)
  const generation = owner && model.generations.get(generationKey(owner.id, owner.generation))
  return generation ? { generation: generation.number, at: generation.at, author: generation.author } : null
}

/** The parts that a namespace is in: those of the resource that it is named for. */
export function partsOfNetns(model: Model, netns: string): readonly string[] {
  const resource = model.resources.get(netns.replace(/^cw-/, ''))
  return resource ? [partOfResource(model, resource)] : []
}

/** The namespaces that have rules for one of these ids. */
export function namespacesWith(objects: readonly KernelObject[]): readonly string[] {
  return [...new Set(objects.flatMap(({ netns, rule }) => (rule ? netns : [])))]
}
