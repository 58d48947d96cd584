import type { Command } from '../../model/command.ts'
import { holderOf } from '../../model/holder.ts'
import type { Backend, Eip, Listener, LoadBalancer, Model, NatGateway } from '../../model/model.ts'
import { labelOf } from './finding.ts'
import type { Repair } from './repair.ts'
import { binding, changing, editing, effect, eipIn, setting } from './repairs.ts'

const largerGateway = { small: 'medium', medium: 'large', large: null } as const

/** The next size of a NAT gateway; null where it has the largest. */
export function enlarging(gateway: NatGateway): Repair | null {
  const size = largerGateway[gateway.now.size]
  if (size === null) return null
  return setting(gateway, { size }, [effect('resizes', { it: labelOf(gateway), from: gateway.now.size, to: size })])
}

const balancerSizes = [5000, 20_000, 40_000, 100_000, 200_000, 500_000] as const

/** The next size of a balancer; null where it has the largest. */
export function growing(balancer: LoadBalancer): Repair | null {
  const { maxConnections } = balancer.now
  const larger = balancerSizes.find(size => size > maxConnections)
  if (larger === undefined) return null
  const values = { it: labelOf(balancer), from: String(maxConnections), to: String(larger) }
  return setting(balancer, { maxConnections: larger }, [effect('resizes', values)])
}

const mostMbps = 1000

/** Twice the bandwidth of a public address; null where it has the most. */
export function raising(eip: Eip): Repair | null {
  const { bandwidthMbps } = eip.now
  if (bandwidthMbps >= mostMbps) return null
  const raised = Math.min(mostMbps, bandwidthMbps * 2)
  const values = { it: labelOf(eip), from: String(bandwidthMbps), to: String(raised) }
  return setting(eip, { bandwidthMbps: raised }, [effect('raises', values)])
}

/** One more public address for a NAT gateway and the rules that use a full one; null where only another gateway helps. */
export function sharing(model: Model, eip: Eip): Repair | null {
  const gateway = holderOf(model, eip.id)
  if (gateway?.kind !== 'nat-gateway') return null
  const { kind, id } = gateway
  const bound = binding(model, gateway)
  const added = eipIn(bound)
  const edits = gateway.draft.snatRules
    .filter(({ eips }) => eips.includes(eip.id))
    .map((rule): Command => {
      const body = { eips: [...rule.eips, added] }
      return { do: 'patch-child', kind, id, path: ['snatRules', rule.id], body }
    })
  const { steps, effects } = editing(gateway, edits)
  return { steps: [...bound.steps, ...steps], effects: [...bound.effects, ...effects] }
}

/** Twice as many connections for a backend. */
export function widening(balancer: LoadBalancer, listener: Listener, { id, maxConnections }: Backend): Repair {
  const path = ['listeners', listener.id, 'backends', id]
  return changing(balancer, path, { maxConnections: Math.min(500_000, (maxConnections ?? 1) * 2) })
}
