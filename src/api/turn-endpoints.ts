import type { KnownTurn } from '../client/wire.ts'
import { find, type Id, type LoadBalancer } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Turns } from '../store/turns.ts'
import { numberOf, type Call, type Endpoint } from './endpoint.ts'
import type { Services } from './resources.ts'
import { refTo } from './schemas.ts'
import { backendIds } from './view.ts'

const query = {
  limit: { about: 'How many at most', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
  after: { about: 'The `next` of the page before', schema: { type: 'string' } },
} as const
const answers = { status: 200, about: 'They', schema: refTo('BackendTurnPage') } as const
const common = { method: 'GET', tag: 'load-balancers', needs: 'read-only', query, answers } as const

/** How backends turned active, unavailable and so on, and why. */
export function turnEndpoints({ model }: Services, turns: Turns): Endpoint[] {
  function balancerOf({ params: { id = '' } }: Call): LoadBalancer {
    const balancer = find(model(), 'load-balancer', id)
    if (!balancer) throw new Refused([{ code: 'not-found', at: '', values: { kind: 'load-balancer', id } }])
    return balancer
  }
  function pageOf(call: Call, backends: readonly Id[]) {
    const limit = numberOf('limit', call.query['limit'], 100, 1, 1000)
    const { after } = call.query
    if (after !== undefined && !/^\d{1,15}\.\d{1,15}$/.test(after))
      throw new Refused([{ code: 'bad-query', at: '', values: { name: 'after', expected: 'the `next` of a page' } }])
    const page = turns.page(backends, limit, after)
    return { status: 200, body: { ...page, items: page.items as readonly KnownTurn[] } }
  }
  return [
    {
      ...common,
      path: '/v1/load-balancers/{id}/history',
      name: 'listBalancerHistory',
      about: 'Lists how the backends of a load balancer changed their state and why, newest first',
      handle: call => pageOf(call, [...backendIds(balancerOf(call))]),
    },
    {
      ...common,
      path: '/v1/load-balancers/{id}/backends/{backend}/history',
      name: 'listBackendHistory',
      about:
        'Lists how a backend changed its state and why, newest first; 200 changes of each machine are kept, for 90 days',
      handle(call) {
        const { backend = '' } = call.params
        const balancer = balancerOf(call)
        if (backendIds(balancer).has(backend)) return pageOf(call, [backend])
        throw new Refused([{ code: 'no-child', at: '', resource: balancer.id, values: { id: backend } }])
      },
    },
  ]
}
