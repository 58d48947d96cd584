import { z } from 'zod'
import type { Trial } from '../client/apply-wire.ts'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import { wholePage, type Language } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { refTo } from './schemas.ts'
import type { Trials, TrialWish } from './trials.ts'

/** Applies that are watched. */
export function trialEndpoints(trials: Trials): Endpoint[] {
  const answers = { status: 200, about: 'It', schema: refTo('Trial') }
  const action = (verb: 'confirm' | 'revert', about: string): Endpoint => ({
    method: 'POST',
    path: `/v1/trials/{id}:${verb}`,
    name: `${verb}Trial`,
    tag: 'system',
    about,
    needs: 'operator',
    answers,
    async handle({ params, language }) {
      const id = params['id'] ?? ''
      await trials[verb](id)
      return { status: 200, body: trialOf(trials, id, language) }
    },
  })
  return [
    {
      method: 'GET',
      path: '/v1/trials',
      name: 'listTrials',
      tag: 'system',
      about: 'Lists applies that are or were watched, newest first',
      needs: 'read-only',
      answers: { status: 200, about: 'The latest thousand', schema: refTo('TrialPage') },
      handle: ({ language }) => ({ status: 200, body: wholePage(trials.list(language)) }),
    },
    {
      method: 'GET',
      path: '/v1/trials/{id}',
      name: 'getTrial',
      tag: 'system',
      about: 'Shows how an apply that is or was watched goes',
      needs: 'read-only',
      answers,
      handle: ({ params, language }) => ({ status: 200, body: trialOf(trials, params['id'] ?? '', language) }),
    },
    action('confirm', 'Ends a running trial: what it published stays'),
    action('revert', 'Ends a running trial: what ran before it is published again'),
  ]
}

function trialOf(trials: Trials, id: string, language: Language): Trial {
  const trial = trials.get(id, language)
  if (trial) return trial
  throw new Refused([{ code: 'no-trial', at: '', values: { id: id.slice(0, 64) } }])
}

const wish = z.strictObject({ watchS: z.int().min(5).max(3600).optional(), confirm: z.boolean().default(false) })
const usualS = 60

/** How an apply wants to be watched; null where it does not. Throws with all that is wrong. */
export function trialWishOf({ body }: Call): TrialWish | null {
  if (body === undefined || body === null) return null
  const read = wish.safeParse(body)
  if (!read.success) throw new Refused(problemsOf(read.error, body))
  const { watchS, confirm } = read.data
  return watchS === undefined && !confirm ? null : { watchS: watchS ?? usualS, confirm }
}
