import type { Plan, PlannedEnd, PlannedReach } from '../client/apply-wire.ts'
import type { PlannedTest } from '../client/policy-wire.ts'
import { planApply } from '../diagnose/plan.ts'
import type { End } from '../diagnose/parties.ts'
import type { Reach } from '../diagnose/reach.ts'
import { breachText, type PolicyChange } from '../diagnose/policy.ts'
import { trapText } from '../diagnose/traps.ts'
import { stepText } from '../host/commands-text.ts'
import { differences } from '../model/changes.ts'
import { isStaged, kinds, type KindName } from '../model/kinds.ts'
import { find, type Id, type Model, type Resource } from '../model/model.ts'
import type { Language } from './answer.ts'
import { wordOf, type Endpoint } from './endpoint.ts'
import { resourceOf, type Services } from './resources.ts'
import { pascal, refTo } from './schemas.ts'

/** Says what an apply of a kind's resource would do. */
export function planEndpoints(kind: KindName, services: Services): Endpoint[] {
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
        about: 'What differs, what machines would do, and who would reach whom',
        schema: refTo('Plan'),
      },
      handle({ params, query, language }) {
        const resource = resourceOf(kind, services, params['id'] ?? '')
        const commands = wordOf('commands', query['commands'], 'false', ['false', 'true']) === 'true'
        return { status: 200, body: planView(services.model(), resource, { language, commands }) }
      },
    },
  ]
}

/** What an apply of a resource would change, as the API shows it; with `commands`, as an operator would type it, too. */
function planView(
  model: Model,
  resource: Resource,
  { language, commands }: { readonly language: Language; readonly commands: boolean },
): Plan {
  const { kind, id, generation, live, draft } = resource
  const changes = [...differences(live, draft)]
  const { steps, reach, traps, tests, networks } = planApply(model, resource)
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
    gained: reach.gained.map(each => reachView(model, each)),
    lost: reach.lost.map(each => reachView(model, each)),
    traps: [
      ...traps.map(trap => ({ code: trap.code, at: trap.at, message: trapText(trap, language) })),
      ...reach.oneWay.map(each => {
        const values = { from: labelOf(model, each.from, language), to: labelOf(model, each.to, language) }
        return { code: 'answers-lost', at: id, message: trapText({ code: 'answers-lost', at: id, values }, language) }
      }),
    ],
    tests: tests.map(each => testView(model, each, language)),
    networks,
  }
}

function testView(model: Model, { test, before, after }: PolicyChange, language: Language): PlannedTest {
  const reason = after.state === 'broken' ? breachText(model, test, after.because, language) : ''
  return { id: test.id, name: test.name, was: before, becomes: after.state, reason }
}

function reachView(model: Model, { from, to, protocol, ports }: Reach): PlannedReach {
  return {
    from: endView(model, from),
    to: endView(model, to),
    protocol,
    ports: ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)),
  }
}

function endView(model: Model, { kind, ids, address }: End): PlannedEnd {
  const own = kind === 'load-balancer' ? (find(model, 'load-balancer', ids[0])?.now.address ?? '') : address
  return { kind, ids, names: ids.map(each => nameOf(model, each)), address: own }
}

function nameOf(model: Model, id: Id): string {
  return model.resources.get(id)?.name ?? ''
}

const theInternet = { en: 'the internet', zh: '公网' } as const

function labelOf(model: Model, { kind, ids, address }: End, language: Language): string {
  if (kind === 'internet') return `${theInternet[language]} (${address})`
  const [first = ''] = ids
  return `${nameOf(model, first) || first} (${address})`
}
