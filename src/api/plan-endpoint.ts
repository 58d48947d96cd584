import type { Plan } from '../client/apply-wire.ts'
import { planApply } from '../diagnose/plan/plan.ts'
import type { End } from '../diagnose/reach/parties.ts'
import { trapText } from '../diagnose/plan/traps.ts'
import { stepText } from '../host/commands-text.ts'
import { differences } from '../model/changes.ts'
import { isStaged, kinds, type KindName } from '../model/kinds.ts'
import type { Model, Resource } from '../model/model.ts'
import type { Language } from './answer.ts'
import { wordOf, type Call, type Endpoint } from './endpoint.ts'
import { consequencesOf, isUpBy, type ImpactSight } from './impact-view.ts'
import { resourceOf, type Services } from './resources.ts'
import { pascal, refTo } from './schemas.ts'

/** Says what an apply of a kind's resource would do. */
export function planEndpoints(kind: KindName, services: Services, sight: ImpactSight): Endpoint[] {
  if (!isStaged(kind)) return []
  const { plural, label } = kinds[kind]
  return [
    {
      method: 'POST',
      path: `/v1/${plural}/{id}:plan`,
      name: `plan${pascal(kind)}`,
      tag: plural,
      about: `Says what an apply of a ${label.en} would change and what would come of it; changes nothing`,
      needs: 'read-only',
      query: {
        commands: {
          about: 'Adds what machines would do as commands that an operator would type',
          schema: { type: 'boolean', default: false },
        },
      },
      answers: {
        status: 200,
        about: 'What differs, what machines would do, who would reach whom, and which connections would be cut',
        schema: refTo('Plan'),
      },
      async handle(call) {
        const resource = resourceOf(kind, services, call.params['id'] ?? '')
        const commands = wordOf('commands', call.query['commands'], 'false', ['false', 'true']) === 'true'
        return { status: 200, body: await planView(services.model(), resource, sight, call, commands) }
      },
    },
  ]
}

/** What an apply of a resource would change, as the API shows it; with `commands`, as an operator would type it, too. */
async function planView(
  model: Model,
  resource: Resource,
  sight: ImpactSight,
  call: Call,
  commands: boolean,
): Promise<Plan> {
  const { kind, id, generation, live, draft } = resource
  const { language } = call
  const changes = [...differences(live, draft)]
  const planned = planApply(model, resource, isUpBy(sight))
  const { steps, reach, traps } = planned
  return {
    kind,
    id,
    generation,
    changes,
    steps: steps.map(({ do: verb, item }) => ({
      do: verb,
      kind: item.kind,
      netns: item.netns,
      name: item.name,
      for: item.for,
    })),
    ...(commands ? { commands: steps.map(stepText).join('\n') } : {}),
    ...(await consequencesOf(model, planned, sight, call)),
    traps: [
      ...traps.map(trap => ({ code: trap.code, at: trap.at, message: trapText(trap, language) })),
      ...reach.oneWay.map(each => {
        const values = { from: labelOf(model, each.from, language), to: labelOf(model, each.to, language) }
        return { code: 'answers-lost', at: id, message: trapText({ code: 'answers-lost', at: id, values }, language) }
      }),
    ],
  }
}

const theInternet = { en: 'the internet', zh: '公网' } as const

function labelOf(model: Model, { kind, ids, address }: End, language: Language): string {
  if (kind === 'internet') return `${theInternet[language]} (${address})`
  const [first = ''] = ids
  return `${model.resources.get(first)?.name || first} (${address})`
}
