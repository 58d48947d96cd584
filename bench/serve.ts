import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiHands } from '../src/demo/api-hands.ts'
import { startServers, type Answer } from '../src/demo/http-servers.ts'
import { plan } from '../src/demo/plan.ts'
import { remoteClient, type RemoteClient } from '../src/demo/remote-client.ts'
import type { Site as Built } from '../src/demo/script.ts'
import { perform } from '../src/demo/steps.ts'
import { clientNetns } from '../src/demo/world.ts'
import type { Id } from '../src/model/model.ts'
import { end, startIn } from './processes.ts'
import { startSite, until, type Site } from './site.ts'
import { judged, median, type Table } from './table.ts'

const rounds = 5
const address = plan.regions[0].servers[0]

/** How long people wait: for both topologies of the demo from the first call on, and for a backend from `apply` on. */
export async function measureServing(): Promise<readonly Table[]> {
  const site = await startSite(plan.pool)
  const servers = await startServers()
  const visitor = startVisitor()
  try {
    await site.startAgent()
    await visitor.client.ready
    const rows: (readonly string[])[] = []
    const from = performance.now()
    const [a, b] = [await build(site, 'a'), await build(site, 'b')]
    for (const each of [a, b]) await active(site, each)
    rows.push([
      'from the first call to both topologies active, every step of the seed page by one call after another',
      judged((performance.now() - from) / 1000, 15, 'less'),
    ])
    for (const [rise, target] of [
      [2, 2.5],
      [5, 6],
    ] as const) {
      const times: number[] = []
      for (let i = 0; i < rounds; i++) times.push(await newBackend(site, a, rise, visitor.client))
      rows.push([
        `from apply to the first request that a new healthy backend serves, rise ${rise}${rise === 5 ? ' (as by default)' : ''}`,
        judged(median(times) / 1000, target, 'less'),
      ])
    }
    return [{ mark: 'serving', head: ['', `seconds, median of ${rounds}`], rows }]
  } finally {
    await visitor.leave()
    for (const server of servers) server.close()
    await site.close()
  }
}

async function build({ client }: Site, topology: Built['topology']): Promise<Built> {
  const built: Built = { topology, skip: new Set(), backends: [] }
  await perform(built, apiHands(client), async (_, take) => void (await take?.()))
  return built
}

async function active({ client }: Site, { balancer = '', backends }: Built): Promise<void> {
  await until(async () => {
    const { backendStatus } = await client.get('load-balancer', balancer)
    return backends.every(id => backendStatus[id]?.state === 'active')
  })
}

/** Takes a backend out, waits until it is forgotten, and puts it in again: the time from `apply` to its first answer. */
async function newBackend(site: Site, built: Built, rise: number, visitor: RemoteClient): Promise<number> {
  const { client } = site
  const [id, listener] = [built.balancer ?? '', built.listener ?? '']
  const path = ['listeners', listener, 'backends'] as const
  const { listeners } = await client.get('load-balancer', id)
  const [{ check, backends }] = listeners as [(typeof listeners)[number]]
  const [server] = backends.filter(backend => backend.address === address)
  if (server) await client.children.remove('load-balancer', id, [...path, server.id])
  const eager = { ...check, intervalS: rise === 5 ? 10 : 2, rise }
  await client.children.patch('load-balancer', id, ['listeners', listener], { check: eager })
  await client.apply('load-balancer', id)
  await site.settled()
  await active(site, { ...built, backends: backends.filter(backend => backend !== server).map(each => each.id) })
  await sleep(1500)

  const { address: door } = await client.get('eip', built.balancerEip ?? '')
  const child = await client.children.add('load-balancer', id, path, { name: 'north-1', address, port: plan.port })
  const from = performance.now()
  await client.apply('load-balancer', id)
  await until(async () => answeredBy(await visitor.get(`http://${door}/`)) === 'north-1', 2)
  const ms = performance.now() - from
  await stays(client, id, child.id)
  return ms
}

/** The backend must count as active too, and not only answer. */
async function stays(client: Site['client'], balancer: Id, backend: Id): Promise<void> {
  await until(async () => (await client.get('load-balancer', balancer)).backendStatus[backend]?.state === 'active', 50)
}

function answeredBy({ status, body }: Awaited<ReturnType<RemoteClient['get']>>): string {
  if (status !== 200) throw new Error(`a request failed while a backend was added: ${status} ${body}`)
  return (JSON.parse(body) as Answer).name
}

function startVisitor(): { readonly client: RemoteClient; leave(): Promise<void> } {
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = startIn(clientNetns, [process.execPath, main, 'run', 'demo-client', '{}'])
  if (!child.stdin || !child.stdout) throw new Error('the client has no pipes')
  return { client: remoteClient(child.stdin, child.stdout), leave: () => end(child) }
}
