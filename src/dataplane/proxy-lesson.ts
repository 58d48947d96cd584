import { createConnection } from 'node:net'
import type { ProxyItem } from '../host/item.ts'
import { agentPeer, peerName, peerSocket } from '../host/proxy-text.ts'

/** HAProxy agrees at once; what it does not agree to costs time, and nothing else. */
const timeoutMs = 1000
/** In the peers protocol, that all is told that is known, and that this was understood. */
const [over, understood] = [Buffer.of(0, 1), Buffer.of(0, 3)]
/** HAProxy's abstract addresses are as long as addresses can be. */
const addressLength = 108

/**
 * Tells a new process that nobody knows more than it does of which client goes where. By itself it waits for five seconds to be told by the
 * process that it replaced, and for as long by others; and while it waits, it tells nobody: a reload would forget whomever it met.
 */
export function endLesson(
  { netns, name, config }: ProxyItem,
  replaced: boolean,
  enter: <T>(netns: string, run: () => T) => T,
): Promise<void> {
  const path = `\0${peerSocket(name)}`.padEnd(addressLength, '\0')
  const own = peerName(config, name)
  return new Promise(resolve => {
    const connection = enter(netns, () => createConnection({ path }))
    let heard = ''
    connection.setEncoding('latin1').setTimeout(timeoutMs, () => connection.destroy())
    connection.on('error', () => {}).on('close', () => resolve())
    connection.on('data', text => {
      if (heard === '') connection.write(over)
      heard += String(text)
      if (heard.includes(understood.toString('latin1'))) connection.destroy()
    })
    // In the name of whom it waits for.
    connection.write(`HAProxyS 2.1\n${own}\n${replaced ? own : agentPeer} ${process.pid} 0\n`)
  })
}
