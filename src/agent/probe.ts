import type { AnswerTo, Question } from '../client/questions.ts'
import type { Known } from './answers.ts'

/** What a backend answers who is asked from the namespace of its balancer; null where that is not on this machine. */
export async function probeAnswer({ host }: Known, { probe }: Question<'probe'>): Promise<AnswerTo<'probe'>> {
  return (await host.probe?.(probe)) ?? null
}
