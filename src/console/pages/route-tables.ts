import type { Shown } from '../server/queries.ts'
import type { KindPage } from './kind-page.ts'

export const routeTables: KindPage = {
  kind: 'route-table',
  createWord: 'list.create',
  form: {},
  children: {
    routes: {
      columns: ['destination', 'source', 'nextHop'],
      form: { advanced: ['source'], each: 'destination' },
      formIn: table => ({ initial: { nextHop: { type: 'router', id: vpcOf(table) } }, suits: { id: isIn(table) } }),
    },
  },
  related: [
    { kind: 'subnet', by: 'routeTable' },
    { kind: 'load-balancer', by: 'routeTable' },
  ],
}

function vpcOf(table: Shown): string | undefined {
  return table.kind === 'route-table' ? (table.vpc ?? undefined) : undefined
}

/** The router of the table's VPC, and what lies in it. */
function isIn(table: Shown): (hop: Shown) => boolean {
  return hop => hop.id === vpcOf(table) || hop['vpc'] === vpcOf(table)
}
