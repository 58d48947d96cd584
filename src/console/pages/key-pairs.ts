import type { KindPage } from './kind-page.ts'

export const keyPairs: KindPage = {
  kind: 'key-pair',
  createWord: 'list.create',
  form: {},
  children: {},
  related: [{ kind: 'server', by: 'keyPairs' }],
}
