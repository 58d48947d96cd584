import type { KindPage } from './kind-page.ts'

export const volumes: KindPage = {
  kind: 'volume',
  createWord: 'list.create',
  form: {},
  children: {},
  related: [],
}
