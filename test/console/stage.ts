import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { serve, type ServeOptions } from '../../src/api/serve.ts'
import type { Client } from '../../src/client/api-client.ts'
import { causewayClient } from '../../src/client/client.ts'
import { directory, prepared } from '../api/running.ts'
import { report, setScene, type Scene } from './scene.ts'

export interface Stage {
  readonly url: string
  readonly client: Client
  readonly scene: Scene
  /** Says again what the machine is like, as of now. */
  report(): Promise<void>
  /** Ends the server, and starts it again at the same place. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** The real server with something of everything in it, and a machine that reports. */
export async function staged(t: TestContext, options: Partial<ServeOptions> = {}): Promise<Stage> {
  const store = await prepared()
  const socketPath = join(await directory(t), 'agent.sock')
  let listen = { host: '127.0.0.1', port: 0 }
  const start = () => serve({ store, socketPath, ...options, listen })
  let server = await start()
  listen = { ...listen, port: Number(new URL(server.url).port) }
  // The socket's owner may do everything, whoever must sign in elsewhere.
  const client = causewayClient({ socketPath })
  t.after(async () => {
    client.close()
    await server.close()
    await store.close()
  })
  const scene = await setScene(client)
  const again = () => report(client, client, scene)
  await again()
  return {
    url: server.url,
    client,
    scene,
    report: again,
    stop: () => server.close(),
    async start() {
      server = await start()
    },
  }
}
