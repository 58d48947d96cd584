import type { KindPage } from './kind-page.ts'

export const forwardPolicies: KindPage = {
  kind: 'forward-policy',
  createWord: 'list.create',
  form: { advanced: ['balance', 'check'] },
  children: {
    rules: { columns: ['type', 'header', 'pattern'], form: {} },
    rewrites: { columns: ['priority', 'pattern', 'replacement'], form: {} },
  },
  related: [],
}
