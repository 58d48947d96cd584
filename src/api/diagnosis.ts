import { diagnoseBackend, diagnoseBalancer, type Facts } from '../diagnose/backend.ts'
import { findingText, type Finding } from '../diagnose/finding.ts'
import { find, type Id, type LoadBalancer } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Answer, Language } from './answer.ts'
import type { Call, Endpoint, Schema } from './endpoint.ts'
import type { Services } from './resources.ts'
import { backendIds } from './view.ts'

const text = { type: 'string' } as const
const schema: Schema = {
  type: 'object',
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'resource', 'message', 'fix'],
        properties: { code: text, resource: text, message: text, fix: text },
      },
    },
  },
}
const answers = { status: 200, about: 'What is wrong, the cause first; nothing when all is well', schema }
const common = { method: 'GET', tag: 'load-balancers', needs: 'read-only', answers } as const

/** The answers to "why is this backend not active?". */
export function diagnosisEndpoints(services: Services): Endpoint[] {
  return [
    {
      ...common,
      path: '/v1/load-balancers/{id}/diagnosis',
      name: 'diagnoseLoadBalancer',
      about: 'Says why a load balancer does not serve: what is wrong with the first backend that does not',
      handle(call) {
        const { id } = balancerOf(services, call)
        return answer(
          diagnoseBalancer(services.model(), id, backend => factsOf(services, id, backend)),
          call.language,
        )
      },
    },
    {
      ...common,
      path: '/v1/load-balancers/{id}/backends/{backend}/diagnosis',
      name: 'diagnoseBackend',
      about: 'Says why a backend does not serve',
      handle(call) {
        const balancer = balancerOf(services, call)
        const backend = call.params['backend'] ?? ''
        if (!backendIds(balancer).has(backend)) {
          throw new Refused([{ code: 'no-child', at: '', resource: balancer.id, values: { id: backend } }])
        }
        return answer(
          diagnoseBackend(services.model(), balancer.id, backend, factsOf(services, balancer.id, backend)),
          call.language,
        )
      },
    },
  ]
}

function balancerOf(services: Services, call: Call): LoadBalancer {
  const id = call.params['id'] ?? ''
  const balancer = find(services.model(), 'load-balancer', id)
  if (!balancer) throw new Refused([{ code: 'not-found', at: '', values: { kind: 'load-balancer', id } }])
  return balancer
}

/** What the machines said of a backend and of everything that its packets pass. */
function factsOf(services: Services, balancer: Id, backend: Id): Facts {
  const { board } = services
  const reports = board.agents().filter(agent => agent.present)
  const resource = services.model().resources.get(balancer)
  return {
    backendStatus: board.backend(backend),
    synced: resource ? board.statusOf(resource).phase !== 'pending' : undefined,
    failures: Object.assign({}, ...reports.map(report => report.failures)) as Record<Id, string>,
  }
}

function answer(findings: readonly Finding[], language: Language): Answer {
  const items = findings.map(finding => {
    const { what, fix } = findingText(finding, language)
    return { code: finding.code, resource: finding.resource, message: what, fix }
  })
  return { status: 200, body: { items } }
}
