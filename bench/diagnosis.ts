import { serve } from '../src/api/serve.ts'
import { causewayClient } from '../src/client/client.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { count, networksOf, type BenchNetwork } from './networks.ts'
import { judged, median, type Table } from './table.ts'

/** So many different networks are asked about. */
const asked = 40

/** How long it takes to say what is wrong with one of a thousand networks. */
export async function measureDiagnosis(): Promise<readonly Table[]> {
  const { model, networks } = networksOf()
  const server = await serve({ store: memoryStore(model), listen: { host: '127.0.0.1', port: 0 } })
  const client = causewayClient({ url: server.url })
  try {
    const questions: Readonly<Record<string, (network: BenchNetwork) => string>> = {
      'why a backend does not serve': ({ balancer, backend }) =>
        `/v1/load-balancers/${balancer}/backends/${backend}/diagnosis`,
      'why a load balancer does not serve': ({ balancer }) => `/v1/load-balancers/${balancer}/diagnosis`,
      'why the internet does not get in by a public IP': ({ eip }) => `/v1/eips/${eip}/diagnosis`,
      'what is wrong with a server': ({ server: id }) => `/v1/servers/${id}/diagnosis`,
      'whether a server reaches an address outside': ({ server: id }) => `/v1/diagnosis?from=${id}&to=8.8.8.8&port=443`,
    }
    const rows: string[][] = []
    for (const [about, pathOf] of Object.entries(questions)) {
      const times: number[] = []
      for (const network of networks.slice(0, asked)) {
        const from = performance.now()
        await client.ask('GET', pathOf(network))
        times.push(performance.now() - from)
      }
      rows.push([about, judged(median(times), 300, 'less', 1), Math.max(...times).toFixed(1)])
    }
    return [{ mark: 'diagnosis', head: [`of ${count} VPCs, without probes`, 'median, ms', 'longest, ms'], rows }]
  } finally {
    client.close()
    await server.close()
  }
}
