import type { Backend, Id, Listener, LoadBalancer, Model } from '../model/model.ts'
import { find, isApplied } from '../model/model.ts'
import { privateAddressesOf } from '../model/node.ts'
import type { Call } from './action.ts'
import { eipRef, holderOf } from './eip-view.ts'
import { bit, labelsOf, timeText } from './labels.ts'
import type { Ledger } from './ledger.ts'
import {
  backendProtocol,
  checkText,
  headerSum,
  optionSum,
  scenes,
  stickinessText,
  timesText,
} from './listener-values.ts'
import { codeOf } from './parameters.ts'
import { isBeingCreated, transitionOf } from './transition.ts'
import { baseVxnet } from './vxnet-view.ts'

/** How many connections a balancer of each type carries. */
export const maxConnections = [5000, 20_000, 40_000, 100_000, 200_000, 500_000] as const

/** Whether clients see a balancer in the base network: it is in none, or in one only for the sake of its backends. */
export function isInBaseNetwork({ id, now }: LoadBalancer, ledger: Ledger): boolean {
  return now.subnet === null || ledger.spelling(id) === now.subnet
}

/** A balancer as clients see it; from `verbose` 1 with its listeners, from 2 with their backends. */
export function loadBalancerView(balancer: LoadBalancer, call: Call, verbose: number): object {
  const { cloud } = call
  const model = call.model()
  const { now, draft } = balancer
  const isBase = isInBaseNetwork(balancer, cloud.ledger)
  const held = now.eips.filter(id => holderOf(model, id)?.id === balancer.id).map(id => eipRef(model, id))
  return {
    loadbalancer_id: balancer.id,
    loadbalancer_name: balancer.name,
    loadbalancer_type: maxConnections.indexOf(now.maxConnections),
    status: isBeingCreated(cloud, balancer.id) ? 'pending' : now.power === 'off' ? 'stopped' : 'active',
    transition_status: transitionOf(cloud, balancer),
    is_applied: bit(isApplied(balancer)),
    security_group_id: draft.securityGroup,
    vxnet_id: isBase ? baseVxnet : now.subnet,
    private_ips: isBase ? [] : privateAddressesOf(balancer),
    node_count: draft.nodeCount,
    mode: bit(draft.nodeCount > 1),
    cluster_mode: 0,
    http_header_size: draft.headerSizeKb,
    eips: isBase ? [] : held,
    cluster: isBase ? held : [],
    ...(verbose > 0 ? { listeners: draft.listeners.map(each => listenerView(each, balancer, call, verbose - 1)) } : {}),
    ...labelsOf(balancer, model),
  }
}

/** A listener as clients see it; with `verbose`, with its backends. */
export function listenerView(listener: Listener, balancer: LoadBalancer, call: Call, verbose: number): object {
  return {
    loadbalancer_listener_id: listener.id,
    loadbalancer_listener_name: listener.name,
    loadbalancer_id: balancer.id,
    listener_port: listener.port,
    listener_protocol: listener.protocol,
    backend_protocol: backendProtocol(listener.protocol),
    balance_mode: listener.balance,
    session_sticky: stickinessText(listener.stickiness),
    forwardfor: headerSum(listener),
    healthy_check_method: checkText(listener.check),
    healthy_check_option: timesText(listener.check),
    listener_option: optionSum(listener.options),
    timeout: listener.timeoutS,
    tunnel_timeout: listener.tunnelTimeoutS,
    scene: codeOf(scenes, listener.scene),
    server_certificate_id: listener.certificates,
    disabled: bit(!listener.enabled),
    ...(verbose > 0 ? { backends: listener.backends.map(each => backendView(each, listener.id, balancer, call)) } : {}),
    controller: 'self',
    create_time: timeText(balancer.createdAt),
  }
}

const states = { active: 'up', abnormal: 'abnormal', unavailable: 'down', draining: 'down', disabled: 'down' } as const

/** A backend as clients see it. */
export function backendView(backend: Backend, listener: Id, balancer: LoadBalancer, { cloud, model }: Call) {
  return {
    loadbalancer_backend_id: backend.id,
    loadbalancer_backend_name: backend.name,
    loadbalancer_listener_id: listener,
    loadbalancer_id: balancer.id,
    loadbalancer_policy_id: backend.policy ?? '',
    resource_id: targetOf(backend, model(), cloud.ledger),
    port: backend.port,
    weight: backend.weight,
    status: states[cloud.backend(backend.id)?.state ?? 'unavailable'],
    disabled: bit(!backend.enabled),
    create_time: timeText(balancer.createdAt),
  }
}

/** The public address of a router; undefined where it has none. */
export function routerAddress(model: Model, router: Id | undefined): string | undefined {
  return find(model, 'eip', find(model, 'vpc', router)?.now.eip)?.now.address
}

/** Who serves: a server, the router that was named as long as it has the address, or the address. */
function targetOf({ id, server, address }: Backend, model: Model, ledger: Ledger): string {
  if (server !== null) return server
  const named = ledger.spelling(id)
  return named !== undefined && routerAddress(model, named) === address ? named : (address ?? '')
}
