import type { KindPage } from './kind-page.ts'

export const policyTests: KindPage = {
  kind: 'policy-test',
  createWord: 'list.create',
  form: { advanced: ['enabled'] },
  children: {},
  related: [],
}
