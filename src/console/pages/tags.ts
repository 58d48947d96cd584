import type { KindPage } from './kind-page.ts'

export const tags: KindPage = {
  kind: 'tag',
  createWord: 'list.create',
  form: {},
  children: {},
  related: [],
}
