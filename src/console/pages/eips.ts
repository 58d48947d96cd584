import type { Suggestion } from '../form/form-row.tsx'
import type { KindPage } from './kind-page.ts'

const poolName: Suggestion = {
  kind: 'zone',
  textsOf: zone => (zone.kind === 'zone' ? zone.pools.map(({ name }) => name) : []),
}

export const eips: KindPage = {
  kind: 'eip',
  createWord: 'list.create',
  form: { advanced: ['pool', 'address'], initial: { zone: 'local' }, suggests: { pool: poolName } },
  children: {},
  related: [],
}
