import * as fc from 'fast-check'
import { kinds, type KindName, type SpecOf } from '../../src/model/kinds.ts'
import { get, put, type Model, type Resource } from '../../src/model/model.ts'
import { anyNetwork } from './any-network.ts'
import { modelOf } from './model-of.ts'

const { constantFrom: one, array, record } = fc
const often = fc.integer({ min: 0, max: 9 }).map(n => n > 0)

/** The ports that anything is about in these worlds. */
export const worldPorts = [53, 70, 80, 81, 90, 91, 443, 500, 2201, 8080] as const

const inside = ['10.0.1.20', '10.0.1.21', '10.0.2.20', '10.0.1.10', '10.0.1.77', '10.0.1.1'] as const
const protocol = one('tcp', 'tcp', 'udp')

const anyDnat = record({
  protocol,
  eip: one('eip-00000001', 'eip-00000002', 'eip-00000003'),
  ports: one(['80', '8080'], ['443', '443'], ['70-90', '70-90'], ['500', '80'], ['53', '53']),
  toAddress: one(...inside),
  enabled: often,
}).map(({ ports: [port, toPort], ...rest }) => ({ ...rest, port, toPort }))
const anyForward = record({
  protocol,
  port: one(80, 443, 2201),
  toAddress: one(...inside),
  toPort: one(80, 8080),
  enabled: often,
})

const anyBackend = fc
  .tuple(
    one(
      { address: '8.8.8.8' },
      { address: '198.51.100.7' },
      { address: '10.0.2.20' },
      { address: '10.0.1.21' },
      { server: 'i-00000001' },
    ),
    record({ port: one(70, 80, 8080), weight: one(0, 1, 1, 5), backup: one(false, false, true), enabled: often }),
  )
  .map(([where, rest]) => ({ ...where, ...rest }))
const check = { protocol: 'none' }
const anyListeners = record({
  backends: fc.tuple(...Array.from({ length: 3 }, () => array(anyBackend, { maxLength: 3 }))),
  balance: one('roundrobin', 'source'),
  options: one([], [], ['transparent']),
})

const nic = 'nic-00000001'
const anyNic = record({
  subnet: one('vxnet-00000001', 'vxnet-00000002', 'vxnet-00000002'),
  server: one('i-00000001', 'i-00000001', 'i-00000002', null),
})

/** A network with all that may lead packets elsewhere: translation inwards, balancers of either sort, and one more interface. */
const anyPlace: fc.Arbitrary<Model> = record({
  network: anyNetwork,
  dnatRules: array(anyDnat, { maxLength: 3 }),
  portForwards: array(anyForward, { maxLength: 2 }),
  listeners: anyListeners,
  more: anyNic,
  names: fc.boolean(),
  icmp: often,
}).map(world => {
  const { network, dnatRules, portForwards, more, names, icmp } = world
  const { backends, balance, options } = world.listeners
  const spec = <K extends KindName>(model: Model, kind: K, id: string, change: (live: SpecOf<K>) => object): Model => {
    const before = get(model, kind, id)
    const live = kinds[kind].spec.parse({ ...before.live, ...change(before.live) }) as SpecOf<K>
    return put(model, { ...before, draft: live, live } as unknown as Resource)
  }
  const [kernel, udp, proxy] = backends.map((list, n) => list.map((each, i) => ({ ...each, id: `lbb-0000${n}00${i}` })))
  let model = spec(network, 'nat-gateway', 'nfv-00000001', () => ({ dnatRules: numbered('dnat', dnatRules) }))
  model = spec(model, 'vpc', 'rtr-00000001', () => ({
    portForwards: numbered('rtrs', portForwards),
    dnsRecords: names ? [{ id: 'rtrs-00000009', domain: 'db.internal', addresses: ['10.0.2.20'] }] : [],
  }))
  model = put(model, nicOf(more))
  model = spec(model, 'load-balancer', 'lb-00000001', live => ({
    listeners: [
      ...live.listeners.map(each => ({ ...each, balance, options, check, backends: kernel })),
      { id: 'lbl-00000002', protocol: 'udp', port: 500, check, backends: udp },
      { id: 'lbl-00000003', protocol: 'tcp', via: 'proxy', port: 8080, check, backends: proxy },
    ],
  }))
  if (!icmp) return model
  // Nothing but TCP and UDP has a rule of its own else.
  const rule = { id: 'sgr-00000009', priority: 2, direction: 'ingress', action: 'accept', protocol: 'icmp' }
  return spec(model, 'security-group', 'sg-00000002', live => ({ rules: [...live.rules, rule] }))
})

function nicOf({ subnet, server }: { readonly subnet: string; readonly server: string | null }): Resource {
  const model = modelOf(
    JSON.stringify({
      [nic]: {
        subnet,
        address: subnet === 'vxnet-00000001' ? '10.0.1.30' : '10.0.2.30',
        mac: '06:00:00:00:00:30',
        server,
        sequence: server === null ? null : 1,
      },
    }),
  )
  return model.resources.get(nic)!
}

/** Two networks of one machine that have the same addresses, but for those that are public. */
export const anyWorld: fc.Arbitrary<Model> = fc
  .tuple(anyPlace, anyPlace)
  .map(([first, second]) => placed(twinsOf(second)).reduce(put, first))

/** Resources as a second network has them: under other ids, and with other public addresses. */
function twinsOf(model: Model): Resource[] {
  return [...model.resources.values()]
    .filter(({ kind }) => kind !== 'zone')
    .map(resource => {
      const text = JSON.stringify(resource)
        .replaceAll(/\b([a-z]+)-0000(\d{4})\b/g, '$1-1000$2')
        .replace(/"203\.0\.113\.(\d)"/, '"203.0.113.10$1"')
      const twin = JSON.parse(text) as Resource
      return { ...twin, draft: twin.live } as Resource
    })
}

/** Networks before what is in them. */
function placed(resources: readonly Resource[]): Resource[] {
  const place = ({ kind }: Resource) => ['vpc', 'subnet'].indexOf(kind)
  return resources.toSorted((a, b) => place(b) - place(a) || (a.id < b.id ? -1 : 1))
}

/**
 * A world with one resource as it is in another one: what a single apply, a switch or a binding does. Undefined where both are the
 * same.
 */
export function withOneOf(world: Model, other: Model, pick: (below: number) => number): Model | undefined {
  const differing = [...other.resources.values()]
    .filter(resource => JSON.stringify(world.resources.get(resource.id)) !== JSON.stringify(resource))
    .filter(({ kind }) => kind !== 'route-table' && kind !== 'eip')
    .concat(tablesThatDiffer(world, other))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const chosen = differing[pick(differing.length)]
  if (!chosen) return undefined
  if (chosen.kind !== 'load-balancer') return put(world, chosen)
  // Its table may not be there.
  const table = world.resources.get(chosen.now.routeTable ?? '')
  return put(world, table ? chosen : { ...chosen, now: { ...chosen.now, routeTable: null } })
}

function tablesThatDiffer(world: Model, other: Model): Resource[] {
  return [...other.resources.values()].filter(({ id, kind }) => {
    const here = world.resources.get(id)
    return kind === 'route-table' && here && JSON.stringify(here) !== JSON.stringify(other.resources.get(id))
  })
}

function numbered<T extends object>(prefix: string, list: readonly T[]): (T & { id: string })[] {
  return list.map((each, i) => ({ ...each, id: `${prefix}-0000${i.toString().padStart(4, '0')}` }))
}
