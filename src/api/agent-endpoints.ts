import { z } from 'zod'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import { stateSince } from './agent-state.ts'
import type { Core } from './core.ts'
import { numberOf, type Endpoint } from './endpoint.ts'

const counts = z.record(z.string(), z.number())
const backend = z.object({
  state: z.enum(['active', 'unavailable', 'abnormal', 'draining', 'disabled']),
  reason: z.string(),
  since: z.string(),
  seenAs: z.array(z.string()),
  sessions: z.number(),
  requests: z.number(),
  queued: z.number(),
  drainEndsAt: z.string().exactOptional(),
  removedFrom: z.string().exactOptional(),
})
const turn = z.object({
  backend: z.string(),
  at: z.iso.datetime(),
  state: backend.shape.state,
  reason: z.string(),
})
const event = z.object({
  at: z.string(),
  host: z.string(),
  type: z.enum(['drift', 'healed', 'failed', 'proxy', 'agent', 'certificate']),
  resource: z.string(),
  message: z.string(),
})
const report = z.object({
  host: z.string().min(1),
  synced: z.int().min(0),
  failures: z.record(z.string(), z.string()),
  backends: z.record(z.string(), backend),
  events: z.array(event),
  turns: z.array(turn).default([]),
  counters: counts,
  samples: z.object({ at: z.number(), since: z.number(), of: z.record(z.string(), counts) }).optional(),
})

const longestWaitMs = 60_000

/** What agents use, on the unix socket only. */
export function agentEndpoints({
  log,
  noted,
  board,
  series,
}: Pick<Core, 'log' | 'noted' | 'board' | 'series'>): Endpoint[] {
  const common = { tag: 'agent', needs: 'admin' } as const
  return [
    {
      ...common,
      method: 'GET',
      path: '/v1/agent/state',
      name: 'agentState',
      about: 'What is published: all of it, or what changed since a revision',
      query: {
        since: {
          about: 'The revision that the agent has',
          schema: { type: 'integer', maximum: Number.MAX_SAFE_INTEGER },
        },
        waitMs: { about: 'How long to wait for news', schema: { type: 'integer' } },
      },
      answers: { status: 200, about: 'News, or none after the wait', schema: {} },
      async handle({ query, signal }) {
        const since = numberOf('since', query['since'], 0, 0, Number.MAX_SAFE_INTEGER)
        const waitMs = numberOf('waitMs', query['waitMs'], 0, 0, longestWaitMs)
        // A log at revision 0 has nothing to tell: without waiting, an agent of an empty model would ask on and on.
        if (waitMs > 0 && log.since(since) && (since > 0 || log.revision === 0)) {
          await log.newerThan(since, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]))
        }
        return { status: 200, body: stateSince(since, log, noted()) }
      },
    },
    {
      ...common,
      method: 'POST',
      path: '/v1/agent/report',
      name: 'agentReport',
      about: 'What a machine is like now',
      answers: { status: 204, about: 'Heard', schema: null },
      handle({ body }) {
        const read = report.safeParse(body)
        if (!read.success) throw new Refused(problemsOf(read.error, body))
        const { samples, ...rest } = read.data
        board.report(rest)
        if (samples) series.add(rest.host, samples)
        return { status: 204 }
      },
    },
  ]
}
