import { partsWith } from '../../compile/compile.ts'
import { stepText } from '../../host/commands-text.ts'
import type { Item, ProxyItem, RulesetItem } from '../../host/item.ts'
import { proxyText } from '../../host/proxy-text.ts'
import { holderOf } from '../../model/holder.ts'
import { kernelRule } from './telling.ts'
import { find, generationKey, type Eip, type Id, type Model, type Resource } from '../../model/model.ts'
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
  /** What else has to be typed for it. */
  readonly more: readonly string[]
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
  if (resource.kind === 'eip') return objectsOfEip(model, resource)
  const ids = new Set([resource.id, ...childrenOf(resource).map(({ id }) => id)])
  const parts = [...new Set([...partsWith(model, resource.id), partOfResource(model, resource)])].slice(0, mostParts)
  return [...objectsIn(model, parts)].filter(each => ids.has(each.for))
}

/** Everything that machines hold of a public IP: addresses, routes, rules and translations of its holder, and its bandwidth. */
function objectsOfEip(model: Model, { id, now }: Eip): KernelObject[] {
  const holder = holderOf(model, id)
  const address = new RegExp(`(?<![\\d.])${now.address.replaceAll('.', '\\.')}(?![\\d.])`)
  return holder
    ? objectsFor(model, holder).filter(({ text, more }) => [text, ...more].some(each => address.test(each)))
    : []
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
    const whole = (own: Own) => ({ ...base, ...own, ...about(own.for) })
    if (item.kind === 'ruleset') yield* rulesOf(item, whole)
    else {
      const [text = '', ...more] = linesOf(item)
      yield whole({ kind: item.kind, text, more, rule: null, for: routeId(model, item) ?? item.for })
      if (item.kind === 'proxy') yield* proxyLines(item, whole)
    }
  }
}

type Own = Pick<KernelObject, 'kind' | 'text' | 'more' | 'rule' | 'for'>

/** The route of a route table that a kernel's route was made from, where it is the only one with its destination. */
function routeId(model: Model, item: Item): Id | undefined {
  if (item.kind !== 'route') return undefined
  const routes = find(model, 'route-table', item.for)?.live.routes ?? []
  const [only, ...others] = routes.filter(({ enabled, destination }) => enabled && destination === item.destination)
  return others.length === 0 ? only?.id : undefined
}

/** What HAProxy is told of listeners and their backends, line by line. */
function* proxyLines({ name, config, for: balancer }: ProxyItem, whole: (own: Own) => KernelObject) {
  const paths = { socket: '', stateFile: '', certificates: '', user: null }
  let section = ''
  for (const line of proxyText(name, config, paths).split('\n')) {
    if (!line.startsWith(' ')) section = line
    const [listener] = /\blbl-[0-9a-z]{8}/.exec(section) ?? []
    if (listener === undefined || line === '') continue
    const [, backend] = /^ +server (lbb-[0-9a-z]{8})/.exec(line) ?? []
    const text = line === section ? line : `${section}: ${line.trim()}`
    yield whole({ kind: 'proxy', text, more: [], rule: null, for: backend ?? listener ?? balancer })
  }
}

function* rulesOf({ ruleset }: RulesetItem, whole: (own: Own) => KernelObject): Iterable<KernelObject> {
  for (const { name: chain, rules } of ruleset.chains) {
    for (const [index, rule] of rules.entries()) {
      const text = kernelRule(ruleset, rule, chain)
      yield whole({ kind: 'ruleset', text, more: [], rule: { family: ruleset.family, chain, index }, for: rule.for })
    }
  }
  for (const { name, elements } of ruleset.sets) {
    const owner = name.replace(/-(allow|deny|answers|echoes)$/, '')
    yield whole({ kind: 'set', text: `set ${name} { ${elements.join(', ')} }`, more: [], rule: null, for: owner })
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
