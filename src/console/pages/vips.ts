import type { KindPage } from './kind-page.ts'

export const vips: KindPage = {
  kind: 'vip',
  createWord: 'list.create',
  form: {},
  children: {},
  related: [],
}
