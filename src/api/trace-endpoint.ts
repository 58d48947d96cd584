import { z } from 'zod'
import type { Trace, TracedStep, TracedWay } from '../client/trace-wire.ts'
import { flowOf, type AskedFlow } from '../diagnose/ends.ts'
import { sceneOf, withDrafts } from '../diagnose/scene.ts'
import { placeText, reaches, stepText, tellFlow, type Story, type Way } from '../diagnose/story.ts'
import { problemsOf } from '../model/issue.ts'
import type { Model } from '../model/model.ts'
import { Refused, type Problem } from '../model/problem.ts'
import type { Language } from './answer.ts'
import { timeOf, type Endpoint } from './endpoint.ts'
import type { Services } from './resources.ts'
import { traceRequestSchema, traceSchema } from './trace-schema.ts'

const word = z.string().min(1).max(64)
const request = z.strictObject({
  from: word,
  to: word,
  vpc: word.optional(),
  protocol: z.enum(['tcp', 'udp', 'icmp']).optional(),
  port: z.int().min(1).max(65535).optional(),
  version: z.enum(['live', 'draft']).default('live'),
  drafts: z.array(word).max(1000).optional(),
  at: word.optional(),
})
type Request = z.output<typeof request>

/** Follows a packet through the network. */
export function traceEndpoints({ model, past }: Pick<Services, 'model' | 'past'>): Endpoint[] {
  return [
    {
      method: 'POST',
      path: '/v1/traces',
      name: 'trace',
      tag: 'system',
      about: 'Follows a packet and its answer through the network as it runs, or as drafts will make it; sends nothing',
      needs: 'read-only',
      body: traceRequestSchema,
      answers: { status: 200, about: 'Every decision on the way, and what of the API causes it', schema: traceSchema },
      handle({ body, language }) {
        const asked = read(body)
        const at = timeOf('at', asked.at)
        const now = modelOf(at === undefined ? model() : past.modelAt(at), asked)
        const flow = flowIn(now, asked)
        const story = tellFlow(sceneOf(now, flow.parts), flow.origin, flow.packet)
        return { status: 200, body: traceView(flow, story, asked.version, language) }
      },
    },
  ]
}

function read(body: unknown): Request {
  const parsed = request.safeParse(body)
  if (!parsed.success) throw new Refused(problemsOf(parsed.error, body))
  return parsed.data
}

function modelOf(model: Model, { version, drafts }: Request): Model {
  const problems = (drafts ?? []).flatMap((id, i): Problem[] =>
    model.resources.has(id) ? [] : [{ code: 'no-such-draft', at: `drafts[${i}]`, values: { id } }],
  )
  if (problems.length > 0) throw new Refused(problems)
  return version === 'draft' ? withDrafts(model, drafts) : model
}

function flowIn(model: Model, { from, to, vpc, protocol, port }: Request): AskedFlow {
  const asked = { from, to, vpc: vpc ?? null, protocol: protocol ?? null, port: port ?? null }
  const flow = flowOf(model, asked)
  if ('packet' in flow) return flow
  throw new Refused(flow)
}

function traceView({ from, to }: AskedFlow, story: Story, version: Trace['version'], language: Language): Trace {
  const { there, back } = story
  return {
    from,
    to,
    version,
    reaches: reaches(story),
    there: wayView(there, language),
    back: back && wayView(back, language),
  }
}

/** A packet's way, as the API tells it. */
export function wayView({ outcome, steps }: Way, language: Language): TracedWay {
  return {
    outcome,
    steps: steps.map((step): TracedStep => {
      const { netns, where, what, it, kernel, before, after } = step
      const [place, message] = [placeText(where, language), stepText(step, language)]
      return { netns, where, place, code: what, message, object: it, kernel, before, after }
    }),
  }
}
