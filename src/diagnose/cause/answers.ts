import { eipsAt, find, get, vpcOf, type Id, type Model, type Resource, type Server } from '../../model/model.ts'
import { holderOf } from '../../model/holder.ts'
import { routeFor, type Route } from '../../model/route-choice.ts'
import type { Packet } from '../../host/packet.ts'
import { trafficText, type Protocol } from './admission.ts'
import type { AskedFlow } from '../trace/ends.ts'
import { found, labelOf, type Finding } from './finding.ts'
import { serverAt } from './private-clients.ts'
import { repaired } from './repair.ts'
import { leading } from './repairs.ts'
import { sceneOf } from '../trace/scene.ts'
import { reaches, tellFlow, type Story } from '../trace/story.ts'

/**
 * Requests that get to a server by a public address, while its answers would take another way out of the VPC. Strict
 * reverse-path filtering may drop the request itself for that. Null where that is not so.
 */
export function answersLost(model: Model, flow: AskedFlow, packet: Packet, { there, back }: Story): Finding | null {
  const [eip] = eipsAt(model, packet.to)
  const door = eip === undefined ? undefined : holderOf(model, eip)
  if (door?.kind !== 'vpc' && door?.kind !== 'nat-gateway') return null
  const isFiltered = there.steps.at(-1)?.what === 'reverse-path'
  if (!isFiltered && (back === null || back.outcome === 'arrives' || back.outcome === 'leaves')) return null
  const server = serverAt(model, door, there.steps.at(-1)?.after.to ?? '')
  const table = server && tableOf(model, server)
  if (!server || !table) return null
  const source = server.now.address!
  const taken = routeFor(table.live, source, packet.from)?.nextHop
  const nextHop: Route['nextHop'] =
    door.kind === 'vpc' ? { type: 'router', id: door.id } : { type: 'nat-gateway', id: door.id }
  const repair = leading(model, table, '0.0.0.0/0', nextHop, `${source}/32`)
  const after = repaired(model, repair)
  const mends = after !== null && reaches(tellFlow(sceneOf(after, flow.parts), flow.origin, packet))
  const values = {
    from: packet.from,
    traffic: trafficText({ protocol: packet.protocol as Protocol, port: packet.dport }),
    way: hopText(model, taken, get(model, 'vpc', vpcOf(model, door)!)),
    source,
  }
  return found('answers-lost', server, values, mends ? repair : null)
}

function tableOf(model: Model, server: Server) {
  return find(model, 'route-table', find(model, 'subnet', server.now.subnet)?.now.routeTable)
}

function hopText(model: Model, hop: Route['nextHop'] | undefined, router: Resource): string {
  if (hop?.type === 'address') return hop.address
  const id: Id = hop?.id ?? router.id
  return labelOf(model.resources.get(id) ?? router)
}
