import type { ChildPath } from '../model/command.ts'
import type { Backend, Id, LoadBalancer } from '../model/model.ts'
import { find, isJoined } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { namedParent } from './child-index.ts'
import { isCalled, named, page } from './describe.ts'
import { fail } from './failure.ts'
import { balancersOf, namedListener } from './listeners.ts'
import { backendView, routerAddress } from './load-balancer-view.ts'
import { int, list, objects, offSwitch, text } from './parameters.ts'

const kind = 'load-balancer'
const names = {
  name: 'loadbalancer_backend_name',
  address: 'resource_id',
  server: 'resource_id',
  policy: 'loadbalancer_policy_id',
  enabled: 'disabled',
}

/** Backends of listeners. */
export const backendActions = [
  reading(
    'DescribeLoadBalancerBackends',
    {
      ...listing,
      loadbalancer_backends: list(text).optional(),
      loadbalancer_listener: text.optional(),
      loadbalancer: text.optional(),
    },
    (asked, call) => {
      const { loadbalancer_backends: ids, loadbalancer_listener: listener, loadbalancer } = asked
      const children = ids ?? (listener === undefined ? undefined : [listener])
      const found = balancersOf(call, loadbalancer === undefined ? undefined : [loadbalancer], children)
        .flatMap(balancer => [...backendsOf(balancer)].map(each => ({ balancer, ...each })))
        .filter(
          each =>
            (ids?.includes(each.backend.id) ?? true) &&
            (listener === undefined || each.listener === listener) &&
            isCalled(each.backend, asked.search_word),
        )
      const shown = found.map(each => backendView(each.backend, each.listener, each.balancer, call))
      const wanted = shown.filter(({ status }) => asked.status?.includes(status) ?? true)
      return page(asked, 'loadbalancer_backend_set', wanted)
    },
  ),

  changing(
    'AddLoadBalancerBackends',
    {
      loadbalancer_listener: text,
      backends: objects({
        resource_id: text,
        port: int().optional(),
        weight: int().optional(),
        loadbalancer_backend_name: text.optional(),
        loadbalancer_policy_id: text.optional(),
        disabled: offSwitch.optional(),
      }),
    },
    async ({ loadbalancer_listener: listener, backends }, call) => {
      const balancer = call.heed(() => namedListener(call, listener))?.balancer
      const id = balancer?.id ?? ''
      const targets = backends.map(({ resource_id: target }) => call.heed(() => targetOf(call, target)))
      const reachable = targets.flatMap(target => target ?? [])
      const joining = balancer ? joiningFor(call, balancer, reachable) : []
      // Of a backend that nobody can find the rest is not looked at.
      const found = [...backends.entries()].flatMap(([i, given]) => {
        const target = targets[i]
        return target ? [{ ...given, target, at: `backends[${i}]` }] : []
      })
      const done = await call.runAll(
        [
          ...joining.map(subnet => ({ do: 'patch', kind, id, body: { subnet } }) as const),
          ...found.map(({ target, port, weight, ...given }) => ({
            do: 'add-child' as const,
            kind: 'load-balancer' as const,
            id,
            path: ['listeners', listener, 'backends'],
            body: {
              ...target,
              port,
              weight,
              name: given.loadbalancer_backend_name,
              policy: given.loadbalancer_policy_id,
              enabled: given.disabled,
            },
          })),
        ],
        [...joining.map(() => ''), ...found.map(({ at }) => at)],
      )
      const { ledger } = call.cloud
      for (const subnet of joining) ledger.spell(id, subnet)
      const made = done.flatMap(({ child }) => child ?? [])
      for (const [i, { resource_id: target }] of backends.entries()) {
        if (target.startsWith('rtr-')) ledger.spell(made[i] ?? '', target)
      }
      return { loadbalancer_backends: made }
    },
    {
      names,
      note: '`resource_id` is an instance, a router (served at the public address that it has then), or an IPv4 address. A balancer in vxnet-0 reaches instances through the network of the first, as long as it has one',
    },
  ),

  changing(
    'ModifyLoadBalancerBackendAttributes',
    {
      loadbalancer_backend: text,
      loadbalancer_backend_name: text.optional(),
      port: int().optional(),
      weight: int().optional(),
      disabled: offSwitch.optional(),
      loadbalancer_policy_id: text.optional(),
    },
    async ({ loadbalancer_backend: backend, port, weight, disabled: enabled, ...given }, call) => {
      const policy = given.loadbalancer_policy_id
      const body = {
        name: given.loadbalancer_backend_name,
        port,
        weight,
        enabled,
        policy: policy === '' ? null : policy,
      }
      const { id, path } = placeOf(call, backend)
      await call.run({ do: 'patch-child', kind, id, path, body })
      return {}
    },
    { names },
  ),

  changing(
    'DeleteLoadBalancerBackends',
    { loadbalancer_backends: list(text) },
    async ({ loadbalancer_backends: ids }, call) => {
      const places = call.heedEach([...new Set(ids)], id => placeOf(call, id))
      await call.runAll(places.map(place => ({ do: 'delete-child', kind, ...place })))
      return { loadbalancer_backends: ids }
    },
  ),
]

function* backendsOf({ draft }: LoadBalancer): Iterable<{ readonly listener: Id; readonly backend: Backend }> {
  for (const { id, backends } of draft.listeners) for (const backend of backends) yield { listener: id, backend }
}

function placeOf(call: Call, backend: Id): { readonly id: Id; readonly path: ChildPath } {
  const balancer = namedParent(call, kind, backend)
  const found = [...backendsOf(balancer)].find(each => each.backend.id === backend)
  if (!found) return fail(2100, `backend [${backend.slice(0, 64)}] does not exist`)
  return { id: balancer.id, path: ['listeners', found.listener, 'backends', backend] }
}

interface Target {
  readonly server?: Id
  readonly address?: string
}

/** Who a `resource_id` means. */
function targetOf(call: Call, resource: string): Target {
  if (resource.startsWith('i-')) return { server: named(call, 'server', resource).id }
  if (!resource.startsWith('rtr-')) return { address: resource }
  const address = routerAddress(call.model(), named(call, 'vpc', resource).id)
  return address === undefined
    ? fail(1400, `router [${resource}] has no public address; associate an eip with it first`)
    : { address }
}

/** The network that a balancer must join to reach the first of these servers; none where it is in one. */
function joiningFor(call: Call, { now }: LoadBalancer, targets: readonly Target[]): readonly Id[] {
  if (now.subnet !== null) return []
  const model = call.model()
  for (const { server } of targets) {
    const subnet = find(model, 'subnet', find(model, 'server', server)?.now.subnet)
    if (subnet && isJoined(subnet)) return [subnet.id]
  }
  return []
}
