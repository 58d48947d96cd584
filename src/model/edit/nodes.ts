import { freeAddress } from '../allocate.ts'
import { find, isJoined, type LoadBalancer, type Resource } from '../model.ts'
import { mostNodes } from '../node.ts'
import { change, type Work } from './work.ts'

/**
 * Gives the nodes of a balancer that run addresses in its subnet, and takes back those of nodes that it neither has nor is to have. Addresses
 * that somebody asked for are left alone: too many of them are refused.
 */
export function settleNodes(work: Work, resource: Resource, asked = false): void {
  let balancer = find(work.model, 'load-balancer', resource.id)
  if (!balancer) return
  const subnet = find(work.model, 'subnet', balancer.now.subnet)
  const joined = subnet && isJoined(subnet) ? subnet : undefined
  const most = joined ? mostNodes(balancer) - 1 : 0
  if (!asked) balancer = withAddresses(work, balancer, balancer.now.nodeAddresses.slice(0, most))
  if (!joined) return
  while (balancer.now.nodeAddresses.length < balancer.live.nodeCount - 1) {
    const free = freeAddress(work.model, joined)
    if (free === undefined) {
      work.problems.push({ code: 'no-address-left', at: 'nodeCount', values: { where: joined.id } })
      return
    }
    balancer = withAddresses(work, balancer, [...balancer.now.nodeAddresses, free])
  }
}

function withAddresses(work: Work, balancer: LoadBalancer, nodeAddresses: readonly string[]): LoadBalancer {
  return change(work, balancer, { now: { ...balancer.now, nodeAddresses: [...nodeAddresses] } }) as LoadBalancer
}
