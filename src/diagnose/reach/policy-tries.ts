import type { Words } from '../../model/define.ts'
import type { Model, PolicyTest } from '../../model/model.ts'
import { edgeNetns } from '../../compile/names.ts'
import type { End } from './parties.ts'
import type { Scene } from '../trace/fate.ts'
import { partitionOf } from './partition.ts'
import { endText } from './policy.ts'
import { questionsOf } from './policy-flows.ts'

/** A flow by which a policy test can be tried with packets. */
export interface PolicyTry {
  readonly from: End
  readonly to: End
  readonly netns: string
  readonly source: string
  readonly address: string
  readonly protocol: PolicyTest['now']['protocol']
  readonly port: number
}

/** What came of one, as agents say it. */
interface Tried {
  readonly got: 'answer' | 'refusal' | 'nothing' | 'silence'
  readonly reason: string
}

/** So many flows of a test are tried, of as many pairs as there are. */
const most = 4

/** Flows of a policy test whose sender is a namespace of ours; none where it is the internet, or a machine of its own. */
export function triesOf(scene: Scene, test: PolicyTest): readonly PolicyTry[] {
  const found: PolicyTry[] = []
  for (const { from, to, flows } of questionsOf(scene, partitionOf([scene.state]), test)) {
    const [flow] = flows
    if (!flow || flow.origin.enters !== null || flow.origin.netns === edgeNetns) continue
    const { origin, source, to: address, protocol, port } = flow
    found.push({ from, to, netns: origin.netns, source, address, protocol, port })
  }
  const step = Math.max(1, found.length / most)
  return Array.from({ length: Math.min(most, found.length) }, (_, i) => found[Math.floor(i * step)]!)
}

/** What packets say of a policy test. */
export interface PolicyTrial {
  /** Whether they did what it states; null where nobody can say. */
  readonly asStated: boolean | null
  /** The first that did not, and what came of it. */
  readonly because: { readonly tried: PolicyTry; readonly reason: string } | null
}

/** What packets say of a policy test, all of its tries together; null for a try that no machine could make. */
export function trialOf(
  { now }: PolicyTest,
  tries: readonly PolicyTry[],
  results: readonly (Tried | null)[],
): PolicyTrial {
  const told = tries.map((tried, i) => {
    const result = results[i] ?? null
    const gets = result && getsThere(tried.to, result, now.must)
    return { tried, reason: result?.reason ?? '', asStated: gets === null ? null : gets === (now.must === 'reach') }
  })
  const wrong = told.find(({ asStated }) => asStated === false)
  if (wrong) return { asStated: false, because: wrong }
  return { asStated: told.length > 0 && told.every(({ asStated }) => asStated === true) ? true : null, because: null }
}

/** A server that refuses was reached. Elsewhere a refusal serves nobody, though it shows that the way there is open. */
function getsThere({ kind }: End, { got }: Tried, must: PolicyTest['now']['must']): boolean | null {
  if (got === 'answer') return true
  if (got === 'refusal') return kind === 'server' || kind === 'address' || (kind === 'internet' && must === 'not-reach')
  return got === 'nothing' ? false : null
}

const sentence: Words = {
  en: 'packets from {from} to {to} by {what}: {reason}',
  zh: '从 {from} 到 {to} 的 {what} 数据包：{reason}',
}

/** What came of the try that shows that a policy test is broken. */
export function trialText(
  model: Model,
  { tried, reason }: NonNullable<PolicyTrial['because']>,
  language: keyof Words,
): string {
  const { from, to, protocol, port } = tried
  const values: Readonly<Record<string, string>> = {
    from: endText(model, from, language),
    to: endText(model, to, language),
    what: protocol === 'icmp' ? 'ICMP' : `${protocol.toUpperCase()} ${port}`,
    reason,
  }
  return sentence[language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
