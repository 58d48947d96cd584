import { z } from 'zod'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import type { Series } from '../monitor/series.ts'
import type { Turns } from '../store/turns.ts'
import { diagnosisQuestions, knowing, type Known, type Question } from './diagnosis-questions.ts'
import { diagnosisView } from './diagnosis-view.ts'
import type { Call, Endpoint } from './endpoint.ts'
import type { Questions } from './questions.ts'
import type { Services } from './resources.ts'
import { refTo } from './schemas.ts'

const moment = {
  about: 'As it was at this moment, without what would mend it now',
  schema: { type: 'string', format: 'date-time' },
} as const
const answers = {
  status: 200,
  about: 'What is wrong, the cause first; nothing when all is well',
  schema: refTo('Diagnosis'),
} as const

/** The answers to "why does this not work?", and what mends it. */
export function diagnosisEndpoints(services: Services, questions: Questions, series: Series, turns: Turns): Endpoint[] {
  const known = knowing(services, series, turns)
  return diagnosisQuestions(services, questions).flatMap(question => endpointsOf(services, known, question))
}

/** A question, and beside it the request that does the repair of a finding. */
function endpointsOf(
  services: Services,
  knownAt: (at?: string) => Known,
  { path, name, tag, about, query = {}, find }: Question,
): Endpoint[] {
  const view = async (call: Call, known: Known) => diagnosisView(known.model, await find(call, known), call.language)
  const common = { tag, query, answers }
  return [
    {
      ...common,
      query: { ...query, at: moment },
      method: 'GET',
      path,
      name: `diagnose${name}`,
      about: `Says ${about}`,
      needs: 'read-only',
      async handle(call) {
        const { at, probe } = call.query
        if (at === undefined) return { status: 200, body: await view(call, knownAt()) }
        if (probe === 'true')
          throw new Refused([{ code: 'bad-query', at: '', values: { name: 'probe', expected: 'false' } }])
        const then = await view(call, knownAt(at))
        return { status: 200, body: { ...then, items: then.items.map(each => ({ ...each, repair: null })) } }
      },
    },
    {
      ...common,
      method: 'POST',
      path: `${path}/fix`,
      name: `fix${name}`,
      about: `Does what mends a finding of ${about}, all of it or nothing; answers what is found then`,
      needs: 'operator',
      body: refTo('Fix'),
      async handle(call) {
        const { code, resource } = wishOf(call)
        const { findings } = await find(call, knownAt())
        const wrong = findings.find(each => each.code === code && each.resource === resource)
        if (!wrong?.repair) throw new Refused([{ code: 'no-repair', at: '', values: { code, id: resource } }])
        await services.commands.runSteps(wrong.repair.steps, call.author, call.caller.from)
        return { status: 200, body: await view(call, knownAt()) }
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
