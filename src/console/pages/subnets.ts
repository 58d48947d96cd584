import type { KindPage } from './kind-page.ts'

export const subnets: KindPage = {
  kind: 'subnet',
  createWord: 'list.create',
  form: {
    advanced: ['gateway', 'type'],
    suits: { routeTable: table => table.kind === 'route-table' && table.serves === 'subnet' },
  },
  children: {},
  related: [
    { kind: 'server', by: 'subnet' },
    { kind: 'nic', by: 'subnet' },
    { kind: 'vip', by: 'subnet' },
    { kind: 'load-balancer', by: 'subnet' },
  ],
}
