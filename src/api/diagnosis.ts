import { z } from 'zod'
import { requestOf, type Diagnosis, type WireFinding, type WireRepair } from '../client/diagnosis.ts'
import { reasonText } from '../client/reason.ts'
import { diagnoseBackend, diagnoseBalancer } from '../diagnose/backend.ts'
import { findingText, type Finding } from '../diagnose/finding.ts'
import type { Facts } from '../diagnose/observed.ts'
import { effectText, withMade, type Repair } from '../diagnose/repair.ts'
import { stepText } from '../diagnose/step-text.ts'
import { problemsOf } from '../model/issue.ts'
import { find, type Id, type LoadBalancer, type Model } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Language } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import type { Services } from './resources.ts'
import { refTo } from './schemas.ts'
import { backendIds } from './view.ts'

const answers = {
  status: 200,
  about: 'What is wrong, the cause first; nothing when all is well',
  schema: refTo('Diagnosis'),
} as const

/** A question of a diagnosis, with what is found. */
interface Question {
  readonly path: string
  readonly name: string
  readonly tag: string
  readonly about: string
  readonly find: (call: Call) => readonly Finding[]
}

/** The answers to "why does this not work?", and what mends it. */
export function diagnosisEndpoints(services: Services): Endpoint[] {
  const questions: Question[] = [
    {
      path: '/v1/load-balancers/{id}/diagnosis',
      name: 'LoadBalancer',
      tag: 'load-balancers',
      about: 'why a load balancer does not serve: what is wrong with the first backend that does not',
      find(call) {
        const { id } = balancerOf(services, call)
        return diagnoseBalancer(services.model(), id, backend => factsOf(services, id, backend))
      },
    },
    {
      path: '/v1/load-balancers/{id}/backends/{backend}/diagnosis',
      name: 'Backend',
      tag: 'load-balancers',
      about: 'why a backend does not serve',
      find(call) {
        const balancer = balancerOf(services, call)
        const backend = call.params['backend'] ?? ''
        if (!backendIds(balancer).has(backend)) {
          throw new Refused([{ code: 'no-child', at: '', resource: balancer.id, values: { id: backend } }])
        }
        return diagnoseBackend(services.model(), balancer.id, backend, factsOf(services, balancer.id, backend))
      },
    },
  ]
  return questions.flatMap(question => endpointsOf(services, question))
}

/** A question, and beside it the request that does the repair of a finding. */
function endpointsOf(services: Services, { path, name, tag, about, find: findAll }: Question): Endpoint[] {
  const view = (call: Call): Diagnosis => ({
    items: findAll(call).map(finding => findingView(services.model(), finding, call.language)),
  })
  return [
    {
      method: 'GET',
      path,
      name: `diagnose${name}`,
      tag,
      about: `Says ${about}`,
      needs: 'read-only',
      answers,
      handle: call => ({ status: 200, body: view(call) }),
    },
    {
      method: 'POST',
      path: `${path}/fix`,
      name: `fix${name}`,
      tag,
      about: `Does the requests that mend a finding of ${about}, as their author; answers what is found then`,
      needs: 'operator',
      body: refTo('Fix'),
      answers,
      async handle(call) {
        const { code, resource } = wishOf(call)
        const finding = findAll(call).find(each => each.code === code && each.resource === resource)
        if (!finding?.repair) throw new Refused([{ code: 'no-repair', at: '', values: { code, id: resource } }])
        await carryOut(services, finding.repair, call)
        return { status: 200, body: view(call) }
      },
    },
  ]
}

const wish = z.strictObject({ code: z.string().max(64), resource: z.string().max(64) })

function wishOf({ body }: Call): z.infer<typeof wish> {
  const read = wish.safeParse(body)
  if (!read.success) throw new Refused(problemsOf(read.error, body))
  return read.data
}

async function carryOut({ commands }: Services, { steps }: Repair, { author, caller }: Call): Promise<void> {
  const made: Record<string, Id> = {}
  for (const { command, as } of steps) {
    const done = await commands.run(withMade(command, made), author, caller.from)
    if (as !== undefined && done.resource) made[as] = done.resource.id
  }
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

function findingView(model: Model, finding: Finding, language: Language): WireFinding {
  const { code, resource, certainty, repair, values } = finding
  const { reason, seenAs } = values
  const told =
    reason === undefined ? finding : { ...finding, values: { ...values, reason: reasonText(reason, language) } }
  const { what, fix } = findingText(told, language)
  const admit = seenAs ? seenAs.split(', ') : []
  return { code, resource, message: what, fix, certainty, admit, repair: repair && repairView(model, repair, language) }
}

function repairView(model: Model, { steps, effects }: Repair, language: Language): WireRepair {
  return {
    requests: steps.map(({ command, as }) => ({
      ...requestOf(command),
      ...(as === undefined ? {} : { as }),
      about: stepText(model, command, language),
    })),
    effects: effects.map(each => effectText(each, language)),
  }
}
