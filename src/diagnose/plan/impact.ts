import { compileParts, partsWith } from '../../compile/compile.ts'
import { edgeShard } from '../../compile/names.ts'
import { diff, type Step } from '../../host/diff.ts'
import type { HostState } from '../../host/item.ts'
import { all, nowhere, vpcOf, type Id, type Model } from '../../model/model.ts'
import { backendChanges, balancersIn, type BackendChange, type ListenerLoss } from './backend-change.ts'
import type { Scene } from '../trace/fate.ts'
import { isBroken, policiesLost, policyChanges, type PolicyChange } from '../reach/policy.ts'
import { reachChange, type Reach, type ReachChange } from '../reach/reach.ts'
import { anyMachine } from '../trace/scene.ts'

/** What comes of a change of the model. */
export interface Impact {
  /** What would run; null where nothing of ours is there. */
  readonly after: Model | null
  /** What machines would do, in order. */
  readonly steps: readonly Step[]
  readonly reach: ReachChange
  readonly backends: readonly BackendChange[]
  /** Listeners that lose their last backend. */
  readonly listeners: readonly ListenerLoss[]
  /** Policy tests that it concerns, those first that it breaks. */
  readonly tests: readonly PolicyChange[]
  /** How many networks it concerns, and how many of them were looked at for who reaches whom. */
  readonly networks: { readonly concerned: number; readonly looked: number }
  /** What namespaces hold afterwards whose rules change, and nothing for those that go. */
  readonly rewritten: ReadonlyMap<string, HostState>
}

/** So many networks are looked at: a group that all use would take long. */
const mostNetworks = 10

/** What turns one model into the other does, where they differ in these resources. `isUp` says which backends checks let serve. */
export function impactOf(before: Model, after: Model, ids: readonly Id[], isUp: (backend: Id) => boolean): Impact {
  const concerned = new Set(ids.flatMap(id => [...partsWith(before, id), ...partsWith(after, id)]))
  const tests = policyChanges(before, after, ids)
  return impactOn(concerned, before, after, tests, { isUp, machine: 'stays' })
}

/** What comes of the loss of the machine: nothing of ours is there. */
export function impactOfLoss(model: Model, isUp: (backend: Id) => boolean): Impact {
  const alone = [...all(model, 'load-balancer'), ...all(model, 'server')].filter(
    each => vpcOf(model, each) === undefined,
  )
  const parts = [...model.members.keys(), ...alone.map(({ id }) => id)].filter(part => part !== nowhere)
  return impactOn(parts, model, model, policiesLost(model), { isUp, machine: 'goes' })
}

const empty: HostState = new Map()

function impactOn(
  concerned: Iterable<string>,
  before: Model,
  after: Model,
  changes: readonly PolicyChange[],
  { isUp, machine }: { readonly isUp: (backend: Id) => boolean; readonly machine: 'stays' | 'goes' },
): Impact {
  const steps: Step[] = []
  const reach: { [Kind in keyof ReachChange]: Reach[] } = { gained: [], lost: [], oneWay: [] }
  const [backends, listeners]: [BackendChange[], ListenerLoss[]] = [[], []]
  const rewritten = new Map<string, HostState>()
  const networks = [...concerned].filter(part => isPart(before, part) || isPart(after, part))
  for (const [i, part] of networks.entries()) {
    const [was, planned] = [before, after].map(model => ({
      model,
      state: compileParts(model, anyMachine, [edgeShard, part]),
    })) as [Scene, Scene]
    const is = machine === 'goes' ? { ...planned, state: empty } : planned
    const own = machine === 'goes' ? [] : diff(was.state, is.state)
    steps.push(...own)
    for (const netns of rewrittenBy(own, was.state)) rewritten.set(netns, within(is.state, netns))
    for (const { do: verb, item } of own)
      if (verb === 'remove' && item.kind === 'netns') rewritten.set(item.netns, empty)
    if (i >= mostNetworks) continue
    const found = reachChange(part, was, is)
    for (const kind of ['gained', 'lost', 'oneWay'] as const) reach[kind].push(...found[kind])
    const served = backendChanges(balancersIn(part, before, after), was, is, isUp)
    backends.push(...served.backends)
    listeners.push(...served.listeners)
  }
  const tests = changes.toSorted((a, b) => Number(isBroken(b)) - Number(isBroken(a)))
  const looked = Math.min(networks.length, mostNetworks)
  const then = machine === 'goes' ? null : after
  return {
    after: then,
    steps,
    reach,
    backends,
    listeners,
    tests,
    rewritten,
    networks: { concerned: networks.length, looked },
  }
}

/** Whether something is compiled under that name: a VPC, or what stands alone. */
function isPart(model: Model, part: string): boolean {
  const resource = model.resources.get(part)
  return model.members.has(part) || (resource !== undefined && vpcOf(model, resource) === undefined)
}

/** The namespaces in which rules take the place of others: flows there are judged anew. */
function rewrittenBy(steps: readonly Step[], was: HostState): ReadonlySet<string> {
  const rewritten = steps.filter(({ do: verb, item }) => verb === 'put' && item.kind === 'ruleset')
  return new Set(rewritten.map(({ item }) => item.netns).filter(netns => was.has(`ruleset ${netns} `)))
}

function within(state: HostState, netns: string): HostState {
  return new Map([...state].filter(([, item]) => item.netns === netns))
}
