import { contains, ipv4 } from '../model/address.ts'
import type { Id, Vpc } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { asksFor, describe, inOrder, named, page } from './describe.ts'
import { fail } from './failure.ts'
import { coded, int, list, text } from './parameters.ts'
import { remove } from './remove.ts'
import {
  keepLeases,
  leasesOf,
  routerTypes,
  routerView,
  routerVxnetView,
  subnetsIn,
  type Leases,
} from './router-view.ts'

const names = {
  name: 'router_name',
  type: 'router_type',
  cidr: 'vpc_network',
  securityGroup: 'security_group',
}
const features = int(0, 3)

/** VPCs, which this API calls routers. */
export const routerActions = [
  reading(
    'DescribeRouters',
    { ...listing, routers: list(text).optional(), vxnet: text.optional() },
    (asked, call) =>
      describe(call, 'vpc', asked, {
        set: 'router_set',
        ids: asked.routers,
        where: ({ id }) =>
          asked.vxnet === undefined || subnetsIn(call.model(), id).some(each => each.id === asked.vxnet),
        view: vpc => routerView(vpc, call, asked.verbose),
        gone: 'deleted',
      }),
    { note: 'What a router forwards is bounded by its type in name only' },
  ),

  changing(
    'CreateRouters',
    {
      router_name: text.default(''),
      router_type: coded(routerTypes).default('small'),
      vpc_network: text.default('192.168.0.0/16'),
      security_group: text.optional(),
      count: int(1, 100).default(1),
    },
    async ({ router_name: name, router_type: type, vpc_network: cidr, security_group: securityGroup, count }, call) => {
      const body = { zone: call.zone, name, type, cidr, securityGroup }
      const done = await call.runAll(Array.from({ length: count }, () => ({ do: 'create', kind: 'vpc', body })))
      const routers = done.flatMap(({ resource }) => resource?.id ?? [])
      return { routers, job_id: call.job('creating', routers, done) }
    },
    { names, note: 'Type 4 is the free one, which holds no public address. Any private range may be its network' },
  ),

  changing('DeleteRouters', { routers: list(text) }, async ({ routers }, call) => ({
    routers,
    job_id: await remove(call, 'vpc', routers),
  })),

  changing('UpdateRouters', { routers: list(text) }, async ({ routers }, call) => {
    call.heedEach(routers, router => mustBe(call, router, 'on'))
    const done = await call.runAll(routers.map(id => ({ do: 'apply', kind: 'vpc', id })))
    return { routers, job_id: call.job('updating', routers, done) }
  }),

  changing('PowerOnRouters', { routers: list(text) }, ({ routers }, call) => power(call, routers, 'on')),
  changing('PowerOffRouters', { routers: list(text) }, ({ routers }, call) => power(call, routers, 'off')),

  changing(
    'ModifyRouterAttributes',
    {
      router: text,
      router_name: text.optional(),
      description: text.optional(),
      eip: text.optional(),
      security_group: text.optional(),
      vxnet: text.optional(),
      features: features.optional(),
      dyn_ip_start: text.optional(),
      dyn_ip_end: text.optional(),
    },
    async ({ router: id, router_name: name, description, eip, security_group: group, ...leases }, call) => {
      const body = { name, description, eip: eip === '' ? null : eip, securityGroup: group || undefined }
      const said = leases.vxnet ? call.heed(() => leasesSaid(call, id, leases.vxnet ?? '', leases)) : undefined
      await call.run({ do: 'patch', kind: 'vpc', id, body })
      if (said) keepLeases(leases.vxnet ?? '', said, call.cloud.ledger)
      return {}
    },
    {
      names,
      note: 'The public address changes at once, and the security group with UpdateRouters or ApplySecurityGroup',
    },
  ),

  changing(
    'JoinRouter',
    {
      vxnet: text,
      router: text,
      ip_network: text,
      features: features.default(1),
      manager_ip: text.optional(),
      dyn_ip_start: text.default(''),
      dyn_ip_end: text.default(''),
    },
    async ({ vxnet, router, ip_network: cidr, manager_ip: gateway, features: feature, ...range }, call) => {
      const { ledger } = call.cloud
      call.heed(() => named(call, 'vpc', router))
      call.heed(() => {
        const { now } = named(call, 'subnet', vxnet)
        if (now.vpc !== null) fail(1400, `vxnet [${vxnet}] is in router [${now.vpc}]; let it leave first`)
      })
      checkRange(call, range)
      const done = await call.run({ do: 'patch', kind: 'subnet', id: vxnet, body: { vpc: router, cidr, gateway } })
      keepLeases(vxnet, { features: feature, start: range.dyn_ip_start, end: range.dyn_ip_end }, ledger)
      return { router_id: router, vxnet_id: vxnet, job_id: call.job('updating', [router, vxnet], done) }
    },
    {
      names: { vpc: 'router', cidr: 'ip_network', gateway: 'manager_ip' },
      note: 'A network is a /16 to a /29. Instances in it get the first free address, wherever dyn_ip_start and dyn_ip_end are',
    },
  ),

  changing('LeaveRouter', { router: text, vxnets: list(text) }, async ({ router, vxnets }, call) => {
    call.heedEach(vxnets, id => mayLeave(call, inRouter(call, router, id).id))
    const body = { vpc: null, cidr: null }
    const done = await call.runAll(vxnets.map(id => ({ do: 'patch', kind: 'subnet', id, body })))
    return { router_id: router, vxnets, job_id: call.job('updating', [router, ...vxnets], done) }
  }),

  reading(
    'DescribeRouterVxnets',
    { ...listing, router: text, vxnet: text.optional() },
    (asked, call) => {
      const model = call.model()
      const asks = asksFor(call, asked)
      const routers = asked.router === '*' ? inOrder(model, 'vpc').map(({ id }) => id) : [asked.router]
      const subnets = routers.flatMap(router => subnetsIn(model, router))
      const wanted = subnets.filter(each => (asked.vxnet === undefined || each.id === asked.vxnet) && asks(each))
      return page(asked, 'router_vxnet_set', wanted, subnet => routerVxnetView(subnet, call))
    },
    { note: 'A star stands for all routers' },
  ),
]

const powerWords = { on: 'active', off: 'poweroffed' } as const
const powerRemedies = { on: 'power it on first', off: 'power it off first' } as const

/** Refuses what a router cannot do as it is. */
function mustBe(call: Call, router: Id, wanted: Vpc['now']['power']): void {
  const { now } = named(call, 'vpc', router)
  if (now.power === wanted) return
  fail(1400, `router [${router}] is ${powerWords[now.power]}; ${powerRemedies[wanted]}`)
}

async function power(call: Call, routers: readonly Id[], to: Vpc['now']['power']) {
  call.heedEach(routers, router => mustBe(call, router, to === 'on' ? 'off' : 'on'))
  const done = await call.runAll(routers.map(id => ({ do: 'patch', kind: 'vpc', id, body: { power: to } })))
  return { routers, job_id: call.job(`power${to}ing`, routers, done) }
}

/** Refuses to take a network away from what does not go with it, as instances do. */
function mayLeave(call: Call, vxnet: Id): void {
  call.heedEach([...usersOf(call.model(), vxnet)], ({ id, kind }) => {
    if (kind === 'load-balancer') fail(1400, `loadbalancer [${id}] is in vxnet [${vxnet}]; take it out first`)
    if (kind === 'nat-gateway') fail(1400, `nfv [${id}] has a SNAT rule for vxnet [${vxnet}]; delete that first`)
  })
}

/** A network that must be in a router. */
function inRouter(call: Call, router: Id, vxnet: Id) {
  named(call, 'vpc', router)
  named(call, 'subnet', vxnet)
  const subnet = subnetsIn(call.model(), router).find(({ id }) => id === vxnet)
  return subnet ?? fail(1400, `vxnet [${vxnet}] is not in router [${router}]`)
}

interface Range {
  readonly dyn_ip_start?: string | undefined
  readonly dyn_ip_end?: string | undefined
}

function checkRange({ heedEach }: Call, range: Range): void {
  heedEach(Object.entries(range), ([name, address]) => {
    if (address && !ipv4.safeParse(address).success) fail(1100, `parameter [${name}] must be an IPv4 address`)
  })
}

/** What a change of a router says of one of its networks, laid over what was said before. */
function leasesSaid(
  call: Call,
  router: Id,
  vxnet: Id,
  { features: feature, dyn_ip_start: start, dyn_ip_end: end }: Range & { readonly features?: number | undefined },
): Leases {
  const range = { dyn_ip_start: start, dyn_ip_end: end }
  checkRange(call, range)
  const subnet = inRouter(call, router, vxnet)
  call.heedEach(Object.entries(range), ([name, address]) => {
    if (address && ipv4.safeParse(address).success && !contains(subnet.now.cidr, address))
      fail(1400, `parameter [${name}] lies outside ${subnet.now.cidr}`)
  })
  const before = leasesOf(subnet, call.cloud.ledger)
  return { features: feature ?? before.features, start: start || before.start, end: end || before.end }
}
