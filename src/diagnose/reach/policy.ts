import { partsWith } from '../../compile/compile.ts'
import type { Words } from '../../model/define.ts'
import { all, type Id, type Model, type PolicyTest } from '../../model/model.ts'
import type { End } from './parties.ts'
import { fateOf, type Flow, type Scene } from '../trace/fate.ts'
import { sceneOf } from '../trace/scene.ts'
import { partitionOf } from './partition.ts'
import { partsOf, questionsOf, type Question } from './policy-flows.ts'
import { admissionOf, noWayTo, stopOf, stopText, type Stop } from '../trace/stop.ts'

/** What a policy test comes to by the model: `void` where there is nobody whom it is about. */
export type PolicyVerdict =
  | { readonly state: 'holds' | 'void' }
  | { readonly state: 'broken'; readonly because: Breach }

/** The first pair that a policy test is broken by, and what stops or admits its packets. */
export interface Breach {
  readonly from: End
  readonly to: End
  readonly protocol: PolicyTest['now']['protocol']
  /** The port that was tried; null for ICMP. */
  readonly port: number | null
  readonly stop: Stop
}

/** The scene of a policy test. Tests of the same parts share it where they are given the same `scenes`. */
export function sceneFor(model: Model, test: PolicyTest, scenes = new Map<string, Scene>()): Scene {
  const parts = [...partsOf(model, test)].sort()
  return scenes.getOrInsertComputed(parts.join(), () => sceneOf(model, parts))
}

/** What a policy test comes to. */
export function judgePolicy(scene: Scene, test: PolicyTest): PolicyVerdict {
  let asked = 0
  for (const question of questionsOf(scene, partitionOf([scene.state]), test)) {
    asked++
    const because = breachOf(scene, test, question)
    if (because) return { state: 'broken', because }
  }
  return { state: asked === 0 ? 'void' : 'holds' }
}

function breachOf(scene: Scene, { now }: PolicyTest, { from, to, flows, isThere }: Question): Breach | null {
  const told = { from, to, protocol: now.protocol }
  const portOf = ({ port }: Flow) => (now.protocol === 'icmp' ? null : port)
  let first: Breach | null = null
  for (const flow of flows) {
    const fate = fateOf(scene, flow)
    const there = isThere(fate)
    if (now.must === 'not-reach') {
      if (there) return { ...told, port: portOf(flow), stop: admissionOf(scene, fate) }
      continue
    }
    if (there && fate.reaches) return null
    first ??= { ...told, port: portOf(flow), stop: stopOf(scene, fate) }
  }
  if (now.must === 'not-reach') return null
  return first ?? { ...told, port: null, stop: noWayTo(scene.model, to.ids[0] ?? '', to.address !== '') }
}

/** What a change makes of a policy test. */
export interface PolicyChange {
  readonly test: PolicyTest
  readonly before: PolicyVerdict['state']
  readonly after: PolicyVerdict
}

/** The policy tests that a change of resources concerns, each with what it was and what it comes to. */
export function policyChanges(before: Model, after: Model, changed: Iterable<Id>): readonly PolicyChange[] {
  if ((after.byKind.get('policy-test')?.size ?? 0) === 0) return []
  const concerned = new Set([...changed].flatMap(id => [...partsWith(before, id), ...partsWith(after, id)]))
  const [was, is] = [new Map<string, Scene>(), new Map<string, Scene>()]
  return [...all(after, 'policy-test')].flatMap(test => {
    if (!test.now.enabled || partsOf(after, test).union(partsOf(before, test)).isDisjointFrom(concerned)) return []
    const now = judgePolicy(sceneFor(after, test, is), test)
    return [{ test, before: judgePolicy(sceneFor(before, test, was), test).state, after: now }]
  })
}

/** What the loss of the machine makes of every policy test. */
export function policiesLost(model: Model): readonly PolicyChange[] {
  const scenes = new Map<string, Scene>()
  return [...all(model, 'policy-test')].flatMap(test => {
    if (!test.now.enabled) return []
    const before = judgePolicy(sceneFor(model, test, scenes), test).state
    return [{ test, before, after: judgePolicy({ model, state: new Map() }, test) }]
  })
}

/** Whether a change breaks a policy test that it was not broken before. */
export function isBroken({ before, after }: PolicyChange): boolean {
  return after.state === 'broken' && before !== 'broken'
}

const sentences = {
  reach: {
    en: '{from} must reach {to} by {what}, and does not: {why}',
    zh: '{from} 必须可通过 {what} 访问 {to}，但无法到达：{why}',
  },
  'not-reach': {
    en: '{from} must not reach {to} by {what}, and does: {why}',
    zh: '{from} 不得通过 {what} 访问 {to}，但可以到达：{why}',
  },
} as const satisfies Readonly<Record<PolicyTest['now']['must'], Words>>

const internet: Words = { en: 'the internet', zh: '公网' }

/** How a policy test is broken, as a sentence. */
export function breachText(
  model: Model,
  { now }: PolicyTest,
  { from, to, protocol, port, stop }: Breach,
  language: keyof Words,
): string {
  const values: Readonly<Record<string, string>> = {
    from: endText(model, from, language),
    to: endText(model, to, language),
    what: [protocol.toUpperCase(), port ?? now.ports ?? ''].join(' ').trim(),
    why: stopText(stop, language),
  }
  return sentences[now.must][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** One side of a flow as people call it. */
export function endText(model: Model, { kind, ids, address }: End, language: keyof Words): string {
  const [id] = ids
  if (kind === 'internet') return `${internet[language]} (${address})`
  if (id === undefined) return address
  const name = model.resources.get(id)?.name || id
  return address === '' || name === address ? name : `${name} (${address})`
}
