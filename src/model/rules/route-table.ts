import { find, type Model, type RouteTable } from '../model.ts'
import type { Problem } from '../problem.ts'
import { duplicates, overQuota, type Rules } from './rule.ts'

export const routeTableRules: Rules<'route-table'> = {
  *whole(_model, { now }) {
    if (now.isDefault && now.serves !== 'subnet') yield { code: 'one-default', at: 'serves' }
    if (now.isDefault && now.vpc === null) yield { code: 'one-default', at: 'vpc' }
  },

  *spec(model, table, { routes }) {
    yield* overQuota('routes', routes.length, 'routes')
    for (const { index, first } of duplicates(routes, r => `${r.destination} ${r.source ?? ''}`)) {
      yield { code: 'duplicate', at: `routes[${index}].destination`, values: { other: `routes[${first}]` } }
    }
    for (const [i, { nextHop }] of routes.entries())
      yield* hopProblems(model, table, nextHop, `routes[${i}].nextHop.id`)
  },
}

type NextHop = RouteTable['draft']['routes'][number]['nextHop']

function* hopProblems(model: Model, { now }: RouteTable, hop: NextHop, at: string): Iterable<Problem> {
  // Where a table leads is held against its VPC once it has one.
  if (now.vpc === null) return
  if (hop.type === 'router' && hop.id !== now.vpc) yield { code: 'not-this-router', at, values: { vpc: now.vpc } }
  if (hop.type !== 'nat-gateway') return
  if (now.serves !== 'subnet') yield { code: 'nat-in-balancer-table', at }
  const gateway = find(model, 'nat-gateway', hop.id)
  if (gateway && gateway.now.vpc !== now.vpc) yield { code: 'other-vpc', at, values: { id: hop.id } }
}
