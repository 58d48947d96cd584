import { close } from '../../src/dataplane/libc.ts'
import { echo } from './packet-words.ts'
import { boundSocket, connectTo, protocols, sendOn } from './sockets.ts'

/** The first packet of a flow: a SYN, a datagram or an echo request. */
export interface Shot {
  readonly netns: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Empty where the kernel chooses. */
  readonly from: string
  readonly to: string
  /** Of ICMP 0. */
  readonly port: number
}

/** Where a packet was delivered, and with which addresses. */
export interface Arrival {
  readonly netns: string
  readonly from: string
  readonly to: string
  readonly port: number
}

/** What became of a shot. */
export interface Heard {
  readonly arrivals: readonly Arrival[]
  /** Whether an answer came back to who asked, in the name of who was asked. */
  readonly answered: boolean
  /** What the sender heard: `answer`, or an error's symbol; empty for nothing. */
  readonly ending: string
}

/** A shot under way. Its number is its source port, or the identifier of its echo: no two of late have the same. */
export interface Flight {
  readonly shot: Shot
  readonly number: number
  readonly fd: number | null
  readonly arrivals: Arrival[]
  ending: string
  accepted: number | null
}

/** What was heard of it so far. */
export function heardOf({ shot, arrivals, ending }: Flight): Heard {
  // A refusal by the place where it arrived is an answer, too.
  const isRefused = ending === 'ECONNREFUSED' && shot.protocol === 'tcp' && arrivals.length > 0
  return { arrivals, answered: ending === 'answer' || isRefused, ending }
}

/** Sends it from where the thread is. */
export function shotFrom({ protocol, from, to, port }: Shot, number: number): Pick<Flight, 'fd' | 'ending'> {
  if (protocol === 'icmp') {
    const fd = boundSocket('raw', protocols.icmp, from, 0)
    const ending = connectTo(fd, to, 0) || sendOn(fd, echo(number))
    close(fd)
    return { fd: null, ending: ending === '' ? '' : ending }
  }
  const fd = boundSocket(protocol === 'tcp' ? 'stream' : 'datagram', protocols[protocol], from, number)
  const ending = connectTo(fd, to, port) || (protocol === 'udp' ? sendOn(fd, Buffer.from('who?')) : '')
  return { fd, ending }
}
