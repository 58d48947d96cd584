import type { ProxyItem, Shards } from '../../host/item.ts'
import type { ProxyConfig, ProxyServer } from '../../host/proxy.ts'
import { trace } from '../../host/trace.ts'

/** The source addresses that a backend may see of a node of its balancer, in order; empty when no packet can leave. */
export function seenAs(
  held: Shards,
  shard: string,
  node: Pick<ProxyItem, 'netns'> & { readonly config?: Pick<ProxyConfig, 'source'> },
  { address, port }: Pick<ProxyServer, 'address' | 'port'>,
): readonly string[] {
  const state = held.get(shard)
  if (!state) return []
  const packet = { from: node.config?.source ?? '', to: address, protocol: 'tcp', sport: 40000, dport: port }
  // Beyond the shard, that is beyond the edge, nobody translates any more.
  const { verdict, sources } = trace(state, { netns: node.netns, enters: null }, packet)
  return verdict === 'delivered' || verdict === 'sent-out' ? sources : []
}
