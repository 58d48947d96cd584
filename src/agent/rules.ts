import type { AnswerTo, Question } from '../client/questions.ts'
import type { Known } from './answers.ts'

/** Our rules in namespaces of this machine, and what they count. */
export async function rulesAnswer({ host }: Known, { netns }: Question<'rules'>): Promise<AnswerTo<'rules'>> {
  const found = await Promise.all(netns.map(async name => ({ netns: name, rules: await host.rules?.(name) })))
  return found.flatMap(({ netns: name, rules }) => (rules ? [{ netns: name, rules }] : []))
}
