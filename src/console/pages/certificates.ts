import type { KindPage } from './kind-page.ts'

export const certificates: KindPage = {
  kind: 'certificate',
  createWord: 'list.create',
  form: { advanced: ['accountKey'] },
  children: {},
  related: [],
}
