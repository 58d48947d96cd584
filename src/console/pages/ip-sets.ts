import type { KindPage } from './kind-page.ts'

export const ipSets: KindPage = {
  kind: 'ip-set',
  createWord: 'list.create',
  form: { initial: { type: 'ip' } },
  children: {},
  related: [],
}
