import type { Endpoint } from '../host/spread.ts'
import { flowsRequest, led } from './conntrack.ts'
import { attributeIn, endOf, NetlinkSocket, protocol as protocols } from './netlink.ts'
import { enter } from './netns.ts'
import type { Space } from './space.ts'

/** What clients of a flow asked for. */
interface Asked {
  readonly protocol: 'tcp' | 'udp'
  readonly dport: number
}

const getFlows = (1 << 8) | 1
const cta = { original: 1, reply: 2, status: 3, protoinfo: 4 }
const tuple = { addresses: 1, layer4: 2, source: 1 }
const layer4 = { protocol: 1, sport: 2, dport: 3 }
const [tcp, udp] = [6, 17]
/** States of TCP between a handshake that was answered and the end that both sides have told. */
const [firstOpen, lastOpen] = [2, 5]

/**
 * Shows every flow of a namespace that is led elsewhere than it asked for, and is open: what it asked for, and who answers. There may be
 * very many, so little is made of each, and others have their turn in between.
 */
export async function countFlows(space: Space, see: (asked: Asked, by: Endpoint) => void): Promise<void> {
  const socket = enter(space.fd, () => new NetlinkSocket(protocols.netfilter))
  try {
    await socket.scan(getFlows, flowsRequest('led'), flow => {
      const status = attributeIn(flow, 4, flow.length, cta.status)
      if (status < 0 || (flow.readUInt32BE(status) & led) === 0) return
      const [original, reply] = [cta.original, cta.reply].map(each => attributeIn(flow, 4, flow.length, each)) as [
        number,
        number,
      ]
      const [asked, answer] = [within(flow, original, tuple.layer4), within(flow, reply, tuple.layer4)]
      const number = flow[within(flow, asked, layer4.protocol)]
      if ((number !== tcp || !isOpen(flow)) && number !== udp) return
      const dport = within(flow, asked, layer4.dport)
      const sport = within(flow, answer, layer4.sport)
      const from = within(flow, within(flow, reply, tuple.addresses), tuple.source)
      if (dport < 0 || sport < 0 || from < 0) return
      const address = `${flow[from]}.${flow[from + 1]}.${flow[from + 2]}.${flow[from + 3]}`
      see(
        { protocol: number === tcp ? 'tcp' : 'udp', dport: flow.readUInt16BE(dport) },
        { address, port: flow.readUInt16BE(sport) },
      )
    })
  } finally {
    socket.close()
  }
}

function within(flow: Buffer, at: number, type: number): number {
  return attributeIn(flow, at, endOf(flow, at), type)
}

function isOpen(flow: Buffer): boolean {
  const info = attributeIn(flow, 4, flow.length, cta.protoinfo)
  const state = within(flow, within(flow, info, 1), 1)
  return state >= 0 && flow[state]! >= firstOpen && flow[state]! <= lastOpen
}
