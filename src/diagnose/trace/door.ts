import { portsOf } from '../../model/define.ts'
import { find, vpcOf, type Model } from '../../model/model.ts'
import type { Asked } from './ends.ts'

/** Where those outside a VPC knock who want a server that has no public address: what leads to it; null where nothing does. */
export function doorTo(model: Model, asked: Asked): Pick<Asked, 'to' | 'port'> | null {
  const server = find(model, 'server', asked.to)
  if (!server || server.now.eip !== null || server.now.address === null) return null
  const vpc = vpcOf(model, server)
  const asker = model.resources.get(asked.from)
  if (vpc === undefined || (asker && vpcOf(model, asker) === vpc)) return null
  const { address } = server.now
  const speaks = asked.protocol ?? 'tcp'
  for (const member of model.members.get(vpc)?.values() ?? []) {
    if (member.kind === 'nat-gateway') {
      for (const rule of [...member.live.dnatRules, ...member.draft.dnatRules]) {
        const [from, to] = portsOf(rule.toPort)
        if (rule.toAddress !== address || rule.protocol !== speaks) continue
        if (asked.port !== null && (asked.port < from || to < asked.port)) continue
        const eip = find(model, 'eip', rule.eip)
        const first = portsOf(rule.port)[0]
        if (eip) return { to: eip.now.address, port: first + (asked.port === null ? 0 : asked.port - from) }
      }
    }
    if (member.kind === 'vpc' && member.now.eip !== null) {
      const forwards = [...member.live.portForwards, ...member.draft.portForwards]
      const leads = forwards.find(
        each =>
          each.toAddress === address && each.protocol === speaks && (asked.port === null || each.toPort === asked.port),
      )
      const eip = find(model, 'eip', member.now.eip)
      if (leads && eip) return { to: eip.now.address, port: leads.port }
    }
  }
  return null
}
