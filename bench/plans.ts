import { serve } from '../src/api/serve.ts'
import type { Client } from '../src/client/api-client.ts'
import { causewayClient } from '../src/client/client.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { count, networksOf, type BenchNetwork } from './networks.ts'
import { judged, median, type Table } from './table.ts'

/** So many different networks are planned in. */
const planned = 40

type Work = (client: Client, network: BenchNetwork) => Promise<unknown>

/** How long it takes to say what a change of one of a thousand networks does, while every one has a policy test. */
export async function measurePlans(): Promise<readonly Table[]> {
  const { model, networks } = networksOf()
  const server = await serve({ store: memoryStore(model), listen: { host: '127.0.0.1', port: 0 } })
  const client = causewayClient({ url: server.url })
  try {
    for (const { server: id, balancer } of networks) {
      const to = { type: 'load-balancer', id: balancer }
      await client.create('policy-test', { from: { type: 'server', id }, to, ports: '80' })
    }
    await server.core.policies.look()
    const rules = [
      { protocol: 'tcp', ports: '80' },
      { protocol: 'tcp', ports: '443' },
    ]
    const works: Readonly<Record<string, { readonly before?: Work; readonly work: Work }>> = {
      'the plan of a rule of a group': {
        before: (c, { group }) => c.patch('security-group', group, { rules }),
        work: (c, { group }) => c.plan('security-group', group),
      },
      'its apply, held against policy tests': { work: (c, { group }) => c.apply('security-group', group) },
      'the plan of a listener': {
        before: (c, { balancer }) => c.children.add('load-balancer', balancer, ['listeners'], { port: 8080 }),
        work: (c, { balancer }) => c.plan('load-balancer', balancer),
      },
      'what would be lost without a NAT gateway': { work: (c, { gateway }) => c.without('nat-gateway', gateway) },
      'what would be lost without a VPC': { work: (c, { vpc }) => c.without('vpc', vpc) },
    }
    const rows: string[][] = []
    for (const [about, { before, work }] of Object.entries(works)) {
      const times: number[] = []
      for (const network of networks.slice(0, planned)) {
        await before?.(client, network)
        const from = performance.now()
        await work(client, network)
        times.push(performance.now() - from)
      }
      rows.push([about, judged(median(times), 1000, 'less', 1), Math.max(...times).toFixed(1)])
    }
    return [{ mark: 'plans', head: [`of ${count} VPCs, each with a policy test`, 'median, ms', 'longest, ms'], rows }]
  } finally {
    client.close()
    await server.close()
  }
}
