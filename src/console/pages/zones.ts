import type { KindPage } from './kind-page.ts'

export const zones: KindPage = {
  kind: 'zone',
  createWord: 'list.create',
  form: {},
  children: {},
  related: [
    { kind: 'vpc', by: 'zone' },
    { kind: 'eip', by: 'zone' },
  ],
}
