import type { WhatIf } from '../client/apply-wire.ts'
import { impactOf, impactOfLoss } from '../diagnose/plan/impact.ts'
import { without } from '../diagnose/plan/without.ts'
import { childListsOf } from '../model/child-lists.ts'
import { kindNames, kinds, type KindName } from '../model/kinds.ts'
import { Refused } from '../model/problem.ts'
import type { Endpoint } from './endpoint.ts'
import { consequencesOf, isUpBy, type ImpactSight } from './impact-view.ts'
import { resourceOf, type Services } from './resources.ts'
import { pascal, refTo } from './schemas.ts'

const answers = { status: 200, about: 'Who would lose reach, and what would stop to serve', schema: refTo('WhatIf') }
const common = { method: 'POST', needs: 'read-only', answers } as const

/** Say what would be lost without something; change nothing. */
export function withoutEndpoints(services: Services, sight: ImpactSight): Endpoint[] {
  return [
    {
      ...common,
      path: '/v1/hosts/{host}:without',
      name: 'loseHost',
      tag: 'system',
      about: 'Says what would be lost without a machine',
      async handle(call) {
        const id = call.params['host'] ?? ''
        if (!sight.board.agents().some(({ host }) => host === id))
          throw new Refused([{ code: 'no-host', at: '', values: { id: id.slice(0, 64) } }])
        const model = services.model()
        const consequences = await consequencesOf(model, impactOfLoss(model, isUpBy(sight)), sight, call)
        return { status: 200, body: { kind: 'host', id, child: null, ...consequences } satisfies WhatIf }
      },
    },
    ...kindNames.filter(mayBeMissed).map(kind => withoutEndpoint(kind, services, sight)),
  ]
}

/** Whether a kind's resources can be thought away: they can be switched off, are public addresses, or hold what can be disabled. */
function mayBeMissed(kind: KindName): boolean {
  return kind === 'eip' || kind === 'zone' || 'power' in kinds[kind].now.shape || childListsOf(kind).length > 0
}

function withoutEndpoint(kind: KindName, services: Services, sight: ImpactSight): Endpoint {
  const { plural, label } = kinds[kind]
  return {
    ...common,
    path: `/v1/${plural}/{id}:without`,
    name: `lose${pascal(kind)}`,
    tag: plural,
    about: `Says what would be lost without a ${label.en}, or without a part of it`,
    query: {
      child: {
        about: 'The id of a part of it that is meant, such as a listener or a backend',
        schema: { type: 'string' },
      },
    },
    async handle(call) {
      const resource = resourceOf(kind, services, call.params['id'] ?? '')
      const child = call.query['child'] ?? null
      const model = services.model()
      const gone = without(model, resource, child)
      if (!gone) throw new Refused([refusalOf(kind, resource.id, child)])
      const impact = impactOf(model, gone.model, gone.changed, isUpBy(sight))
      const body: WhatIf = { kind, id: resource.id, child, ...(await consequencesOf(model, impact, sight, call)) }
      return { status: 200, body }
    },
  }
}

function refusalOf(kind: KindName, id: string, child: string | null) {
  if (child === null) return { code: 'needs-child', at: 'child', values: { kind } } as const
  return { code: 'no-child', at: 'child', resource: id, values: { id: child.slice(0, 64) } } as const
}
