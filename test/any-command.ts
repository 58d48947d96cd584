import * as fc from 'fast-check'
import type { Command } from '../src/model/command.ts'
import { childIds } from '../src/model/edit/body.ts'
import type { Id, Model } from '../src/model/model.ts'
import {
  add,
  addressIn,
  anyOf,
  create,
  hostOf,
  listed,
  patch,
  slice,
  subnetsOf,
  type Chooser,
  type Maker,
} from './any-maker.ts'
import { memberMakers } from './any-member.ts'
import { accessLogs, certificates, forwardRules, listenerOf, rewrites } from './any-listener.ts'

/** A wish that means something in any model: a sort of command, and numbers that choose among what is there. */
export interface Move {
  readonly sort: Sort
  readonly picks: readonly number[]
}

function freeEips(model: Model): readonly Id[] {
  return listed(model, 'eip')
    .map(e => e.id)
    .filter(id => !model.users.has(id))
}

/** An EIP for a new holder: none, a free one, or one bought on the way. */
function eipFor(model: Model, pick: Chooser): unknown {
  return [null, { bandwidthMbps: 1 + pick.number(20) }, pick.of(freeEips(model)) ?? null][pick.number(3)]
}

function eipsFor(model: Model, pick: Chooser): readonly unknown[] {
  return [[], [{}], [{}, { bandwidthMbps: 5 }, {}], freeEips(model).slice(0, 2)][pick.number(4)] ?? []
}

const vpcRanges = ['10.0.0.0/16', '10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/20']
const outside = ['198.18.0.7', '198.18.0.0/24', '198.18.0.0/15', '203.0.113.9', '0.0.0.0/0']

const makers = {
  vpc: (model, pick) => {
    const cidr = vpcRanges[pick.number(4)] ?? ''
    const type = pick.of(['small', 'small', 'large', 'free'])
    const subnets = Array.from({ length: 1 + pick.number(2) }, (_, i) => ({ name: `s${i}`, cidr: slice(cidr, i) }))
    return create('vpc', { cidr, type, subnets, ...(type === 'free' ? {} : { eip: eipFor(model, pick) }) })
  },
  subnet: (model, pick) => {
    const vpc = pick.of(listed(model, 'vpc'))
    return vpc && create('subnet', { vpc: vpc.id, cidr: slice(vpc.now.cidr, pick.number(6)) })
  },
  eip: (_model, pick) => create('eip', { bandwidthMbps: 1 + pick.number(100) }),
  routeTable: (model, pick) => {
    const vpc = pick.of(listed(model, 'vpc'))
    return (
      vpc &&
      create('route-table', { vpc: pick.number(5) > 0 ? vpc.id : null, serves: pick.of(['subnet', 'load-balancer']) })
    )
  },
  bindTable: (model, pick) => {
    const table = pick.of(listed(model, 'route-table'))
    if (table?.now.serves === 'load-balancer') {
      const balancer = pick.of(listed(model, 'load-balancer'))
      return balancer && patch('load-balancer', balancer.id, { routeTable: pick.yes() ? table.id : null })
    }
    const vpc = table?.now.vpc
    const subnet = table && pick.of(vpc == null ? [...listed(model, 'subnet')] : subnetsOf(model, vpc))
    return subnet && patch('subnet', subnet.id, { routeTable: table.id })
  },
  route: (model, pick) => {
    const table = pick.of(listed(model, 'route-table'))
    if (!table) return undefined
    const { vpc } = table.now
    if (vpc === null) return undefined
    const subnet = pick.of(subnetsOf(model, vpc))
    const gateway = pick.of(listed(model, 'nat-gateway').filter(g => g.now.vpc === vpc))
    const hops = [
      { type: 'router', id: vpc },
      ...(gateway ? [{ type: 'nat-gateway', id: gateway.id }] : []),
      ...(subnet ? [{ type: 'address', address: hostOf(subnet.now.cidr, 5 + pick.number(4)) }] : []),
    ]
    const source = pick.of([null, null, subnet?.now.cidr ?? null, subnet ? hostOf(subnet.now.cidr, 2) : null])
    return add('route-table', table.id, ['routes'], {
      destination: pick.of(outside),
      source,
      nextHop: pick.of(hops),
      enabled: pick.number(5) > 0,
    })
  },
  natGateway: (model, pick) => {
    const vpc = pick.of(listed(model, 'vpc'))
    return (
      vpc &&
      create('nat-gateway', { vpc: vpc.id, eips: eipsFor(model, pick), size: pick.of(['small', 'medium', 'large']) })
    )
  },
  snatRule: (model, pick) => {
    const gateway = pick.of(listed(model, 'nat-gateway').filter(g => g.now.eips.length > 0))
    if (!gateway) return undefined
    const subnets = subnetsOf(model, gateway.now.vpc)
    const servers = listed(model, 'server').filter(s => subnets.some(each => each.id === s.now.subnet))
    const target = pick.of([...subnets, ...servers])?.id
    const eips = gateway.now.eips.slice(0, 1 + pick.number(3))
    return add('nat-gateway', gateway.id, ['snatRules'], { target, eips, enabled: pick.number(5) > 0 })
  },
  dnatRule: (model, pick) => {
    const gateway = pick.of(listed(model, 'nat-gateway').filter(g => g.now.eips.length > 0))
    if (!gateway) return undefined
    const toAddress = addressIn(model, gateway.now.vpc, pick)
    const [port, toPort] =
      pick.of([
        ['80', '8080'],
        ['443', '443'],
        ['8000-8010', '8000-8010'],
        ['53', '53'],
      ]) ?? []
    const protocol = pick.of(['tcp', 'udp'])
    return add('nat-gateway', gateway.id, ['dnatRules'], {
      eip: pick.of(gateway.now.eips),
      protocol,
      port,
      toAddress,
      toPort,
    })
  },
  portForward: (model, pick) => {
    const vpc = pick.of(listed(model, 'vpc'))
    if (!vpc) return undefined
    const toAddress = addressIn(model, vpc.id, pick)
    return add('vpc', vpc.id, ['portForwards'], {
      port: 2200 + pick.number(5),
      toAddress,
      toPort: 22,
      protocol: pick.of(['tcp', 'udp']),
    })
  },
  securityGroup: (_model, pick) => create('security-group', { name: `group ${pick.number(100)}` }),
  ipSet: (_model, pick) =>
    pick.yes()
      ? create('ip-set', {
          type: 'ip',
          members: ['198.18.0.0/24', '203.0.113.9', '198.18.7.7/32'].slice(pick.number(3)),
        })
      : create('ip-set', { type: 'port', members: ['80', '443', '8000-8010'].slice(pick.number(3)) }),
  rule: (model, pick) => {
    const group = pick.of(listed(model, 'security-group'))
    const setOf = (type: string) => pick.of(listed(model, 'ip-set').filter(s => s.now.type === type))?.id ?? null
    const protocol = pick.of(['all', 'tcp', 'tcp', 'udp', 'icmp', 'gre'])
    const ports =
      protocol === 'tcp' || protocol === 'udp' ? pick.of([null, '80', '22', '8000-8010', setOf('port')]) : null
    return (
      group &&
      add('security-group', group.id, ['rules'], {
        priority: pick.number(4),
        direction: pick.of(['ingress', 'ingress', 'egress']),
        action: pick.of(['accept', 'accept', 'drop']),
        protocol,
        ports,
        ...(protocol === 'icmp' && pick.yes() ? { icmpType: 8 } : {}),
        peer: pick.of([null, '198.18.0.0/24', '10.0.0.0/8', '198.18.0.7/32', setOf('ip')]),
        enabled: pick.number(6) > 0,
      })
    )
  },
  useGroup: (model, pick) => {
    const kind = pick.of(['vpc', 'nat-gateway', 'load-balancer', 'server'] as const) ?? 'vpc'
    const user = pick.of(listed(model, kind))
    return user && patch(kind, user.id, { securityGroup: pick.of(listed(model, 'security-group'))?.id })
  },
  ...memberMakers,
  server: (model, pick) => {
    const subnet = pick.of(listed(model, 'subnet'))
    const attach = pick.of([
      ...Array.from({ length: 3 }, () => ({ type: 'namespace' })),
      { type: 'tap', device: pick.of(['tap0', 'tap1']) },
    ])
    return subnet && create('server', { subnet: subnet.id, eip: eipFor(model, pick), attach })
  },
  loadBalancer: (model, pick) => {
    const listeners = [
      {
        port: 80,
        backends: [
          { address: '198.18.0.7', port: 80 },
          { address: '203.0.113.9', port: 8080 },
        ],
      },
    ]
    const subnet = pick.number(6) > 0 ? pick.of(listed(model, 'subnet'))?.id : undefined
    const eips = subnet === undefined ? [{}] : eipsFor(model, pick)
    const body = { subnet: subnet ?? null, eips, nodeCount: 1 + pick.number(3), accessLog: pick.of(accessLogs) }
    return create('load-balancer', { ...body, listeners: pick.yes() ? listeners : [] })
  },
  listener: (model, pick) => {
    const balancer = pick.of(listed(model, 'load-balancer'))
    return (
      balancer &&
      add('load-balancer', balancer.id, ['listeners'], {
        ...listenerOf(pick.of(listed(model, 'certificate'))?.id, pick),
        port: pick.of([80, 443, 8080, 3306]),
        balance: pick.of(['roundrobin', 'leastconn', 'source']),
        enabled: pick.number(5) > 0,
      })
    )
  },
  certificate: (_model, pick) => create('certificate', pick.of(certificates) ?? {}),
  renewCertificate: (model, pick) => {
    const certificate = pick.of(listed(model, 'certificate'))
    return certificate && patch('certificate', certificate.id, pick.of(certificates) ?? {})
  },
  forwardPolicy: (_model, pick) =>
    create('forward-policy', {
      operator: pick.of(['or', 'and']),
      priority: pick.number(3),
      balance: pick.of([null, 'leastconn']),
      rules: [{ pattern: 'shop.example' }].slice(pick.number(2)),
    }),
  forwardRule: (model, pick) => {
    const policy = pick.of(listed(model, 'forward-policy'))
    const rule = pick.of(forwardRules)
    return policy && add('forward-policy', policy.id, ['rules'], { ...rule, enabled: pick.number(5) > 0 })
  },
  rewrite: (model, pick) => {
    const policy = pick.of(listed(model, 'forward-policy'))
    const rewrite = pick.of(rewrites)
    return policy && add('forward-policy', policy.id, ['rewrites'], { ...rewrite, priority: pick.number(3) })
  },
  backend: (model, pick) => {
    const balancer = pick.of(listed(model, 'load-balancer'))
    const listener = balancer && pick.of(balancer.draft.listeners)
    const server = pick.yes() ? pick.of(listed(model, 'server'))?.id : undefined
    return (
      listener &&
      add('load-balancer', balancer.id, ['listeners', listener.id, 'backends'], {
        ...(server
          ? { server }
          : { address: pick.of(['198.18.0.7', '198.18.0.9', '203.0.113.9', '10.0.0.4', '192.168.0.4']) }),
        port: pick.of([80, 8080]),
        weight: pick.of([1, 1, 0, 50]),
        policy: pick.number(3) === 0 ? (pick.of(listed(model, 'forward-policy'))?.id ?? null) : null,
        backup: pick.number(3) === 0,
        backupTier: pick.of([1, 1, 2, 3]),
        maxConnections: listener.protocol === 'udp' || listener.via === 'kernel' ? null : pick.of([null, 2, 50]),
        enabled: pick.number(5) > 0,
      })
    )
  },
  power: (model, pick) => {
    const kind = pick.of(['vpc', 'nat-gateway', 'load-balancer', 'server'] as const) ?? 'vpc'
    const one = pick.of(listed(model, kind))
    return one && patch(kind, one.id, { power: pick.of(['off', 'on']) })
  },
  bindEip: (model, pick) => {
    const kind = pick.of(['vpc', 'nat-gateway', 'load-balancer', 'server'] as const) ?? 'vpc'
    const one = pick.of(listed(model, kind))
    const many = kind === 'nat-gateway' || kind === 'load-balancer'
    return one && patch(kind, one.id, many ? { eips: eipsFor(model, pick) } : { eip: eipFor(model, pick) })
  },
  nodes: (model, pick) => {
    const balancer = pick.of(listed(model, 'load-balancer'))
    return balancer && patch('load-balancer', balancer.id, { nodeCount: 1 + pick.number(4) })
  },
  moveBalancer: (model, pick) => {
    const balancer = pick.of(listed(model, 'load-balancer'))
    return balancer && patch('load-balancer', balancer.id, { subnet: pick.of(listed(model, 'subnet'))?.id ?? null })
  },
  resize: (model, pick) => {
    const vpc = pick.of(listed(model, 'vpc'))
    return vpc && patch('vpc', vpc.id, { type: pick.of(['free', 'small', 'xlarge']) })
  },
  members: (model, pick) => {
    const set = pick.of(listed(model, 'ip-set'))
    return set && patch('ip-set', set.id, { members: set.now.type === 'ip' ? ['198.18.0.8/32'] : ['9000'] })
  },
  publish: (model, pick) => {
    const one = anyOf(model, pick)
    const action = pick.of(['apply', 'apply', 'apply', 'discard'] as const) ?? 'apply'
    return one && { do: action, kind: one.kind, id: one.id }
  },
  rollback: (model, pick) => {
    const one = anyOf(model, pick)
    return one && { do: 'rollback', kind: one.kind, id: one.id, generation: 1 + pick.number(one.generation) }
  },
  toggleChild: (model, pick) => {
    const one = anyOf(model, pick)
    const [list, children] =
      pick.of(
        Object.entries(one?.draft ?? {}).filter(([, value]) => Array.isArray(value) && typeof value[0] === 'object'),
      ) ?? []
    const id = pick.of([...childIds({ [list ?? '']: children })])
    if (!one || list === undefined || id === undefined) return undefined
    const path = [list, id]
    return pick.yes()
      ? { do: 'delete-child', kind: one.kind, id: one.id, path }
      : { do: 'patch-child', kind: one.kind, id: one.id, path, body: { enabled: pick.yes() } }
  },
  remove: (model, pick) => {
    const one = anyOf(model, pick)
    if (!one || one.kind === 'zone') return undefined
    return { do: 'delete', kind: one.kind, id: one.id, force: pick.yes() }
  },
} satisfies Record<string, Maker>

export type Sort = keyof typeof makers
const sorts = Object.keys(makers) as readonly Sort[]

/** The command that a move is in a model; undefined where there is nothing to move. */
export function commandOf(model: Model, { sort, picks }: Move): Command | undefined {
  let used = 0
  const number = (below: number) => (below < 1 ? 0 : (picks[used++ % picks.length] ?? 0) % below)
  const pick: Chooser = { number, of: list => list[number(list.length)], yes: () => number(2) === 1 }
  return makers[sort](model, pick)
}

/** Random moves of some sorts. */
export function moves(among: readonly Sort[] = sorts): fc.Arbitrary<Move> {
  return fc.record({
    sort: fc.constantFrom(...among),
    picks: fc.array(fc.nat({ max: 2 ** 20 }), { minLength: 6, maxLength: 6 }),
  })
}
