import type { KindPage } from './kind-page.ts'
import { checkOnly } from './health-checks.ts'

export const forwardPolicies: KindPage = {
  kind: 'forward-policy',
  createWord: 'list.create',
  form: { advanced: ['balance', 'check'], only: checkOnly },
  children: {
    rules: {
      columns: ['type', 'header', 'pattern'],
      form: { only: { header: { while: 'type', is: ['header'] } } },
    },
    rewrites: { columns: ['priority', 'pattern', 'replacement'], form: {} },
  },
  related: [],
}
