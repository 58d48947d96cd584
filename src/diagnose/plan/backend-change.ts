import { find, type Backend, type Id, type Listener, type LoadBalancer, type Model } from '../../model/model.ts'
import { fateOf, type Scene } from '../trace/fate.ts'
import { balancerEnd } from '../reach/parties.ts'

/** Where a backend stands by the model: not there, switched off, or in service, and then with a way to it or without. */
type Standing = 'absent' | 'disabled' | 'unreachable' | 'reachable'

/** A backend that a change has stand otherwise. */
export interface BackendChange {
  readonly balancer: Id
  readonly listener: Id
  readonly backend: Id
  /** Where it is, or was. */
  readonly address: string | null
  readonly port: number
  readonly was: Standing
  readonly becomes: Standing
}

/** A listener whose every backend has a way before, or some, and none after. */
export interface ListenerLoss {
  readonly balancer: Id
  readonly listener: Id
}

/** What becomes of the backends of some balancers, and the listeners that lose their last one. `isUp` says whom checks let serve now. */
export function backendChanges(
  balancers: Iterable<Id>,
  before: Scene,
  after: Scene,
  isUp: (backend: Id) => boolean,
): { readonly backends: readonly BackendChange[]; readonly listeners: readonly ListenerLoss[] } {
  const backends: BackendChange[] = []
  const listeners: ListenerLoss[] = []
  for (const balancer of balancers) {
    const [was, is] = [standings(before, balancer), standings(after, balancer)]
    for (const [id, { listener, backend, standing, address }] of new Map([...was, ...is])) {
      const change = { was: was.get(id)?.standing ?? 'absent', becomes: is.get(id)?.standing ?? 'absent' } as const
      const place = is.get(id) ?? { listener, backend, standing, address }
      if (change.was === change.becomes) continue
      const told = { balancer, listener: place.listener, backend: id, address: place.address, port: place.backend.port }
      backends.push({ ...told, ...change })
    }
    const serving = (list: typeof was, listener: Id) =>
      [...list].some(([id, each]) => each.listener === listener && each.standing === 'reachable' && isUp(id))
    for (const listener of new Set([...was.values()].map(each => each.listener))) {
      if (serving(was, listener) && !serving(is, listener)) listeners.push({ balancer, listener })
    }
  }
  return { backends, listeners }
}

interface Standings {
  readonly listener: Id
  readonly backend: Backend
  readonly address: string | null
  readonly standing: Standing
}

function standings(scene: Scene, id: Id): ReadonlyMap<Id, Standings> {
  const balancer = find(scene.model, 'load-balancer', id)
  if (!balancer) return new Map()
  return new Map(
    balancer.live.listeners.flatMap(listener =>
      listener.backends.map(backend => {
        const address = backend.address ?? find(scene.model, 'server', backend.server)?.now.address ?? null
        const standing = standingOf(scene, balancer, listener, backend, address)
        return [backend.id, { listener: listener.id, backend, address, standing }] as const
      }),
    ),
  )
}

function standingOf(
  scene: Scene,
  { id, now }: LoadBalancer,
  listener: Listener,
  backend: Backend,
  to: string | null,
): Standing {
  if (now.power === 'off' || !listener.enabled || !backend.enabled) return 'disabled'
  if (to === null) return 'unreachable'
  const { origin, source } = balancerEnd(id)
  const protocol = listener.protocol === 'udp' ? 'udp' : 'tcp'
  const { reaches } = fateOf(scene, { origin, source, to, protocol, port: backend.port })
  return reaches ? 'reachable' : 'unreachable'
}

/** The balancers of a part of the network. */
export function balancersIn(part: string, ...models: readonly Model[]): ReadonlySet<Id> {
  const found = models.flatMap(model => {
    const members = model.members.get(part)?.values() ?? []
    return [...members].filter(({ kind }) => kind === 'load-balancer').map(({ id }) => id)
  })
  const alone = models.some(model => find(model, 'load-balancer', part) !== undefined)
  return new Set(alone ? [...found, part] : found)
}
