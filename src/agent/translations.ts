import type { AnswerTo, Question } from '../client/questions.ts'
import { netnsOf } from '../compile/names.ts'
import type { Known } from './answers.ts'

/** How the sources of an appliance's flows are translated on this machine. */
export async function translationsAnswer(
  { host }: Known,
  { of, most }: Question<'translations'>,
): Promise<AnswerTo<'translations'>> {
  return (await host.translations?.(netnsOf(of), most)) ?? { addresses: [], fullest: [] }
}
