import type { TestContext } from 'node:test'
import { join } from 'node:path'
import { serve, type Server } from '../../src/api/serve.ts'
import type { Client } from '../../src/client/api-client.ts'
import { causewayClient } from '../../src/client/client.ts'
import type { Store } from '../../src/store/store.ts'
import { directory, prepared } from '../api/running.ts'

export interface Serving {
  readonly server: Server
  readonly store: Store
  readonly socketPath: string
  /** Over TCP, as people do. */
  readonly client: Client
  /** Over the unix socket, as agents do. */
  readonly agent: Client
}

/** A real server on real sockets, with a client on each. */
export async function serving(t: TestContext): Promise<Serving> {
  const store = await prepared()
  const socketPath = join(await directory(t), 'agent.sock')
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 }, socketPath })
  const client = causewayClient({ url: server.url })
  const agent = causewayClient({ socketPath })
  t.after(async () => {
    client.close()
    agent.close()
    await server.close()
    await store.close()
  })
  return { server, store, socketPath, client, agent }
}

/** The first value of a stream that passes; throws when it does not come within some seconds. */
export async function until<T>(stream: AsyncIterator<T>, passes: (value: T) => boolean, withinMs = 30_000): Promise<T> {
  const late = AbortSignal.timeout(withinMs)
  const tooLate = new Promise<never>((_, reject) =>
    late.addEventListener('abort', () => reject(new Error('what was waited for did not come'))),
  )
  for (;;) {
    const next = await Promise.race([stream.next(), tooLate])
    if (next.done) throw new Error('the stream ended before what was waited for')
    if (passes(next.value)) return next.value
  }
}
