import type { ServerStatus } from '../client/wire.ts'
import type { Endpoint } from './endpoint.ts'
import type { Services } from './resources.ts'
import { refTo } from './schemas.ts'
import type { WritingProblems } from './writing-problems.ts'

/** The version of the API in its paths. */
const apiVersion = 'v1'

/** What tells of the server itself, and of what keeps it from writing. */
export function systemEndpoints({ model, board }: Services, version: string, writing: WritingProblems): Endpoint[] {
  const common = { method: 'GET', tag: 'system', needs: 'read-only' } as const
  return [
    {
      ...common,
      path: '/healthz',
      name: 'health',
      about: 'Whether the server answers; everyone may ask',
      needs: null,
      answers: { status: 200, about: 'It does', schema: { type: 'object', properties: { ok: { const: true } } } },
      handle: () => ({ status: 200, body: { ok: true } }),
    },
    {
      ...common,
      path: '/v1/version',
      name: 'getVersion',
      about: 'What runs here',
      answers: { status: 200, about: 'It', schema: refTo('Version') },
      handle: () => ({ status: 200, body: { name: 'causeway', version, api: apiVersion } }),
    },
    {
      ...common,
      path: '/v1/status',
      name: 'getStatus',
      about: 'How the server and its agents are',
      answers: { status: 200, about: 'That', schema: refTo('ServerStatus') },
      async handle({ language }) {
        const problems = await writing(language)
        const body: ServerStatus = { revision: model().revision, problems, agents: board.agents() }
        return { status: 200, body }
      },
    },
  ]
}
