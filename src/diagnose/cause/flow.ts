import type { Words } from '../../model/define.ts'
import { eipsAt, find, get, vpcOf, type Id, type Model, type Resource } from '../../model/model.ts'
import type { Problem } from '../../model/problem.ts'
import { privateAddressesOf } from '../../model/node.ts'
import { edgeNetns } from '../../compile/names.ts'
import type { Packet } from '../../host/packet.ts'
import { trafficText, type Arrival, type Protocol } from './admission.ts'
import { answersLost } from './answers.ts'
import { doorTo } from '../trace/door.ts'
import { flowOf, type Asked, type AskedFlow } from '../trace/ends.ts'
import { enteringBy } from './entrance.ts'
import type { Scene } from '../trace/fate.ts'
import { found, type Finding } from './finding.ts'
import { distinct, practicable } from './findings.ts'
import { binding, starting } from './repairs.ts'
import { sceneOf } from '../trace/scene.ts'
import { likelySources } from '../trace/sources.ts'
import { stepText } from '../trace/narration.ts'
import { reaches, tellFlow, type Story } from '../trace/story.ts'
import { placeOf } from '../trace/placing.ts'
import { wayOf } from './way.ts'

/** What becomes of a flow, and why. */
export interface FlowDiagnosis {
  readonly flow: AskedFlow
  readonly story: Story
  /** Whether it gets there and is answered, as far as what was applied says. */
  readonly reaches: boolean
  /** Why not, the cause first. */
  readonly findings: readonly Finding[]
}

/** Scenes by the parts that are in them: one question may ask about several ports. */
export type Scenes = (parts: readonly string[]) => Scene

/** The scenes of a model, each compiled once. */
export function scenesOf(model: Model): Scenes {
  const known = new Map<string, Scene>()
  return parts => known.getOrInsertComputed([...parts].sort().join(' '), () => sceneOf(model, parts))
}

/** Whether a flow gets from one to another, and what keeps it from that; or all that is wrong with the question. */
export function diagnoseFlow(
  model: Model,
  asked: Asked,
  scenes: Scenes = scenesOf(model),
): FlowDiagnosis | readonly Problem[] {
  const door = doorTo(model, asked)
  const flow = flowOf(model, door ? { ...asked, ...door } : asked)
  if (!('packet' in flow)) return flow
  const { packet, story } = tried(model, asked, flow, scenes(flow.parts))
  const isReached = reaches(story)
  const closed = door === null && isShut(model, asked, flow)
  if (closed) return { flow, story, reaches: false, findings: [closed] }
  const reasons = isReached ? [] : reasonsFor(model, flow, packet, asked.from === 'internet')
  const findings = isReached || reasons.length > 0 ? reasons : [ending(model, flow, packet, story)]
  return { flow: { ...flow, packet }, story, reaches: isReached, findings: practicable(model, findings) }
}

/** The story of a flow. Of anybody on the internet it is that of one whom it gets in, where there is one. */
function tried(model: Model, asked: Asked, flow: AskedFlow, scene: Scene): { packet: Packet; story: Story } {
  const told = (packet: Packet) => ({ packet, story: tellFlow(scene, flow.origin, packet) })
  const first = told(flow.packet)
  if (asked.from !== 'internet' || reaches(first.story)) return first
  for (const from of likelySources(model, flow.packet)) {
    const other = told({ ...flow.packet, from })
    if (reaches(other.story)) return other
  }
  return first
}

/** A server that others are to reach from outside, and that nothing leads to; a balancer that the internet is to reach. */
function isShut(model: Model, { from: asker, to }: Asked, flow: AskedFlow): Finding | null {
  const balancer = find(model, 'load-balancer', flow.to?.kind === 'lbl' ? flow.to.of?.id : to)
  if (balancer && asker === 'internet' && balancer.now.eips.length === 0) {
    return found('balancer-without-eip', balancer, {}, binding(model, balancer))
  }
  const server = find(model, 'server', to)
  if (!server || server.now.eip !== null || server.now.address === null) return null
  const from = flow.from && model.resources.get(flow.from.id)
  if (from && vpcOf(model, from) === vpcOf(model, server)) return null
  return found('server-without-eip', server, { traffic: trafficText(trafficOf(flow.packet)) })
}

function trafficOf({ protocol, dport }: Packet): { readonly protocol: Protocol; readonly port: number } {
  return { protocol: protocol as Protocol, port: dport }
}

/** Why a flow does not get there: of anybody's, what keeps everybody out, else what keeps out the one who was followed. */
function reasonsFor(model: Model, flow: AskedFlow, packet: Packet, anybody: boolean): Finding[] {
  const all = distinct(walk(model, flow, packet, anybody))
  return all.length > 0 || !anybody ? all : distinct(walk(model, flow, packet, false))
}

/** What the model has against a flow, in the order of its way. */
function walk(model: Model, { from: thing, origin }: AskedFlow, packet: Packet, anybody: boolean): Finding[] {
  const { from, to: address } = packet
  const target = { address, ...trafficOf(packet) }
  if (origin.netns === edgeNetns) {
    const [eip] = eipsAt(model, address)
    const arrival: Arrival = { ...target, source: anybody ? null : from, admit: () => (anybody ? null : `${from}/32`) }
    return eip === undefined ? [] : enteringBy(model, get(model, 'eip', eip), arrival)
  }
  const sender = senderOf(model, thing?.id)
  if (!sender) return []
  if (sender.now.power === 'off') {
    return [found(sender.kind === 'server' ? 'server-off' : 'balancer-off', sender, {}, starting(sender))]
  }
  if (sender.now.subnet === null) {
    return [sender.kind === 'server' ? found('server-in-no-network', sender) : found('no-subnet', sender, { address })]
  }
  const own = sender.kind === 'load-balancer' ? privateAddressesOf(sender) : [from]
  return own.map(each => wayOf(model, sender, each, target)).find(list => list.length > 0) ?? []
}

function senderOf(model: Model, id: Id | undefined) {
  return find(model, 'server', id) ?? find(model, 'load-balancer', id)
}

/** Where a flow ends that the model has nothing against. */
function ending(model: Model, flow: AskedFlow, packet: Packet, story: Story): Finding {
  const there = story.there.outcome === 'arrives' || story.there.outcome === 'leaves'
  const lost = answersLost(model, flow, packet, story)
  if (lost) return lost
  const way = there && story.back ? story.back : story.there
  const last = way.steps.at(-1)!
  const why: Words = { en: stepText(last, 'en'), zh: stepText(last, 'zh') }
  const resource = placeOf(model, last) ?? fallback(model)
  return found(there ? 'stopped-on-return' : 'stopped', resource, { address: packet.to, why })
}

/** What stands for the machine itself. */
function fallback(model: Model): Resource {
  return [...model.resources.values()].find(({ kind }) => kind === 'zone')!
}
