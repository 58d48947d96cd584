import { find, type Listener } from '../../src/model/model.ts'
import { certificateFor } from '../certificate-maker.ts'
import type { Given } from './row.ts'
import { labels } from './labels-shape.ts'
import { address, bit, each, id, text, time, whole, type Shape } from './shape.ts'
import type { Site } from './site.ts'

type Known = { readonly [field: string]: Shape }

/** A balancer as it is described; what is known of it is laid over. */
export const balancerShape = (known: Known = {}): Shape => ({
  loadbalancer_id: id('lb'),
  loadbalancer_name: text,
  loadbalancer_type: 0,
  status: 'active',
  transition_status: '',
  is_applied: 1,
  security_group_id: id('sg'),
  vxnet_id: 'vxnet-0',
  private_ips: [],
  node_count: 1,
  mode: 0,
  cluster_mode: 0,
  http_header_size: 15,
  eips: [],
  cluster: each({ eip_id: id('eip'), eip_name: text, eip_addr: address }),
  ...labels,
  ...known,
})

/** A listener as it is described. */
export const listenerShape = (known: Known = {}): Shape => ({
  loadbalancer_listener_id: id('lbl'),
  loadbalancer_listener_name: text,
  loadbalancer_id: id('lb'),
  listener_port: 80,
  listener_protocol: 'http',
  backend_protocol: 'http',
  balance_mode: 'roundrobin',
  session_sticky: '',
  forwardfor: 1,
  healthy_check_method: 'tcp',
  healthy_check_option: '10|5|2|5',
  listener_option: 0,
  timeout: 50,
  tunnel_timeout: 3600,
  scene: 0,
  server_certificate_id: [],
  disabled: 0,
  controller: 'self',
  create_time: time,
  ...known,
})

/** A backend as it is described. */
export const backendShape = (known: Known = {}): Shape => ({
  loadbalancer_backend_id: id('lbb'),
  loadbalancer_backend_name: text,
  loadbalancer_listener_id: id('lbl'),
  loadbalancer_id: id('lb'),
  loadbalancer_policy_id: '',
  resource_id: text,
  port: whole,
  weight: 1,
  status: 'down',
  disabled: bit,
  create_time: time,
  ...known,
})

/**
 * A balancer `front` with an address and a network, its listener `web` and two backends, a server and an address elsewhere;
 * `plain` with only an address; an address and a server besides.
 */
export async function balanced(site: Site): Promise<Given> {
  const [eip, held, free] = [await site.make('eip', {}), await site.make('eip', {}), await site.make('eip', {})]
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24' })
  const other = await site.make('subnet', { vpc, cidr: '192.168.2.0/24' })
  const [server, second] = [await site.make('server', { subnet }), await site.make('server', { subnet: other })]
  const backends = [
    { server, port: 8080, name: 'near' },
    { address: '198.51.100.7', port: 80, name: 'far' },
  ]
  const listeners = [{ name: 'web', protocol: 'http', port: 80, backends }]
  const front = await site.make('load-balancer', { name: 'front', eips: [eip], subnet, listeners })
  const plain = await site.make('load-balancer', { name: 'plain', eips: [held] })
  const { draft } = balancerIn(site, front)
  const [listener] = draft.listeners
  const [near, far] = listener?.backends ?? []
  site.sync()
  return {
    eip,
    held,
    free,
    vpc,
    subnet,
    other,
    server,
    second,
    front,
    plain,
    listener: listener?.id ?? '',
    near: near?.id ?? '',
    far: far?.id ?? '',
  }
}

/** A balancer that ends TLS with a certificate, and another certificate. */
export async function secured(site: Site): Promise<Given> {
  const eip = await site.make('eip', {})
  const certificate = await site.make('certificate', { name: 'shop', ...certificateFor() })
  const spare = await site.make('certificate', certificateFor({ names: ['spare.example'] }))
  const listeners = [{ protocol: 'https', port: 443, certificates: [certificate] }]
  const balancer = await site.make('load-balancer', { eips: [eip], listeners })
  const listener = balancerIn(site, balancer).draft.listeners[0]?.id ?? ''
  return { eip, certificate, spare, balancer, listener }
}

/** A balancer that must be there. */
export function balancerIn(site: Site, balancer: string | undefined) {
  const found = find(site.cloud.model(), 'load-balancer', balancer)
  if (!found) throw new Error(`no balancer ${balancer}`)
  return found
}

/** A listener that was added: what it is, and what it is read back as. */
export async function addedListener(
  site: Site,
  ids: unknown,
): Promise<{ listener: Listener; shown: Record<string, unknown> }> {
  const [made = ''] = ids as string[]
  const answer = await site.done('DescribeLoadBalancerListeners', { loadbalancer_listeners: [made] })
  const [shown = {}] = answer['loadbalancer_listener_set'] as Record<string, unknown>[]
  const { draft } = balancerIn(site, String(shown['loadbalancer_id']))
  return { listener: draft.listeners.find(listener => listener.id === made) as Listener, shown }
}
