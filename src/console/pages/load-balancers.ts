import { Listeners } from '../ui/listeners.tsx'
import type { KindPage } from './kind-page.ts'

export const loadBalancers: KindPage = {
  kind: 'load-balancer',
  createWord: 'list.create',
  form: {
    binds: ['eips'],
    advanced: ['address', 'routeTable', 'maxConnections', 'power'],
    suits: { routeTable: table => table.kind === 'route-table' && table.serves === 'load-balancer' },
  },
  children: {
    listeners: {
      columns: [],
      form: { advanced: ['balance', 'forwardedFor', 'timeoutS'], initial: { port: 80 } },
      Panel: Listeners,
    },
  },
  related: [],
}
