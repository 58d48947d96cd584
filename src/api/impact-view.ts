import type { Consequences, PlannedEnd, PlannedFlows, PlannedReach } from '../client/apply-wire.ts'
import type { PlannedTest } from '../client/policy-wire.ts'
import { diagnoseBackend } from '../diagnose/cause/backend.ts'
import { findingText } from '../diagnose/cause/finding.ts'
import type { BackendChange, ListenerLoss } from '../diagnose/plan/backend-change.ts'
import type { Impact } from '../diagnose/plan/impact.ts'
import type { End } from '../diagnose/reach/parties.ts'
import { breachText, type PolicyChange } from '../diagnose/reach/policy.ts'
import type { Reach } from '../diagnose/reach/reach.ts'
import { find, type Id, type Model } from '../model/model.ts'
import type { Language } from './answer.ts'
import type { Board } from './board.ts'
import type { Questions } from './questions.ts'

/** What the views of a change need to know beside the model. */
export interface ImpactSight {
  readonly board: Board
  readonly questions: Pick<Questions, 'ask'>
}

/** So long machines are waited for. */
const patienceMs = 1000
const mostPairs = 20
/** So many backends are told what would be wrong with them. */
const mostReasons = 20

/** Whether checks let a backend serve now, as far as that is known. */
export function isUpBy({ board }: ImpactSight): (backend: Id) => boolean {
  return id => board.backend(id)?.state !== 'unavailable'
}

/** What comes of a change, as the API shows it. */
export async function consequencesOf(
  model: Model,
  impact: Impact,
  sight: ImpactSight,
  { language, signal }: { readonly language: Language; readonly signal: AbortSignal },
): Promise<Consequences> {
  const { reach, backends, listeners, tests, networks } = impact
  return {
    gained: reach.gained.map(each => reachView(model, each)),
    lost: reach.lost.map(each => reachView(model, each)),
    backends: backends.map((each, i) => ({
      ...backendView(model, each, sight),
      reason: i < mostReasons ? reasonOf(impact, each, language) : '',
    })),
    listeners: listeners.map(each => listenerView(model, each)),
    flows: await flowsOf(impact, sight, signal),
    tests: tests.map(each => testView(model, each, language)),
    networks,
  }
}

/** Asks the machines which of their connections would be cut. */
async function flowsOf({ rewritten }: Impact, sight: ImpactSight, signal: AbortSignal): Promise<PlannedFlows> {
  const isThere = sight.board.agents().some(({ present }) => present)
  if (rewritten.size === 0 || !isThere) return { total: 0, pairs: [], silent: [] }
  const spaces = [...rewritten].map(([netns, state]) => ({ netns, items: [...state.values()] }))
  const question = { type: 'doomed-flows', spaces, most: mostPairs } as const
  const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  const replies = await sight.questions.ask(question, within).catch(() => [])
  const answers = replies.flatMap(({ answer }) => answer ?? [])
  const pairs = answers.flatMap(answer => answer.pairs).sort((a, b) => b.flows - a.flows)
  const heard = new Set(replies.filter(({ answer }) => answer).map(({ host }) => host))
  const hosts = sight.board.agents().flatMap(({ host, present }) => (present ? host : []))
  return {
    total: answers.reduce((sum, { total }) => sum + total, 0),
    pairs: pairs.slice(0, mostPairs).map(({ netns, ...rest }) => ({ at: netns.replace(/^cw-/, ''), ...rest })),
    silent: hosts.filter(host => !heard.has(host)),
  }
}

/** What would keep packets from a backend, by what would run. */
function reasonOf({ after }: Impact, { balancer, backend, becomes }: BackendChange, language: Language): string {
  if (becomes !== 'unreachable' || !after) return ''
  const cause = diagnoseBackend(after, balancer, backend).find(({ certainty }) => certainty === 'proved')
  return cause ? findingText(cause, language).what : ''
}

function backendView(model: Model, change: BackendChange, { board }: ImpactSight) {
  const { balancer, backend: id, address, port, was, becomes } = change
  const state = board.backend(id)?.state ?? null
  const name = childOf(model, balancer, id)?.name ?? ''
  return { id, name, balancer: named(model, balancer), address: address ?? '', port, was, becomes, state }
}

function listenerView(model: Model, { balancer, listener: id }: ListenerLoss): Consequences['listeners'][number] {
  const listener = find(model, 'load-balancer', balancer)?.live.listeners.find(each => each.id === id)
  const { name = '', protocol = '', port = 0 } = listener ?? {}
  return { id, name, balancer: named(model, balancer), protocol, port }
}

function childOf(model: Model, balancer: Id, backend: Id) {
  const { live, draft } = find(model, 'load-balancer', balancer) ?? {}
  const listeners = [...(draft?.listeners ?? []), ...(live?.listeners ?? [])]
  return listeners.flatMap(({ backends }) => backends).find(({ id }) => id === backend)
}

function named(model: Model, id: Id) {
  return { id, name: nameOf(model, id) }
}

function testView(model: Model, { test, before, after }: PolicyChange, language: Language): PlannedTest {
  const reason = after.state === 'broken' ? breachText(model, test, after.because, language) : ''
  return { id: test.id, name: test.name, was: before, becomes: after.state, reason }
}

/** Reach as the API shows it. */
export function reachView(model: Model, { from, to, protocol, ports }: Reach): PlannedReach {
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
