import { createConnection } from 'node:net'

/** A runtime socket did not answer: nobody listens, or the process hangs. */
export class ProxySilent extends Error {
  constructor(socket: string, reason: string) {
    super(`haproxy does not answer at ${socket}: ${reason}`)
    this.name = 'ProxySilent'
  }
}

/** The answer of a running HAProxy to one line of commands, which it takes in order. Throws {@link ProxySilent}. */
export function ask(socket: string, line: string, timeoutMs = 2000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const connection = createConnection(socket, () => connection.write(`${line}\n`))
    connection.setTimeout(timeoutMs, () => connection.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    connection.setEncoding('utf8').on('data', part => (answer += part))
    connection.on('error', error => reject(new ProxySilent(socket, error.message)))
    connection.on('close', failed => failed || resolve(answer))
  })
}

/** What HAProxy says where a change was made; every other word of an answer is a refusal. */
const success = /^(New server registered\.|Server deleted\.|)$/

/** Takes one line of changes. Throws with HAProxy's own words where it refused one. */
export async function change(socket: string, line: string): Promise<void> {
  const refusals = (await ask(socket, line)).split('\n').filter(words => !success.test(words))
  if (refusals.length > 0) throw new Error(`haproxy refused «${line}»: ${refusals.join('; ')}`)
}
