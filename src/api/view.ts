import type { Issuance } from '../acme/issuer.ts'
import type { BackendStatus, WireEvent, WireGeneration, WireIssuance, WireResource } from '../client/wire.ts'
import {
  find,
  isApplied,
  type Certificate,
  type Generation,
  type Id,
  type LoadBalancer,
  type Model,
  type Resource,
} from '../model/model.ts'
import { holderOf } from '../model/holder.ts'
import { factsOf } from '../model/pem.ts'
import { problemText, type Problem } from '../model/problem.ts'
import { toldOf } from '../model/secrets.ts'
import { wireProblem, type Language } from './answer.ts'
import type { Board } from './board.ts'
import type { PolicyWatch } from './policy-watch.ts'
import { expiryOf } from './expiry.ts'

export type Version = 'live' | 'draft'

/** What is known of resources beside the model. */
export interface Sight {
  readonly board: Pick<Board, 'statusOf' | 'backend' | 'leaving'>
  readonly policies: Pick<PolicyWatch, 'statusOf'>
  issuanceOf(certificate: Certificate): Issuance | null
  /** That an appliance runs out of something soon. */
  shortageOf(id: Id): Problem | null
}

/** How a resource is to be shown. */
export interface Showing {
  readonly language: Language
  readonly version?: Version
  readonly warnings?: readonly Problem[]
}

/** A resource as the API shows it. */
export function viewOf(
  resource: Resource,
  model: Model,
  sight: Sight,
  { language, version = 'draft', warnings: said = [] }: Showing,
): WireResource {
  const warnings = [...said, ...standingWarnings(resource, sight)].map(problem => wireProblem(problem, language))
  const { kind, id, name, description, tags, createdAt, revision, generation } = resource
  const applied = isApplied(resource)
  return {
    kind,
    id,
    name,
    description,
    tags,
    createdAt,
    revision,
    generation,
    applied,
    ...toldOf(resource),
    ...(version === 'live' ? resource.live : resource.draft),
    status: sight.board.statusOf(resource),
    ...derived(resource, model, sight, language),
    ...(applied || version === 'live' ? {} : { live: resource.live }),
    ...(warnings.length > 0 ? { warnings } : {}),
  } as unknown as WireResource
}

/** What people should know of a resource whenever they see it. */
function standingWarnings(resource: Resource, { issuanceOf, shortageOf }: Sight): readonly Problem[] {
  const warning =
    resource.kind === 'certificate' ? expiryOf(resource, issuanceOf(resource), Date.now()) : shortageOf(resource.id)
  return warning ? [warning] : []
}

/** The state of a resource as lists show it. */
export function stateOf(resource: Resource, model: Model, board: Sight['board']): string {
  if (resource.kind === 'eip') return holderOf(model, resource.id) ? 'associated' : 'available'
  return board.statusOf(resource).phase
}

/** The ids of a balancer's backends, of its draft and of what runs. */
export function backendIds(balancer: LoadBalancer): ReadonlySet<Id> {
  return backendsOf.getOrInsertComputed(balancer, ({ draft, live }) => {
    const versions = draft === live ? [live] : [draft, live]
    return new Set(versions.flatMap(({ listeners }) => listeners.flatMap(({ backends }) => backends.map(b => b.id))))
  })
}

const backendsOf = new WeakMap<LoadBalancer, ReadonlySet<Id>>()

/** A published version as the API shows it. */
export function generationView({ number, at, author, spec }: Generation): WireGeneration {
  return { number, at, author, spec }
}

/** What became of a resource between two models, as an event; a resource that neither holds is a bug and throws. */
export function eventOf(id: Id, before: Model, after: Model): WireEvent {
  const [was, is] = [before.resources.get(id), after.resources.get(id)]
  const either = is ?? was
  if (!either) throw new Error(`${id} changed, and neither model holds it`)
  const what = !was ? 'created' : !is ? 'deleted' : is.generation === was.generation ? 'changed' : 'applied'
  return { type: 'resource', kind: either.kind, id, revision: is?.revision ?? after.revision, what }
}

function derived(
  resource: Resource,
  model: Model,
  { board, policies, issuanceOf }: Sight,
  language: Language,
): Readonly<Record<string, unknown>> {
  if (resource.kind === 'certificate')
    return { ...factsOf(resource.now.chain), issuance: issuanceView(issuanceOf(resource), language) }
  if (resource.kind === 'eip') {
    const holder = holderOf(model, resource.id)
    return {
      state: holder ? 'associated' : 'available',
      boundTo: holder ? { kind: holder.kind, id: holder.id } : null,
    }
  }
  if (resource.kind === 'policy-test') return { verdict: policies.statusOf(resource, language) }
  const balancer = find(model, 'load-balancer', resource.id)
  return balancer ? { backendStatus: backendStatus(balancer, board) } : {}
}

function backendStatus(balancer: LoadBalancer, board: Sight['board']): Record<Id, BackendStatus> {
  const known: Record<Id, BackendStatus> = Object.fromEntries(board.leaving(balancer.id))
  for (const id of backendIds(balancer)) {
    const status = board.backend(id)
    if (status) known[id] = status
  }
  return known
}

function issuanceView(issuance: Issuance | null, language: Language): WireIssuance | null {
  if (issuance === null) return null
  const { state, reason, nextAt } = issuance
  return {
    state,
    reason: reason ? problemText(reason, language) : '',
    nextAt: nextAt === null ? null : new Date(nextAt).toISOString(),
  }
}
