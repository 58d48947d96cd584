import type { KindPage } from './kind-page.ts'

export const groupSnapshots: KindPage = {
  kind: 'group-snapshot',
  createWord: 'list.create',
  form: {},
  children: {},
  related: [],
}
