import type { Asked, AgentAnswer, AnswerTo, Question, QuestionType } from '../client/questions.ts'
import type { PlannedSpace } from '../dataplane/doomed-flows.ts'
import type { Host } from '../dataplane/host.ts'
import type { Shards } from '../host/item.ts'
import { accessLogAnswer } from './access-log.ts'
import { followAnswer } from './follow.ts'
import { rulesAnswer } from './rules.ts'
import { translationsAnswer } from './translations.ts'
import { probeAnswer } from './probe.ts'
import { backOffMs, pause } from './wake.ts'

/** What an agent needs of the server to be asked. */
export interface QuestionLink {
  /** Questions that this agent has not heard; none after at most `waitMs`. */
  questions(host: string, waitMs: number, signal: AbortSignal): Promise<readonly Asked[]>
  answer(answer: AgentAnswer, signal: AbortSignal): Promise<void>
}

/** What questions are answered from. */
export interface Known {
  readonly host: Host
  /** What the machine is taken to hold; null before that is known. */
  readonly held: Shards | null
}

type Answerer<T extends QuestionType> = (known: Known, question: Question<T>) => Promise<AnswerTo<T>>

/** Who answers what. */
const answerers: { readonly [T in QuestionType]: Answerer<T> } = {
  'access-log': accessLogAnswer,
  translations: translationsAnswer,
  'doomed-flows': async ({ host }, { spaces, most }) =>
    (await host.doomedFlows?.(spaces as readonly PlannedSpace[], most)) ?? { total: 0, pairs: [] },
  probe: probeAnswer,
  tries: async ({ host }, { tries }) => (await host.tryAll?.(tries)) ?? tries.map(() => null),
  follow: followAnswer,
  rules: rulesAnswer,
}

const waitMs = 25_000
const startMs = 50

/** Answers what the server asks, several things at a time, until aborted. */
export async function keepAnswering(
  link: QuestionLink | undefined,
  name: string,
  known: () => Known,
  signal: AbortSignal,
): Promise<void> {
  if (!link) return
  async function answer({ id, question, withinMs }: Asked) {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
    const said = await answered(known(), question)
    // Nobody waits for what could not be said in time.
    await link?.answer({ id, host: name, ...said }, inTime).catch(() => {})
  }
  // Who does not know yet what is there would say that there is nothing.
  while (known().held === null && !signal.aborted) await pause(startMs, signal)
  for (let failures = 0; !signal.aborted;) {
    try {
      for (const asked of await link.questions(name, waitMs, signal)) void answer(asked)
      failures = 0
    } catch {
      failures++
      await pause(backOffMs(failures, 100, 2000), signal)
    }
  }
}

async function answered(known: Known, question: Question): Promise<Pick<AgentAnswer, 'answer' | 'failed'>> {
  try {
    const answerer = answerers[question.type] as Answerer<QuestionType> | undefined
    if (!answerer) return { failed: `this agent cannot answer ${question.type as string}` }
    return { answer: await answerer(known, question) }
  } catch (error) {
    return { failed: (error as Error).message }
  }
}
