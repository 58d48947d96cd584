import { childListsOf, type ChildList } from '../../model/child-lists.ts'
import type { Words } from '../../model/define.ts'
import { kindNames, kinds, type KindName } from '../../model/kinds.ts'
import type { Id, Model, Resource } from '../../model/model.ts'

/** Something that people know by name: a resource, or a child with the resource that it is a part of. */
export interface Thing {
  /** The kind of a resource; of a child the prefix of its ids. */
  readonly kind: string
  readonly id: Id
  readonly name: string
  /** The resource that a child is a part of; null of a resource. */
  readonly of: Thing | null
}

/** What an id of a resource or a child stands for; null where it is neither's. */
export function thingOf(model: Model, id: Id): Thing | null {
  const resource = model.resources.get(id)
  if (resource) return resourceThing(resource)
  const prefix = id.slice(0, id.lastIndexOf('-'))
  for (const [kind, prefixes] of childPrefixes) {
    if (!prefixes.has(prefix)) continue
    for (const holder of model.byKind.get(kind) ?? []) {
      const of = model.resources.get(holder)
      const child = of && childrenOf(of).find(each => each.id === id)
      if (child) return { kind: prefix, id, name: child.name, of: resourceThing(of) }
    }
  }
  return null
}

export function resourceThing({ kind, id, name }: Resource): Thing {
  return { kind, id, name, of: null }
}

interface Child {
  readonly id: Id
  readonly name: string
}

/** All children of a resource, in what runs and in its draft. */
export function childrenOf({ kind, live, draft }: Resource): readonly Child[] {
  const versions = live === draft ? [live] : [live, draft]
  return versions.flatMap(version => within(version, childListsOf(kind)))
}

function within(document: object, lists: readonly ChildList[]): Child[] {
  return lists.flatMap(({ attribute, lists: inner }) => {
    const members = (document as Readonly<Record<string, readonly Child[]>>)[attribute] ?? []
    return members.flatMap(each => [each, ...within(each, inner)])
  })
}

/** The prefixes of children's ids, by the kinds that hold them. */
const childPrefixes = kindNames.map(kind => [kind, new Set(prefixesIn(childListsOf(kind)))] as const)

function prefixesIn(lists: readonly ChildList[]): string[] {
  return lists.flatMap(({ prefix, lists: inner }) => [prefix, ...prefixesIn(inner)])
}

const childWords: Readonly<Record<string, Words>> = {
  sgr: { en: 'rule', zh: '规则' },
  r: { en: 'route', zh: '路由规则' },
  snat: { en: 'SNAT rule', zh: 'SNAT 规则' },
  dnat: { en: 'DNAT rule', zh: 'DNAT 规则' },
  rtrs: { en: 'port forward', zh: '端口转发' },
  lbl: { en: 'listener', zh: '监听器' },
  lbb: { en: 'backend', zh: '后端' },
  lbpr: { en: 'rule', zh: '规则' },
}

/** Something by kind, name and id, e.g. `security group web (sg-…)`. */
export function thingText(thing: Thing, language: keyof Words): string {
  const { kind, id, name, of } = thing
  const label = kind in kinds ? inText(kinds[kind as KindName].label[language]) : (childWords[kind]?.[language] ?? kind)
  const own = name ? `${label} ${name} (${id})` : `${label} ${id}`
  if (!of) return own
  return language === 'zh'
    ? `${thingText(of, language)} 的${/^[A-Z]/.test(own) ? ' ' : ''}${own}`
    : `${own} of ${thingText(of, language)}`
}

/** A label within a sentence: `Security group` as `security group`, and `NAT gateway` as it is. */
function inText(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label
}
