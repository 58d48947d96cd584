import type { BackendStatus, BackendTurn, ResourceStatus } from '../client/wire.ts'
import type { Model } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Store } from '../store/store.ts'
import type { Turns } from '../store/turns.ts'
import { timeOf } from './endpoint.ts'
import type { Sight } from './view.ts'

/** The past, for whoever asks about it. Times are in milliseconds since 1970. */
export interface PastView {
  /** The model as it was at a moment. Throws {@link Refused} where that is not kept, or still to come. */
  modelAt(time: number): Model
  /** What was known of resources then, beside the model. */
  sightAt(time: number): Sight
  /** What the query's `at` asks for: that moment, or now. */
  seen(at: string | undefined): { readonly model: Model; readonly sight: Sight }
}

/** A clock may be a little ahead of ours. */
const leewayMs = 5000

export function pastOf(store: Store, turns: Turns, present: Sight, now: () => number = Date.now): PastView {
  function modelAt(time: number): Model {
    if (time > now() + leewayMs) throw new Refused([{ code: 'in-the-future', at: '', values: { at: iso(time) } }])
    const model = store.at(time)
    if (model) return model
    throw new Refused([{ code: 'not-remembered', at: '', values: { at: iso(time), oldest: iso(store.oldest()) } }])
  }
  const sightAt = (time: number) => sightOf(turns, time)
  return {
    modelAt,
    sightAt,
    seen(at) {
      const time = timeOf('at', at)
      return time === undefined
        ? { model: store.snapshot(), sight: present }
        : { model: modelAt(time), sight: sightAt(time) }
    },
  }
}

const policy = {
  state: 'unknown',
  reason: '',
  since: null,
  tried: null,
} as const

/** What machines said then is known of backends only: of all else that it was as it was asked to be. */
function sightOf(turns: Turns, time: number): Sight {
  return {
    board: {
      statusOf({ now }): ResourceStatus {
        return { phase: 'power' in now && now.power === 'off' ? 'stopped' : 'active', reason: '' }
      },
      backend(id): BackendStatus | undefined {
        const [turn] = turns.at(time, [id])
        if (!turn) return undefined
        const { state, reason, at } = turn
        const counts = { seenAs: [], sessions: 0, requests: 0, queued: 0 }
        return { state: state as BackendTurn['state'], reason: state === 'active' ? '' : reason, since: at, ...counts }
      },
      leaving: () => [],
    },
    policies: { statusOf: () => policy },
    issuanceOf: () => null,
    shortageOf: () => null,
  }
}

function iso(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms)
}
