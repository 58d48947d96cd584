import type { KindPage } from './kind-page.ts'

export const nics: KindPage = {
  kind: 'nic',
  createWord: 'list.create',
  form: { advanced: ['address', 'mac', 'sequence'] },
  children: {},
  related: [],
}
