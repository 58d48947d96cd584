import { backendWay, diagnoseBackend, diagnoseBalancer, probedBackend } from '../diagnose/cause/backend.ts'
import { diagnoseEip, serving, type Door } from '../diagnose/cause/eip.ts'
import { isFault } from '../diagnose/cause/finding.ts'
import { diagnoseFlow } from '../diagnose/cause/flow.ts'
import { limitsOfFlow } from '../diagnose/cause/limits.ts'
import type { Facts } from '../diagnose/cause/observed.ts'
import { probeOf, probeSays, sharpened } from '../diagnose/cause/probed.ts'
import { diagnoseServer } from '../diagnose/cause/server.ts'
import type { KindName } from '../model/kinds.ts'
import { find, type Id, type LoadBalancer, type Model } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import { latelyIn } from './lately.ts'
import type { Series } from '../monitor/series.ts'
import type { Turns } from '../store/turns.ts'
import type { Answered } from './diagnosis-view.ts'
import { numberOf, wordOf, type Call, type Parameter } from './endpoint.ts'
import type { Questions } from './questions.ts'
import { resourceOf, type Services } from './resources.ts'
import { backendIds } from './view.ts'

/** A question that a diagnosis answers. */
export interface Question {
  readonly path: string
  /** What clients call it: `diagnose` and this. */
  readonly name: string
  readonly tag: string
  /** What it is that an answer says. */
  readonly about: string
  readonly query?: Readonly<Record<string, Parameter>>
  readonly find: (call: Call, known: Known) => Answered | Promise<Answered>
}

/** What is known now, or was at the moment that is asked about. */
export interface Known {
  readonly model: Model
  readonly factsOf: (resource: Id, backend?: Id) => Facts
}

const text = { type: 'string' } as const
const portQuery = {
  protocol: { about: 'What is asked for with the port', schema: { ...text, enum: ['tcp', 'udp'], default: 'tcp' } },
  port: { about: 'Only this public port', schema: { type: 'integer', minimum: 1, maximum: 65535 } },
} as const

const probeQuery = {
  probe: {
    about:
      'Asks the backend from inside the namespace of the balancer, too: ARP, a connection, TLS, HTTP, for at most 5 seconds',
    schema: { type: 'boolean', default: false },
  },
} as const

function isProbed({ query }: Call): boolean {
  return wordOf('probe', query['probe'], 'false', ['false', 'true'] as const) === 'true'
}

/** Everything that can be asked. */
export function diagnosisQuestions(services: Services, questions: Questions): readonly Question[] {
  async function ofBackend(call: Call, { model, factsOf }: Known, balancer: Id, backend: Id): Promise<Answered> {
    const findings = diagnoseBackend(model, balancer, backend, factsOf(balancer, backend))
    const way = backendWay(model, balancer, backend)
    const probe = isProbed(call) ? await probed(services, questions, balancer, backend, call) : null
    return probe ? { findings: sharpened(findings, probe.says), way, probe: probe.report } : { findings, way }
  }
  return [
    {
      path: '/v1/load-balancers/{id}/diagnosis',
      name: 'LoadBalancer',
      tag: 'load-balancers',
      about: 'why a load balancer does not serve: what is wrong with the first backend that does not',
      query: probeQuery,
      find(call, known) {
        const { model, factsOf } = known
        const { id, live } = balancerOf(model, call)
        const backends = live.listeners.flatMap(each => each.backends)
        const wrong = backends.find(({ id: each }) => diagnoseBackend(model, id, each, factsOf(id, each)).some(isFault))
        const asked = wrong ?? backends[0]
        if (asked && isProbed(call)) return ofBackend(call, known, id, asked.id)
        return { findings: diagnoseBalancer(model, id, backend => factsOf(id, backend)), way: null }
      },
    },
    {
      path: '/v1/load-balancers/{id}/backends/{backend}/diagnosis',
      name: 'Backend',
      tag: 'load-balancers',
      about: 'why a backend does not serve',
      query: probeQuery,
      find(call, known) {
        const balancer = balancerOf(known.model, call)
        const backend = call.params['backend'] ?? ''
        if (!backendIds(balancer).has(backend)) {
          throw new Refused([{ code: 'no-child', at: '', resource: balancer.id, values: { id: backend } }])
        }
        return ofBackend(call, known, balancer.id, backend)
      },
    },
    {
      path: '/v1/eips/{id}/diagnosis',
      name: 'Eip',
      tag: 'eips',
      about: 'why the internet does not get in by a public IP: at one port, or at all that it is for',
      query: portQuery,
      find(call, { model, factsOf }) {
        const { id } = resourceOf('eip', { model: () => model }, call.params['id'] ?? '')
        return diagnoseEip(model, id, backend => factsOf(id, backend), doorOf(call))
      },
    },
    {
      path: '/v1/servers/{id}/diagnosis',
      name: 'Server',
      tag: 'servers',
      about: 'what is wrong with a server, its way to the internet, and the way in by its own public IP',
      find(call, { model, factsOf }) {
        const { id } = resourceOf('server', { model: () => model }, call.params['id'] ?? '')
        return diagnoseServer(model, id, factsOf(id))
      },
    },
    {
      path: '/v1/diagnosis',
      name: 'Flow',
      tag: 'system',
      about: 'whether one can reach another, and what keeps it from that',
      query: {
        from: { about: '`internet`, an address, or the id of a server, a balancer and the like', schema: text },
        to: { about: 'An address, or such an id, or that of a listener or a backend', schema: text },
        vpc: { about: 'The VPC that private addresses are meant in, where several have them', schema: text },
        protocol: {
          about: 'That of the listener or backend when left out, else TCP',
          schema: { ...text, enum: ['tcp', 'udp', 'icmp'] },
        },
        port: {
          about: 'That of the listener or backend when left out',
          schema: { type: 'integer', minimum: 1, maximum: 65535 },
        },
      },
      find: flowAsked,
    },
  ]
}

/** Asks a backend from where it is checked; null where nobody could. */
async function probed(services: Services, questions: Questions, balancer: Id, backend: Id, { signal }: Call) {
  const model = services.model()
  const checked = probedBackend(model, balancer, backend)
  if (!checked) return null
  const replies = await questions.ask<'probe'>({ type: 'probe', probe: probeOf(model, checked) }, signal)
  const report = replies.find(({ answer }) => answer !== null)?.answer ?? null
  const seenAs = services.board.backend(backend)?.seenAs ?? []
  return report && { report, says: probeSays(model, checked, report, seenAs) }
}

function flowAsked({ query }: Call, { model, factsOf }: Known): Answered {
  const { from, to, vpc, protocol } = query
  const missing = Object.entries({ from, to }).flatMap(([at, word]) => (word ? [] : [{ code: 'missing', at } as const]))
  if (missing.length > 0) throw new Refused(missing)
  const port = query['port'] === undefined ? null : numberOf('port', query['port'], 0, 1, 65_535)
  const told = protocol === undefined ? null : wordOf('protocol', protocol, 'tcp', ['tcp', 'udp', 'icmp'] as const)
  const way = diagnoseFlow(model, { from: from ?? '', to: to ?? '', vpc: vpc ?? null, protocol: told, port })
  if (!('findings' in way)) throw new Refused(way)
  const end = find(model, 'load-balancer', way.flow.to?.of?.id ?? way.flow.to?.id)
  const { protocol: spoken, dport } = way.flow.packet
  const behind =
    way.reaches && end && (spoken === 'tcp' || spoken === 'udp')
      ? serving(model, end, { protocol: spoken, port: dport }, backend => factsOf(end.id, backend))
      : []
  const { measured } = factsOf('')
  const crowded = measured ? limitsOfFlow(model, way.flow, measured) : []
  return { findings: [...way.findings, ...behind, ...crowded], way }
}

function doorOf({ query }: Call): Door | null {
  if (query['port'] === undefined) return null
  const port = numberOf('port', query['port'], 0, 1, 65_535)
  return { protocol: wordOf('protocol', query['protocol'], 'tcp', ['tcp', 'udp'] as const), port }
}

function balancerOf(model: Model, call: Call): LoadBalancer {
  return resourceOf('load-balancer' satisfies KindName, { model: () => model }, call.params['id'] ?? '') as LoadBalancer
}

/** So many turns of a backend are looked at. */
const mostTurns = 30

/** What is known now; at a moment of the past (RFC 3339) the model and the states of backends. */
export function knowing({ board, model, past }: Services, series: Series, turns: Turns): (at?: string) => Known {
  const measured = latelyIn(series)
  /** What the machines said of a resource, of a backend where one is meant, and of everything that packets pass. */
  function factsOf(id: Id, backend?: Id): Facts {
    const reports = board.agents().filter(agent => agent.present)
    const resource = model().resources.get(id)
    return {
      backendStatus: backend === undefined ? undefined : board.backend(backend),
      synced: resource ? board.statusOf(resource).phase !== 'pending' : undefined,
      now: new Date().toISOString(),
      stateOf: of => board.backend(of)?.state,
      turnsOf: of => turns.page([of], mostTurns).items,
      measured,
      failures: Object.assign({}, ...reports.map(report => report.failures)) as Record<Id, string>,
    }
  }
  return at => {
    if (at === undefined) return { model: model(), factsOf }
    const then = past.seen(at)
    const stateOf = (of: Id) => then.sight.board.backend(of)?.state
    return {
      model: then.model,
      factsOf: (_, backend) => ({
        backendStatus: backend === undefined ? undefined : then.sight.board.backend(backend),
        now: at,
        stateOf,
      }),
    }
  }
}
