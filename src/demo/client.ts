import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { createInterface } from 'node:readline'
import { readyLine, type Reply, type Request } from './remote-client.ts'

/** How long a client waits for an answer. */
const timeoutMs = 3000

/** The program of the client, in whose namespace it is started: requests come in by lines, and replies leave. */
export async function runClient(): Promise<void> {
  const agent = new Agent({ keepAlive: false })
  process.stdout.write(`${readyLine}\n`)
  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => {
    const { id, url } = JSON.parse(line) as Request
    const reply = (status: number | null, body: string) => {
      process.stdout.write(`${JSON.stringify({ id, status, body } satisfies Reply)}\n`)
    }
    const request = get(url, { agent, timeout: timeoutMs }, response => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => reply(response.statusCode ?? null, Buffer.concat(parts).toString()))
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
    request.on('error', error => reply(null, error.message))
  })
  await once(lines, 'close')
}
