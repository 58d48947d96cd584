import { compareWays, type Pair } from '../diagnose/trace/comparison.ts'
import type { AskedFlow } from '../diagnose/trace/ends.ts'
import type { Scene } from '../diagnose/trace/fate.ts'
import { asItWent, tellSeen } from '../diagnose/trace/seen.ts'
import { tellFlow, type Story, type Way } from '../diagnose/trace/story.ts'
import { Refused } from '../model/problem.ts'
import type { Questions, Reply } from './questions.ts'

/** A packet that was sent, beside what was told of it. */
export interface Real {
  readonly host: string
  /** What a trace tells, where what is left to chance went as it did. */
  readonly story: Story
  readonly there: Compared
  readonly back: Compared | null
  readonly agrees: boolean
}

/** A way as it was seen, beside the way that was told. */
interface Compared {
  readonly way: Way
  readonly pairs: readonly Pair[]
}

/** Whoever asked may be gone: what is sent is followed to its end all the same. */
const withinMs = 10_000
/** So many namespaces are looked at: each costs some milliseconds. */
const mostPlaces = 24

/** Has an agent send the packet of a flow and follow it. Throws where none can. */
export async function followed(
  questions: Questions,
  scene: Scene,
  { origin: { netns, enters }, packet }: AskedFlow,
): Promise<Real> {
  const expected = tellFlow(scene, { netns, enters }, packet)
  const [first] = expected.there.steps
  const sent = first?.after ?? packet
  const among = placesOf(scene, expected)
  const question = { type: 'follow', netns, own: enters === null, packet: sent, among } as const
  const { host, answer } = answered(await questions.ask<'follow'>(question, AbortSignal.timeout(withinMs)))
  const went = asItWent(scene, answer)
  const story = tellFlow(went, { netns, enters }, sent)
  const seen = tellSeen(went, netns, sent, answer)
  const there = { way: seen.there, pairs: compareWays(story.there, seen.there, 'dport') }
  const back = seen.back && { way: seen.back, pairs: compareWays(story.back ?? nothing, seen.back, 'sport') }
  const agrees = agree(there) && (back ? agree(back) : !mustAnswer(story, packet.protocol))
  return { host, story, there, back, agrees }
}

const nothing: Way = { outcome: 'unreachable', steps: [] }

function agree({ pairs }: Compared): boolean {
  return pairs.every(({ same }) => same)
}

/** Whether an answer must have been seen: machines of our own answer TCP and echoes, who else answers is their business. */
function mustAnswer({ there, back }: Story, protocol: string): boolean {
  return back !== null && there.outcome === 'arrives' && protocol !== 'udp'
}

/** Where the packet may be seen: on its way and that of the answer, then wherever else. */
function placesOf({ state }: Scene, { there, back }: Story): string[] {
  const way = [...there.steps, ...(back?.steps ?? [])].map(({ netns }) => netns)
  const others = [...state.values()].flatMap(item => (item.kind === 'netns' ? item.netns : []))
  return [...new Set([...way, ...others])].slice(0, mostPlaces)
}

function answered(replies: readonly Reply<'follow'>[]) {
  for (const { host, answer } of replies) if (answer) return { host, answer }
  const reason = replies.map(({ host, failed }) => `${host}: ${failed ?? '–'}`).join('; ')
  throw new Refused([{ code: 'not-followed', at: 'real', values: { reason } }])
}
