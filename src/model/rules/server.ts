import { all, attachmentOf, find, vpcOf, type Id, type Model, type Nic, type Server } from '../model.ts'
import type { Problem } from '../problem.ts'
import { duplicates, overQuota, usersOf, type Rules } from './rule.ts'
import { memberProblems } from './subnet.ts'
import { regionProblems } from './zone.ts'

export const serverRules: Rules<'server'> = {
  *whole(model, server) {
    const { id, now } = server
    if (now.address !== null && now.subnet === null) yield { code: 'address-without-subnet', at: 'address' }
    if (now.eip !== null) yield* regionProblems(model, [now.eip], vpcOf(model, server), () => 'eip')
    yield* linkProblems(model, server)
    const what = attachmentOf(server)
    if (what === null) return
    const others = [...(model.byAttachment.get(what) ?? [])].filter(other => other !== id)
    for (const other of others.slice(0, 1)) yield { code: 'attach-taken', at: 'attach', values: { what, other } }
    if (now.attach.type === 'tap' && ownLinks.test(what))
      yield { code: 'own-link', at: 'attach.device', values: { what } }
  },
}

/** How links are named that a tap device may meet where it is moved to. */
const ownLinks = /^(lo|pub0|(br|l|n|w|p|e)-[0-9a-z]{8})$/

/** A server's interfaces are numbered apart, and each in a private network of its own. */
function* linkProblems(model: Model, server: Server): Iterable<Problem> {
  const nics = nicsOf(model, server.id)
  yield* overQuota('nicsPerServer', nics.length, '')
  for (const { index, first } of duplicates(nics, nic => String(nic.now.sequence))) {
    yield { code: 'duplicate', at: 'sequence', resource: nics[index]!.id, values: { other: nics[first]!.id } }
  }
  const links = [
    { id: server.id, subnet: server.now.subnet },
    ...nics.map(({ id, now }) => ({ id, subnet: now.subnet })),
  ]
  for (const { index, first } of duplicates(links, link => link.subnet)) {
    yield { code: 'link-twice', at: 'subnet', resource: links[index]!.id, values: { other: links[first]!.id } }
  }
}

/** The interfaces that are attached to a server, in the order of their ids. */
export function nicsOf(model: Model, server: string): readonly Nic[] {
  return [...usersOf(model, server)]
    .filter(user => user.kind === 'nic')
    .filter(nic => nic.now.server === server)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The interfaces with a hardware address: none, or one in a checked model. */
export function nicsWith(model: Model, mac: string): readonly Id[] {
  return [...all(model, 'nic')].filter(each => each.now.mac === mac).map(each => each.id)
}

export const nicRules: Rules<'nic'> = {
  *whole(model, nic) {
    const { server: id, sequence, mac } = nic.now
    const other = nicsWith(model, mac).find(each => each !== nic.id)
    if (other !== undefined) yield { code: 'duplicate', at: 'mac', values: { other } }
    if (id === null && sequence !== null) yield { code: 'sequence-without-server', at: 'sequence' }
    if (id !== null && sequence === null) yield { code: 'missing', at: 'sequence' }
    const server = find(model, 'server', id)
    if (!server) return
    if (server.now.attach.type === 'tap') yield { code: 'nic-on-machine', at: 'server', values: { id: server.id } }
    const vpc = vpcOf(model, nic)
    if (vpc !== undefined) yield* memberProblems(model, vpc, server, 'server')
  },
}
