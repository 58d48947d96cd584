import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { RealTrace, Trace } from '../client/trace-wire.ts'
import { flowOf, type AskedFlow } from '../diagnose/trace/ends.ts'
import type { Scene } from '../diagnose/trace/fate.ts'
import { sceneOf, withDrafts } from '../diagnose/trace/scene.ts'
import { reaches, tellFlow, type Story } from '../diagnose/trace/story.ts'
import { edgeNetns, links } from '../compile/names.ts'
import { problemsOf } from '../model/issue.ts'
import type { Model } from '../model/model.ts'
import { Refused, type Problem } from '../model/problem.ts'
import { checkRole } from './caller-role.ts'
import { timeOf, type Call, type Endpoint } from './endpoint.ts'
import type { Questions } from './questions.ts'
import { followed } from './real-trace.ts'
import type { Services } from './resources.ts'
import { traceRequestSchema, traceSchema } from './trace-schema.ts'
import { wayView } from './trace-view.ts'

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
  real: z.boolean().default(false),
})
type Request = z.output<typeof request>

/** Follows a packet through the network. */
export function traceEndpoints({ model, past }: Pick<Services, 'model' | 'past'>, questions: Questions): Endpoint[] {
  return [
    {
      method: 'POST',
      path: '/v1/traces',
      name: 'trace',
      tag: 'system',
      about:
        'Follows a packet and its answer through the network as it runs, or as drafts will make it. Nothing is sent, but with `real` one packet, by operators',
      needs: 'read-only',
      body: traceRequestSchema,
      answers: { status: 200, about: 'Every decision on the way, and what of the API causes it', schema: traceSchema },
      async handle(call) {
        const asked = read(call.body)
        const at = timeOf('at', asked.at)
        const now = modelOf(at === undefined ? model() : past.modelAt(at), asked)
        const flow = flowIn(now, asked)
        const scene = sceneOf(now, flow.parts)
        if (asked.real) return { status: 200, body: await realTrace(questions, { scene, flow, asked, call }) }
        const story = tellFlow(scene, flow.origin, flow.packet)
        return { status: 200, body: traceView(flow, story, asked.version, call, null) }
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
    model.resources.has(id) ? [] : [{ code: 'no-such-resource', at: `drafts[${i}]`, values: { id } }],
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

interface Sending {
  readonly scene: Scene
  readonly flow: AskedFlow
  readonly asked: Request
  readonly call: Call
}

/** The same with a packet that is sent. The story tells it by what was left to chance as that went. */
async function realTrace(questions: Questions, { scene, flow, asked, call }: Sending): Promise<Trace> {
  checkRole(call.caller, 'operator')
  if (asked.version === 'draft' || asked.at !== undefined) throw new Refused([{ code: 'real-draft', at: 'real' }])
  const { netns, enters } = flow.origin
  const isOutside = netns === edgeNetns && enters === links.uplink
  if (enters !== null && !isOutside) {
    throw new Refused([{ code: 'no-real-origin', at: 'from', values: { id: asked.from } }])
  }
  // No client of the machines takes a port among these.
  const packet = { ...flow.packet, sport: flow.packet.protocol === 'icmp' ? 0 : randomInt(61_000, 65_536) }
  const { host, story, there, back, agrees } = await followed(questions, scene, { ...flow, packet })
  const real: RealTrace = {
    host,
    agrees,
    there: { ...wayView(there.way, call.language), pairs: there.pairs },
    back: back && { ...wayView(back.way, call.language), pairs: back.pairs },
  }
  return traceView(flow, story, 'live', call, real)
}

function traceView(
  { from, to }: AskedFlow,
  story: Story,
  version: Trace['version'],
  { language }: Call,
  real: RealTrace | null,
): Trace {
  const { there, back } = story
  return {
    from,
    to,
    version,
    reaches: reaches(story),
    there: wayView(there, language),
    back: back && wayView(back, language),
    real,
  }
}
