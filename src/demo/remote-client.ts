import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline'

/** The sandbox went away before it was asked to: what it printed says why. */
export class SandboxEnded extends Error {
  constructor() {
    super('the sandbox ended')
    this.name = 'SandboxEnded'
  }
}

/** What the simulated client is asked for, one a line. */
export interface Request {
  readonly id: number
  readonly url: string
}

/** What came of it: a status and a body, or why there is none. */
export interface Reply {
  readonly id: number
  readonly status: number | null
  readonly body: string
}

/** The simulated client, who lives in the sandbox and is asked from outside. */
export interface RemoteClient {
  /** Resolves once the client is there; rejects when it cannot be. */
  readonly ready: Promise<void>
  get(url: string): Promise<Reply>
}

/** What the client says before its first reply. */
export const readyLine = 'ready'

export function remoteClient(input: Writable, output: Readable): RemoteClient {
  let count = 0
  const waiting = new Map<number, (reply: Reply) => void>()
  const lines = createInterface({ input: output })
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', line => {
      if (line === readyLine) return resolve()
      const reply = JSON.parse(line) as Reply
      waiting.get(reply.id)?.(reply)
      waiting.delete(reply.id)
    })
    lines.on('close', () => {
      reject(new SandboxEnded())
      for (const [id, answer] of waiting) answer({ id, status: null, body: 'the sandbox ended' })
      waiting.clear()
    })
  })
  // Whoever does not wait for it any more has heard of the end elsewhere.
  ready.catch(() => {})
  return {
    ready,
    get(url) {
      const request: Request = { id: ++count, url }
      return new Promise(resolve => {
        waiting.set(request.id, resolve)
        input.write(`${JSON.stringify(request)}\n`)
      })
    },
  }
}
