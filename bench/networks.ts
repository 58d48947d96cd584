import { chance, randomId } from '../src/commands/commands.ts'
import type { Command } from '../src/model/command.ts'
import { ensureDefaults } from '../src/model/defaults.ts'
import { edit } from '../src/model/edit.ts'
import { committed, emptyModel, type Id, type Model } from '../src/model/model.ts'

/** How many networks there are. */
export const count = 1000

/** What there is in each. */
export interface BenchNetwork {
  readonly vpc: Id
  readonly group: Id
  readonly gateway: Id
  readonly balancer: Id
  readonly backend: Id
  readonly eip: Id
  readonly server: Id
}

/** Networks whose balancers reach backends outside by a NAT gateway; every other one has forgotten its SNAT rule. */
export function networksOf(): { readonly model: Model; readonly networks: readonly BenchNetwork[] } {
  const context = { ...chance, now: '2026-01-01T00:00:00Z', author: 'bench', newId: randomId }
  const pools = [{ name: 'bench', addresses: ['198.18.0.0/15'], reserved: [] }]
  let model = committed(ensureDefaults(emptyModel, { ...context, pools }))
  const done = (command: Command) => {
    const { model: next, resource } = edit(model, command, context)
    model = committed(next)
    return resource!
  }
  const networks = Array.from({ length: count }, (_, i): BenchNetwork => {
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
    return {
      balancer: balancer.id,
      backend,
      eip: balancer.now.eips[0]!,
      server: server.id,
      vpc: vpc.id,
      group: group.id,
      gateway: id,
    }
  })
  return { model, networks }
}
