import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { decode, encode } from 'dns-packet'
import type { Ask, Told } from './talk.ts'

type Question = Extract<Ask, { do: 'ask-dns' }>

/** What a DNS server says; null where nothing comes, or it does not listen. */
export function askDns({ address, by, name, type, timeoutMs }: Question): Promise<Told | null> {
  const query = encode({ type: 'query', id: 1, questions: [{ name, type }] })
  return new Promise(resolve => {
    const end = (answer: Buffer | null) => {
      clearTimeout(timer)
      close()
      resolve(answer && toldBy(answer))
    }
    const timer = setTimeout(() => end(null), timeoutMs)
    const close = by === 'udp' ? byUdp(address, query, end) : byTcp(address, query, end)
  })
}

/** Connected, so that it is told where nobody listens. */
function byUdp(address: string, query: Buffer, end: (answer: Buffer | null) => void): () => void {
  const socket = createSocket('udp4')
  socket.once('message', end).once('error', () => end(null))
  socket.connect(53, address, () => socket.send(query))
  return () => void socket.close()
}

/** In two parts, as a stream may bring it. */
function byTcp(address: string, query: Buffer, end: (answer: Buffer | null) => void): () => void {
  const socket = connect({ host: address, port: 53 })
  let heard = Buffer.alloc(0)
  socket.setNoDelay()
  socket.on('error', () => end(null)).on('close', () => end(null))
  socket.on('data', (part: Buffer) => {
    heard = Buffer.concat([heard, part])
    if (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) end(heard.subarray(2))
  })
  socket.write(Buffer.from([0, query.length, ...query.subarray(0, 5)]))
  setTimeout(() => socket.write(query.subarray(5)), 20)
  return () => socket.removeAllListeners('close').destroy()
}

function toldBy(answer: Buffer): Told {
  const { answers = [], flag_tc: cut, ...rest } = decode(answer)
  const { rcode = '' } = rest as { readonly rcode?: string }
  return { rcode, cut, data: answers.map(each => ('data' in each && typeof each.data === 'string' ? each.data : '')) }
}
