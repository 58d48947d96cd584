import type { z } from 'zod'
import type { Id, Listener, LoadBalancer } from '../model/model.ts'
import { find } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { namedParent, parentOf } from './child-index.ts'
import { asksFor, inOrder, isCalled, named, page } from './describe.ts'
import { fail } from './failure.ts'
import {
  checkOf,
  expectBackendProtocol,
  headersOf,
  optionsOf,
  scenes,
  stickinessOf,
  timesOf,
} from './listener-values.ts'
import { listenerView } from './load-balancer-view.ts'
import { coded, int, list, objects, offSwitch, text, textOrEmpty } from './parameters.ts'

const kind = 'load-balancer'

const names = {
  name: 'loadbalancer_listener_name',
  protocol: 'listener_protocol',
  port: 'listener_port',
  balance: 'balance_mode',
  stickiness: 'session_sticky',
  'stickiness.cookie': 'session_sticky',
  'stickiness.lifetimeS': 'session_sticky',
  'check.protocol': 'healthy_check_method',
  'check.path': 'healthy_check_method',
  'check.host': 'healthy_check_method',
  'check.intervalS': 'healthy_check_option',
  'check.timeoutS': 'healthy_check_option',
  'check.fall': 'healthy_check_option',
  'check.rise': 'healthy_check_option',
  headers: 'forwardfor',
  forwardedFor: 'forwardfor',
  enabled: 'disabled',
  options: 'listener_option',
  timeoutS: 'timeout',
  tunnelTimeoutS: 'tunnel_timeout',
  certificates: 'server_certificate_id',
}

/** What both adding and modifying a listener take. */
const settings = {
  loadbalancer_listener_name: text.optional(),
  balance_mode: text.optional(),
  session_sticky: text.optional(),
  // Empty means no check, also when a listener is added.
  healthy_check_method: textOrEmpty.optional(),
  healthy_check_option: text.optional(),
  listener_option: int().optional(),
  timeout: int().optional(),
  tunnel_timeout: int().optional(),
  scene: coded(scenes).optional(),
  server_certificate_id: list(text).optional(),
  disabled: offSwitch.optional(),
}

type Settings = z.output<z.ZodObject<typeof settings>> & { readonly forwardfor?: number | undefined }

/** Listeners of load balancers. */
export const listenerActions = [
  reading(
    'DescribeLoadBalancerListeners',
    {
      ...listing,
      loadbalancer_listeners: list(text).optional(),
      loadbalancer: text.optional(),
      loadbalancers: list(text).optional(),
    },
    (asked, call) => {
      const { loadbalancer_listeners: ids, loadbalancer, loadbalancers } = asked
      const balancers = balancersOf(call, loadbalancer === undefined ? loadbalancers : [loadbalancer], ids)
      const found = balancers
        .flatMap(balancer => balancer.draft.listeners.map(listener => ({ balancer, listener })))
        .filter(({ listener }) => (ids?.includes(listener.id) ?? true) && isCalled(listener, asked.search_word))
      return page(asked, 'loadbalancer_listener_set', found, ({ balancer, listener }) =>
        listenerView(listener, balancer, call, asked.verbose),
      )
    },
  ),

  changing(
    'AddLoadBalancerListeners',
    {
      loadbalancer: text,
      listeners: objects({
        // What is required of a listener the model knows; so the rest of it is looked at all the same.
        listener_port: int().optional(),
        listener_protocol: text,
        backend_protocol: text.optional(),
        ...settings,
        forwardfor: int().default(0),
      }),
    },
    async ({ loadbalancer: id, listeners }, call) => {
      call.heed(() => named(call, kind, id))
      const bodies = listeners.map(({ listener_port: port, listener_protocol: protocol, ...given }, i) => {
        const at = `listeners.${i + 1}.`
        call.heed(() => expectBackendProtocol(protocol, given.backend_protocol, `${at}backend_protocol`))
        return { protocol, port, ...bodyOf(given, at, call) }
      })
      const done = await call.runAll(
        bodies.map(body => ({ do: 'add-child', kind, id, path: ['listeners'], body })),
        bodies.map((_, i) => `listeners[${i}]`),
      )
      return { loadbalancer_listeners: done.flatMap(({ child }) => child ?? []) }
    },
    {
      names,
      note: 'https and ssl end TLS here: backends are spoken to by http and tcp. udp is checked by udp where nothing else is said',
    },
  ),

  changing(
    'ModifyLoadBalancerListenerAttributes',
    { loadbalancer_listener: text, ...settings, forwardfor: int().optional() },
    async ({ loadbalancer_listener: id, ...given }, call) => {
      await patch(call, id, bodyOf(given, '', call))
      return {}
    },
    { names },
  ),

  changing(
    'DeleteLoadBalancerListeners',
    { loadbalancer_listeners: list(text) },
    async ({ loadbalancer_listeners: ids }, call) => {
      const places = call.heedEach([...new Set(ids)], id => ({
        id: namedParent(call, kind, id).id,
        path: ['listeners', id],
      }))
      await call.runAll(places.map(place => ({ do: 'delete-child', kind, ...place })))
      return { loadbalancer_listeners: ids }
    },
  ),

  changing(
    'AssociateServerCertsToLBListener',
    { loadbalancer_listener: text, server_certificates: list(text) },
    async ({ loadbalancer_listener: id, server_certificates: added }, call) => {
      const { certificates } = namedListener(call, id).listener
      await patch(call, id, { certificates: [...new Set([...certificates, ...added])] })
      return {}
    },
    { names },
  ),

  changing(
    'DissociateServerCertsFromLBListener',
    { loadbalancer_listener: text, server_certificates: list(text) },
    async ({ loadbalancer_listener: id, server_certificates: removed }, call) => {
      const { certificates } = namedListener(call, id).listener
      call.heedEach(removed, each => {
        if (!certificates.includes(each)) fail(1400, `certificate [${each}] is not associated with listener [${id}]`)
      })
      await patch(call, id, { certificates: certificates.filter(each => !removed.includes(each)) })
      return {}
    },
    { names, note: 'A listener that ends TLS keeps at least one' },
  ),
]

/** The balancers of the region that a list of children is about: those named, those of the children named, or all. */
export function balancersOf(
  call: Call,
  balancers: readonly Id[] | undefined,
  children: readonly Id[] | undefined,
): readonly LoadBalancer[] {
  const parents = children?.flatMap(id => parentOf(call, kind, id) ?? [])
  const asked = balancers?.flatMap(id => find(call.model(), kind, id) ?? [])
  return [...new Set(asked ?? parents ?? inOrder(call.model(), kind))].filter(asksFor(call, {}))
}

/** A listener that a request names, with its balancer; refused where there is none. */
export function namedListener(call: Call, id: Id): { readonly balancer: LoadBalancer; readonly listener: Listener } {
  const balancer = namedParent(call, kind, id)
  const listener = balancer.draft.listeners.find(each => each.id === id)
  return listener ? { balancer, listener } : fail(2100, `listener [${id.slice(0, 64)}] does not exist`)
}

async function patch(call: Call, id: Id, body: object): Promise<void> {
  const balancer = namedParent(call, kind, id)
  await call.run({ do: 'patch-child', kind, id: balancer.id, path: ['listeners', id], body })
}

/** What clients write, as the model reads it; what they left out, or nobody can read, is undefined. `at` stands before names of parameters. */
function bodyOf(given: Settings, at: string, { heed }: Call): object {
  const { session_sticky: sticky, healthy_check_method: method, healthy_check_option: times } = given
  const { forwardfor, listener_option: option, disabled: enabled } = given
  return {
    name: given.loadbalancer_listener_name,
    balance: given.balance_mode || undefined,
    stickiness: sticky === undefined ? undefined : heed(() => stickinessOf(sticky, `${at}session_sticky`)),
    ...(forwardfor === undefined ? {} : heed(() => headersOf(forwardfor, `${at}forwardfor`))),
    check: {
      ...(method === undefined ? {} : heed(() => checkOf(method, `${at}healthy_check_method`))),
      ...(times ? heed(() => timesOf(times, `${at}healthy_check_option`)) : {}),
    },
    options: option === undefined ? undefined : heed(() => optionsOf(option, `${at}listener_option`)),
    timeoutS: given.timeout,
    tunnelTimeoutS: given.tunnel_timeout,
    scene: given.scene,
    certificates: given.server_certificate_id,
    enabled,
  }
}
