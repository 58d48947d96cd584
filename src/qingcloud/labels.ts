import type { Model, Resource } from '../model/model.ts'
import { owner } from './cloud.ts'

/** A moment as clients read it: RFC 3339 to the second, `2013-08-30T05:13:50Z`. */
export function timeText(at: string | number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
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

interface Tag {
  readonly tag_id: string
  readonly tag_name: string
  readonly color: string
}

/** The tags of a resource. */
export function tagsOf({ tags }: Resource, _model: Model): readonly Tag[] {
  return tags.map(name => ({ tag_id: '', tag_name: name, color: 'default' }))
}

/** 0 or 1, as this API says yes and no. */
export function bit(yes: boolean): 0 | 1 {
  return yes ? 1 : 0
}
