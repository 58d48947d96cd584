import { lazy } from 'react'
import type { KindPage } from './kind-page.ts'

const Listeners = lazy(() => import('../ui/listeners.tsx').then(m => ({ default: m.Listeners })))

export const loadBalancers: KindPage = {
  kind: 'load-balancer',
  createWord: 'list.create',
  form: {
    binds: ['eips'],
    advanced: [
      'address',
      'routeTable',
      'maxConnections',
      'headerSizeKb',
      'nodeCount',
      'nodeAddresses',
      'accessLog',
      'power',
    ],
    suits: { routeTable: table => table.kind === 'route-table' && table.serves === 'load-balancer' },
  },
  children: {
    // What its form asks is loaded with the panel.
    listeners: { columns: [], form: {}, Panel: Listeners },
  },
  related: [],
}
