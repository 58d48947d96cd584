import { z } from 'zod'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import { numberOf, type Endpoint } from './endpoint.ts'
import type { Questions } from './questions.ts'

const said = z.object({
  id: z.string(),
  host: z.string().min(1),
  answer: z.unknown().optional(),
  failed: z.string().optional(),
})

const longestWaitMs = 60_000

/** How agents are asked, on the unix socket only: they come for questions, and bring answers. */
export function questionEndpoints(questions: Questions): Endpoint[] {
  const common = { tag: 'agent', needs: 'admin' } as const
  return [
    {
      ...common,
      method: 'GET',
      path: '/v1/agent/questions',
      name: 'agentQuestions',
      about: 'What an agent is asked',
      query: {
        host: { about: 'Who comes for questions', schema: { type: 'string' } },
        waitMs: { about: 'How long to wait for one', schema: { type: 'integer' } },
      },
      answers: { status: 200, about: 'Questions, or none after the wait', schema: {} },
      async handle({ query, signal }) {
        const waitMs = numberOf('waitMs', query['waitMs'], 0, 0, longestWaitMs)
        const over = AbortSignal.any([signal, AbortSignal.timeout(waitMs)])
        return { status: 200, body: await questions.take(query['host'] ?? '', over) }
      },
    },
    {
      ...common,
      method: 'POST',
      path: '/v1/agent/answers',
      name: 'agentAnswers',
      about: 'What an agent says to a question',
      answers: { status: 204, about: 'Heard', schema: null },
      handle({ body }) {
        const read = said.safeParse(body)
        if (!read.success) throw new Refused(problemsOf(read.error, body))
        const { id, host, answer, failed } = read.data
        questions.answer({ id, host, answer, ...(failed === undefined ? {} : { failed }) })
        return { status: 204 }
      },
    },
  ]
}
