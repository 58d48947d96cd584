import { netnsOf } from '../../src/compile/names.ts'
import type { HostState } from '../../src/host/item.ts'
import { all, get, type Model } from '../../src/model/model.ts'
import { nodesOf } from '../../src/model/node.ts'
import { worldPorts } from '../compile/any-world.ts'
import type { Surroundings } from './expecting.ts'
import type { Shot } from './flight.ts'

/** Addresses of nobody, and of routers. */
const strangers = ['10.0.1.1', '10.0.2.1', '10.0.1.99', '10.0.9.9', '203.0.113.77'] as const

/** Random packets: among servers, balancers and the internet, to addresses that there are and to others. */
export function shotsIn(
  model: Model,
  state: HostState,
  { outside: internet, addresses }: Surroundings,
  pick: <T>(list: readonly T[]) => T,
  count: number,
): readonly Shot[] {
  const outsiders = [...addresses]

  const eips = [...all(model, 'eip')].map(({ now }) => now.address).sort()
  const servers = [...all(model, 'server')].sort((a, b) => (a.id < b.id ? -1 : 1))
  const balancers = [...all(model, 'load-balancer')].sort((a, b) => (a.id < b.id ? -1 : 1))
  const nics = [...all(model, 'nic')].sort((a, b) => (a.id < b.id ? -1 : 1))
  const privates = [...servers, ...nics].flatMap(({ now }) => now.address ?? [])
  const nodes = balancers.flatMap(each => nodesOf(each).flatMap(({ address: own }) => own ?? []))
  const isThere = (netns: string) => state.has(`netns ${netns} `)
  const origins = [
    ...servers.flatMap(({ id, now }) => [
      { netns: netnsOf(id), from: '' },
      { netns: netnsOf(id), from: now.power === 'on' ? now.address! : '' },
    ]),
    ...nics.flatMap(({ now }) => {
      const isIn = servers.some(({ id, now: { power } }) => id === now.server && power === 'on')
      return isIn ? [{ netns: netnsOf(now.server!), from: now.address! }] : []
    }),
    ...balancers
      .filter(({ id }) => isThere(netnsOf(id)))
      .flatMap(balancer => [
        { netns: netnsOf(balancer.id), from: '' },
        ...nodesOf(balancer).map(({ address: own }) => ({ netns: netnsOf(balancer.id), from: own ?? '' })),
      ]),
    ...outsiders.flatMap(from => [
      { netns: internet, from },
      { netns: internet, from },
    ]),
  ]
  const inward = [eips, eips, eips, privates, strangers] as const
  const outward = [privates, privates, outsiders, outsiders, eips, nodes, strangers] as const
  const doors = balancers.flatMap(({ now, live }) =>
    now.eips.flatMap(eip =>
      live.listeners.map(({ protocol, port }) => ({
        to: get(model, 'eip', eip).now.address,
        protocol: protocol === 'udp' ? protocol : ('tcp' as const),
        port,
      })),
    ),
  )
  return Array.from({ length: count }, () => {
    const origin = pick(origins)
    if (origin.netns === internet && doors.length > 0 && pick([true, false, false]))
      return { ...origin, ...pick(doors) }
    const to = pick(pick((origin.netns === internet ? inward : outward).filter(({ length }) => length > 0)))
    const protocol = pick(['tcp', 'tcp', 'tcp', 'udp', 'icmp'] as const)
    return { ...origin, to, protocol, port: protocol === 'icmp' ? 0 : pick(worldPorts) }
  })
}
