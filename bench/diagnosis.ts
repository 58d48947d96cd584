import { serve } from '../src/api/serve.ts'
import { causewayClient } from '../src/client/client.ts'
import { chance, randomId } from '../src/commands/commands.ts'
import type { Command } from '../src/model/command.ts'
import { ensureDefaults } from '../src/model/defaults.ts'
import { edit } from '../src/model/edit.ts'
import { committed, emptyModel, type Id, type Model } from '../src/model/model.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { judged, median, type Table } from './table.ts'

const count = 1000
/** So many different networks are asked about. */
const asked = 40

interface Network {
  readonly balancer: Id
  readonly backend: Id
  readonly eip: Id
  readonly server: Id
}

/** How long it takes to say what is wrong with one of a thousand networks. */
export async function measureDiagnosis(): Promise<readonly Table[]> {
  const { model, networks } = filled()
  const server = await serve({ store: memoryStore(model), listen: { host: '127.0.0.1', port: 0 } })
  const client = causewayClient({ url: server.url })
  try {
    const questions: Readonly<Record<string, (network: Network) => string>> = {
      'why a backend does not serve': ({ balancer, backend }) =>
        `/v1/load-balancers/${balancer}/backends/${backend}/diagnosis`,
      'why a load balancer does not serve': ({ balancer }) => `/v1/load-balancers/${balancer}/diagnosis`,
      'why the internet does not get in by a public IP': ({ eip }) => `/v1/eips/${eip}/diagnosis`,
      'what is wrong with a server': ({ server: id }) => `/v1/servers/${id}/diagnosis`,
      'whether a server reaches an address outside': ({ server: id }) =>
        `/v1/diagnosis?from=${id}&to=8.8.8.8&port=443`,
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

/** Networks whose balancers reach backends outside by a NAT gateway; every other one has forgotten its SNAT rule. */
function filled(): { readonly model: Model; readonly networks: readonly Network[] } {
  const context = { ...chance, now: '2026-01-01T00:00:00Z', author: 'bench', newId: randomId }
  const pools = [{ name: 'bench', addresses: ['198.18.0.0/15'], reserved: [] }]
  let model = committed(ensureDefaults(emptyModel, { ...context, pools }))
  const done = (command: Command) => {
    const { model: next, resource } = edit(model, command, context)
    model = committed(next)
    return resource!
  }
  const networks = Array.from({ length: count }, (_, i): Network => {
    const group = done({ do: 'create', kind: 'security-group', body: { rules: [{ protocol: 'tcp', ports: '80' }] } })
    const rest = { securityGroup: group.id }
    const cidr = '10.0.0.0/16'
    const vpc = done({ do: 'create', kind: 'vpc', body: { name: `net-${i}`, cidr, ...rest } })
    const subnet = done({ do: 'create', kind: 'subnet', body: { vpc: vpc.id, cidr: '10.0.0.0/24' } })
    const gateway = done({ do: 'create', kind: 'nat-gateway', body: { vpc: vpc.id, eips: [{}], ...rest } })
    const { kind, id } = gateway
    const eips = gateway.kind === 'nat-gateway' ? gateway.now.eips : []
    if (i % 2 === 0) {
      done({ do: 'add-child', kind, id, path: ['snatRules'], body: { target: subnet.id, eips } })
      done({ do: 'apply', kind, id })
    }
    const server = done({ do: 'create', kind: 'server', body: { subnet: subnet.id, ...rest } })
    const listeners = [{ port: 80, backends: [{ address: `9.9.${i >> 8}.${i & 255}`, port: 80 }] }]
    const body = { subnet: subnet.id, eips: [{}], listeners, ...rest }
    const balancer = done({ do: 'create', kind: 'load-balancer', body })
    if (balancer.kind !== 'load-balancer') throw new Error('a balancer was asked for')
    const backend = balancer.live.listeners[0]!.backends[0]!.id
    return { balancer: balancer.id, backend, eip: balancer.now.eips[0]!, server: server.id }
  })
  return { model, networks }
}
