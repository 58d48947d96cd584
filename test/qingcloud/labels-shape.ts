import { each, id, text, time } from './shape.ts'

/** What every resource shows. */
export const labels = {
  description: text,
  tags: each({ tag_id: id('tag'), tag_name: text, color: text }),
  owner: id('usr'),
  root_user_id: id('usr'),
  console_id: text,
  controller: 'self',
  create_time: time,
  status_time: time,
}
