import type { KindPage } from './kind-page.ts'

export const eips: KindPage = {
  kind: 'eip',
  createWord: 'list.create',
  form: { advanced: ['pool', 'address'], initial: { zone: 'local' } },
  children: {},
  related: [],
}
