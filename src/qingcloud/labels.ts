import { all, type Model, type Resource, type Tag } from '../model/model.ts'
import { owner } from './cloud.ts'

/** A moment as clients read it: RFC 3339 to the second, `2013-08-30T05:13:50Z`. */
export function timeText(at: string | number): string {
  const whole = typeof at === 'string' && at.endsWith('Z') ? at : new Date(at).toISOString()
  return `${whole.slice(0, 19)}Z`
}

/** What every resource shows. */
export function labelsOf(resource: Resource, model: Model) {
  const createTime = timeText(resource.createdAt)
  return {
    description: resource.description,
    tags: tagsOf(resource, model),
    owner,
    root_user_id: owner,
    console_id: 'causeway',
    controller: 'self',
    create_time: createTime,
    status_time: createTime,
  }
}

/** The tags of a resource. Words that a resource has as tags though there is no such tag have no id, and are left out. */
export function tagsOf({ tags }: Resource, model: Model) {
  if (tags.length === 0) return []
  const known = tagsByName(model)
  return tags.flatMap(name => {
    const tag = known.get(name)
    return tag ? { tag_id: tag.id, tag_name: name, color: tag.now.color } : []
  })
}

const tagIndexes = new WeakMap<Model, ReadonlyMap<string, Tag>>()

function tagsByName(model: Model): ReadonlyMap<string, Tag> {
  const known = tagIndexes.get(model) ?? new Map([...all(model, 'tag')].map(tag => [tag.name, tag]))
  tagIndexes.set(model, known)
  return known
}

/** 0 or 1, as this API says yes and no. */
export function bit(yes: boolean): 0 | 1 {
  return yes ? 1 : 0
}
