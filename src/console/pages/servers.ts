import type { Suggestion } from '../form/form-row.tsx'
import type { KindPage } from './kind-page.ts'

/** The private address of a server, where one is asked for. */
export const serverAddress: Suggestion = {
  kind: 'server',
  textsOf: ({ address }) => (typeof address === 'string' ? [address] : []),
}

export const servers: KindPage = {
  kind: 'server',
  createWord: 'list.create',
  form: { binds: ['eip'], advanced: ['address', 'attach', 'cpu', 'memoryMb', 'image', 'keyPairs', 'power'] },
  children: {},
  related: [
    { kind: 'nic', by: 'server' },
    { kind: 'volume', by: 'server' },
  ],
}
