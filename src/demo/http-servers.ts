import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { plan } from './plan.ts'
import { within } from './within.ts'
import { worldServers, type WorldServer } from './world.ts'

/** What a server of the simulated internet says of a request. */
export interface Answer {
  readonly region: string
  readonly name: string
  /** The address that the request came from. */
  readonly source: string
  /** What the balancer says of the client. */
  readonly forwardedFor: string
}

/**
 * Starts every HTTP server of the simulated internet in this one process: each listening socket is opened in its server's
 * namespace, and stays there.
 */
export async function startServers(): Promise<readonly Server[]> {
  const servers = worldServers.map(world => ({
    world,
    server: createServer((request, response) => answer(world, request, response)),
  }))
  return Promise.all(
    servers.map(
      ({ world, server }) =>
        new Promise<Server>((resolve, reject) => {
          server.once('error', reject).once('listening', () => resolve(server))
          // Without an address the socket is opened before listen returns, and not after a look-up.
          within(world.netns, () => server.listen(plan.port))
        }),
    ),
  )
}

function answer(world: WorldServer, request: IncomingMessage, response: ServerResponse) {
  const said: Answer = {
    region: world.region,
    name: world.name,
    source: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    forwardedFor: String(request.headers['x-forwarded-for'] ?? ''),
  }
  const body = request.url === '/healthz' ? 'ok\n' : `${JSON.stringify(said)}\n`
  response.writeHead(200, { 'content-type': request.url === '/healthz' ? 'text/plain' : 'application/json' }).end(body)
}
