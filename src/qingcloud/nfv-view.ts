import { find, isApplied, type NatGateway } from '../model/model.ts'
import type { Call } from './action.ts'
import { eipRef } from './eip-view.ts'
import { bit, labelsOf, timeText } from './labels.ts'
import { codeOf } from './parameters.ts'
import { subnetsIn } from './router-view.ts'
import { isBeingCreated, transitionOf } from './transition.ts'

export type SnatRule = NatGateway['draft']['snatRules'][number]
export type DnatRule = NatGateway['draft']['dnatRules'][number]

/** What this API calls the sizes of gateways. */
export const specs = { 1: 'small', 2: 'medium', 3: 'large' } as const

/** A NAT gateway as clients see it; with `verbose`, with its networks and public addresses. */
export function nfvView(gateway: NatGateway, { cloud, model }: Call, verbose: number): object {
  const { id, name, now, draft, createdAt } = gateway
  // One that is gone holds nothing any more.
  const held = model().resources.has(id) ? now.eips : []
  return {
    nfv_id: id,
    nfv_name: name,
    nfv_type: 1,
    nfv_spec: codeOf(specs, now.size),
    version: '2.0',
    status: isBeingCreated(cloud, id) ? 'pending' : now.power === 'on' ? 'active' : 'stopped',
    transition_status: transitionOf(cloud, gateway),
    is_applied: bit(isApplied(gateway)),
    vpc_router_id: now.vpc,
    security_group: draft.securityGroup,
    cluster: Object.fromEntries(
      held.map(eip => [eip, { 1: { instance_id: id, instance_time: timeText(createdAt), node_idx: 1 } }]),
    ),
    ...(verbose > 0
      ? {
          vxnets: subnetsIn(model(), now.vpc).map(subnet => ({ vxnet_id: subnet.id, vxnet_name: subnet.name })),
          eips: held.map(eip => eipRef(model(), eip)),
        }
      : {}),
    node_count: 1,
    cluster_mode: 0,
    sub_code: 0,
    zone_id: find(model(), 'vpc', now.vpc)?.now.zone ?? '',
    ...labelsOf(gateway, model()),
  }
}

/** A SNAT rule of a gateway as clients see it. */
export function snatView(rule: SnatRule, gateway: NatGateway, { model }: Call): object {
  const subnet = find(model(), 'subnet', rule.target)
  const target = subnet ? subnet.now.cidr : find(model(), 'server', rule.target)?.now.address
  return {
    snat_id: rule.id,
    name: rule.name,
    natgw_id: gateway.id,
    target_id: rule.target,
    target_type: subnet ? 0 : 1,
    target_ip: target ?? '',
    eips: rule.eips.map(eip => {
      const { eip_id, eip_addr } = eipRef(model(), eip)
      return { eip_id, eip_addr }
    }),
    enable: bit(rule.enabled),
    create_time: timeText(gateway.createdAt),
  }
}

/** A DNAT rule of a gateway as clients see it. */
export function dnatView(rule: DnatRule, gateway: NatGateway): object {
  return {
    dnat_id: rule.id,
    name: rule.name,
    natgw_id: gateway.id,
    eip_id: rule.eip,
    protocol: rule.protocol,
    public_port: rule.port,
    private_ip: rule.toAddress,
    private_port: rule.toPort,
    enable: bit(rule.enabled),
    create_time: timeText(gateway.createdAt),
  }
}
