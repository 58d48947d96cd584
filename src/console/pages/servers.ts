import type { KindPage } from './kind-page.ts'

export const servers: KindPage = {
  kind: 'server',
  createWord: 'list.create',
  form: { binds: ['eip'], advanced: ['address', 'attach', 'power'] },
  children: {},
  related: [],
}
