import type { Id, Model, Resource, Tag } from '../model/model.ts'
import { nicsWith } from '../model/rules/server.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { colorOf, writtenColor } from './colors.ts'
import { describe, named } from './describe.ts'
import type { Answer } from './envelope.ts'
import { fail } from './failure.ts'
import { labelsOf } from './labels.ts'
import { list, objects, text } from './parameters.ts'
import { isTyped, typeOf } from './resource-types.ts'
import { carriersOf } from './tag-index.ts'

const names = { name: 'tag_name' }
const pairs = { resource_tag_pairs: objects({ tag_id: text, resource_type: text, resource_id: text }) }

/** Labels, and what carries them. */
export const tagActions = [
  reading(
    'DescribeTags',
    { ...listing, resources: list(text).optional() },
    ({ tags: ids, resources, ...asked }, call) => {
      const carried = resources?.flatMap(id => taggable(call.model(), id)?.tags ?? [])
      return describe(call, 'tag', asked, {
        set: 'tag_set',
        ids,
        where: ({ name }) => carried?.includes(name) ?? true,
        view: tag => tagView(tag, call, asked.verbose),
      })
    },
    { note: 'Names that resources were given elsewhere and that are no tag’s are not shown' },
  ),

  changing(
    'CreateTag',
    { tag_name: text.default(''), color: text.default('') },
    async ({ tag_name: name, color }, call) => {
      const { resource } = await call.run({ do: 'create', kind: 'tag', body: { name, color: colorOf(color) } })
      if (resource) call.cloud.ledger.spell(resource.id, color)
      return { tag_id: resource?.id }
    },
    { names, note: 'A tag has a name, and no two have the same' },
  ),

  changing(
    'ModifyTagAttributes',
    { tag: text, tag_name: text.optional(), description: text.optional(), color: text.optional() },
    async ({ tag: id, tag_name: name, description, color }, call) => {
      const body = { name, description, color: color === undefined ? undefined : colorOf(color) }
      await call.run({ do: 'patch', kind: 'tag', id, body })
      if (color !== undefined) call.cloud.ledger.spell(id, color)
      return {}
    },
    { names },
  ),

  changing(
    'DeleteTags',
    { tags: list(text) },
    async ({ tags }, call) => {
      await call.runAll(tags.map(id => ({ do: 'delete', kind: 'tag', id })))
      return { tags }
    },
    { note: 'Whatever carries them loses them' },
  ),

  changing('AttachTags', pairs, ({ resource_tag_pairs: given }, call) =>
    retag(call, given, (tags, name) => [...tags.filter(tag => tag !== name), name]),
  ),

  changing('DetachTags', pairs, ({ resource_tag_pairs: given }, call) =>
    retag(call, given, (tags, name) => tags.filter(tag => tag !== name)),
  ),
]

interface Pair {
  readonly tag_id: Id
  readonly resource_type: string
  readonly resource_id: Id
}

/** Changes the tags of resources, all or none. */
async function retag(
  call: Call,
  given: readonly Pair[],
  change: (tags: readonly string[], name: string) => readonly string[],
): Promise<Answer> {
  const changed = new Map<Resource, readonly string[]>()
  call.heedEach(given, ({ tag_id: id, resource_type: type, resource_id: of }) => {
    const tag = call.heed(() => named(call, 'tag', id))
    const resource = taggable(call.model(), of)
    if (!resource || (type !== '' && typeOf(resource.kind) !== type))
      fail(2100, `${type || 'resource'} [${of.slice(0, 64)}] does not exist`)
    if (tag) changed.set(resource, change(changed.get(resource) ?? resource.tags, tag.name))
  })
  await call.runAll([...changed].map(([{ kind, id }, tags]) => ({ do: 'patch', kind, id, body: { tags } })))
  return {}
}

/** What a request means by the id of a resource that can carry tags. */
function taggable(model: Model, id: Id): Resource | undefined {
  const resource = model.resources.get(id.includes(':') ? (nicsWith(model, id)[0] ?? '') : id)
  return resource && isTyped(resource.kind) ? resource : undefined
}

function tagView(tag: Tag, { cloud, model }: Call, verbose: number): object {
  const carried = carriersOf(tag.name, model()).filter(({ kind }) => isTyped(kind))
  const counts = Map.groupBy(carried, ({ kind }) => typeOf(kind))
  return {
    tag_id: tag.id,
    tag_name: tag.name,
    tag_key: tag.name,
    color: writtenColor(tag, cloud.ledger),
    resource_count: carried.length,
    resource_type_count: [...counts].map(([type, { length }]) => ({ resource_type: type, count: length })),
    ...(verbose > 0 ? { resource_tag_pairs: carried.map(resource => pairView(tag, resource)) } : {}),
    ...labelsOf(tag, model()),
  }
}

function pairView(tag: Tag, resource: Resource): object {
  return {
    tag_id: tag.id,
    resource_type: typeOf(resource.kind),
    resource_id: resource.kind === 'nic' ? resource.now.mac : resource.id,
    status: 'active',
  }
}
