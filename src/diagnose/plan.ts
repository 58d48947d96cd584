import { compileParts, partsWith } from '../compile/compile.ts'
import { edgeShard } from '../compile/names.ts'
import { diff, type Step } from '../host/diff.ts'
import { put, type Id, type Model, type Resource } from '../model/model.ts'
import { isBroken, policyChanges, type PolicyChange } from './policy.ts'
import { reachChange, type Reach, type ReachChange } from './reach.ts'
import { anyMachine } from './scene.ts'
import { trapsOf, type Trap } from './traps.ts'

/** What an apply would do, beside the difference of the documents. */
export interface ApplyPlan {
  /** What machines would do, in order. */
  readonly steps: readonly Step[]
  readonly reach: ReachChange
  readonly traps: readonly Trap[]
  /** Policy tests that it concerns, those first that it breaks. */
  readonly tests: readonly PolicyChange[]
  /** How many networks it concerns, and how many of them were looked at for who reaches whom. */
  readonly networks: { readonly concerned: number; readonly looked: number }
}

/** So many networks are looked at: a group that all use would take long. */
const mostNetworks = 10

/** What an apply of a resource's draft would do. */
export function planApply(model: Model, resource: Resource): ApplyPlan {
  return planChange(model, put(model, { ...resource, live: resource.draft } as Resource), resource.id)
}

/** What turns one model into the other does, where they differ in one resource. */
function planChange(before: Model, after: Model, id: Id): ApplyPlan {
  const concerned = new Set([...partsWith(before, id), ...partsWith(after, id)])
  const steps: Step[] = []
  const change: { [Kind in keyof ReachChange]: Reach[] } = { gained: [], lost: [], oneWay: [] }
  const networks = [...concerned].filter(part => after.members.has(part)).length
  let looked = 0
  for (const part of concerned) {
    const [was, is] = [before, after].map(model => compileParts(model, anyMachine, [edgeShard, part]))
    steps.push(...diff(was!, is!))
    if (!after.members.has(part) || looked === mostNetworks) continue
    looked++
    const found = reachChange(part, { model: before, state: was! }, { model: after, state: is! })
    for (const kind of ['gained', 'lost', 'oneWay'] as const) change[kind].push(...found[kind])
  }
  const tests = policyChanges(before, after, [id]).toSorted((a, b) => Number(isBroken(b)) - Number(isBroken(a)))
  return { steps, reach: change, traps: trapsOf(before, id), tests, networks: { concerned: networks, looked } }
}
