import type { KindName } from '../model/kinds.ts'
import type { Words } from '../model/define.ts'
import type { Id } from '../model/model.ts'
import type { Hands } from './hands.ts'
import { plan } from './plan.ts'
import type { ScriptStep, Site } from './script.ts'

/** Health checks as eager as a listener may have them, so that nobody waits. */
const check = { protocol: 'http', path: '/healthz', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 }

const createVpcA: ScriptStep = {
  title: { en: 'Create a VPC network with an initial private network', zh: '创建 VPC 网络及初始私有网络' },
  name: null,
  missed: null,
  possible: () => true,
  async take(site, hands) {
    site.vpc = await hands.run({ do: 'create', kind: 'vpc', body: { name: 'demo-a', cidr: '10.1.0.0/16' } })
    return [made(site.vpc), ...(await firstSubnet(site, hands, '10.1.0.0/24'))]
  },
}

const createVpcB: ScriptStep = {
  title: {
    en: 'Create a VPC network of a type that is not free, with a public IP',
    zh: '创建非免费型 VPC 网络，公网 IP 选择购买并绑定',
  },
  name: null,
  missed: null,
  details: { 'vpc-type': 'router-free', 'vpc-eip': 'router-without-eip' },
  possible: () => true,
  async take(site, hands) {
    const free = site.skip.has('vpc-type')
    const eip = free || site.skip.has('vpc-eip') ? null : await buyEip(hands, 'demo-b-vpc')
    const body = { name: 'demo-b', cidr: '10.2.0.0/16', type: free ? 'free' : 'small', eip: eip?.id ?? null }
    site.vpc = await hands.run({ do: 'create', kind: 'vpc', body })
    if (eip) site.vpcEip = eip.id
    return [made(site.vpc), ...bound(eip), ...(await firstSubnet(site, hands, '10.2.0.0/24'))]
  },
}

const createNatGateway: ScriptStep = {
  title: {
    en: 'Create a NAT gateway in it, buying and binding a public IP',
    zh: '创建 NAT 网关，公网 IP 选择购买并绑定',
  },
  name: 'nat-gateway',
  missed: 'no-route',
  details: { 'nat-eip': 'nat-gateway-without-eip' },
  possible: () => true,
  async take(site, hands) {
    const eip = site.skip.has('nat-eip') ? null : await buyEip(hands, 'demo-a-nat')
    const body = { name: 'demo-a-nat', vpc: need(site.vpc), eips: eip ? [eip.id] : [] }
    site.natGateway = await hands.run({ do: 'create', kind: 'nat-gateway', body })
    if (eip) site.natEip = eip.id
    const table = await hands.get('route-table', need(site.routeTable))
    const route = table.routes.find(r => r.nextHop.type === 'nat-gateway' && r.nextHop.id === site.natGateway)
    const automatic = {
      en: `${table.id}: automatic route ${route?.destination} → ${site.natGateway}`,
      zh: `${table.id}：自动添加路由 ${route?.destination} → ${site.natGateway}`,
    }
    return [made(site.natGateway), ...bound(eip), ...(route ? [automatic] : [])]
  },
}

const addSnatRule: ScriptStep = {
  title: { en: 'Add a SNAT rule for the private network', zh: '添加 SNAT 规则，资源类型选择私有网络' },
  name: 'snat-rule',
  missed: 'no-snat-rule',
  possible: site => site.natGateway !== undefined && site.natEip !== undefined,
  async take(site, hands) {
    const body = { target: need(site.subnet), eips: [need(site.natEip)] }
    const rule = await hands.run({
      do: 'add-child',
      kind: 'nat-gateway',
      id: need(site.natGateway),
      path: ['snatRules'],
      body,
    })
    return [made(rule), pending(need(site.natGateway))]
  },
}

const createBalancer: ScriptStep = {
  title: {
    en: 'Create a load balancer with a public IP of its own and the private network',
    zh: '创建负载均衡器，绑定公网 IP 与私有网络',
  },
  name: null,
  missed: null,
  details: { subnet: 'no-subnet' },
  possible: () => true,
  async take(site, hands) {
    const eip = await buyEip(hands, `demo-${site.topology}-lb`)
    const subnet = site.skip.has('subnet') ? null : need(site.subnet)
    const body = { name: `demo-${site.topology}-lb`, eips: [eip.id], subnet, securityGroup: need(site.group) }
    site.balancer = await hands.run({ do: 'create', kind: 'load-balancer', body })
    site.balancerEip = eip.id
    return [made(site.balancer), ...bound(eip)]
  },
}

const createListener: ScriptStep = {
  title: { en: 'Create an HTTP listener on port 80, and apply', zh: '创建 HTTP 监听器（端口 80），然后应用修改' },
  name: null,
  missed: null,
  possible: () => true,
  async take(site, hands) {
    const id = need(site.balancer)
    site.listener = await hands.run({
      do: 'add-child',
      kind: 'load-balancer',
      id,
      path: ['listeners'],
      body: { protocol: 'http', port: plan.port, check },
    })
    await hands.run({ do: 'apply', kind: 'load-balancer', id })
    return [made(site.listener), applied(id)]
  },
}

const addBackends: ScriptStep = {
  title: {
    en: 'Add backends by their public IP, two in each of two other regions',
    zh: '按公网 IP 添加后端，另外两个区域各两台',
  },
  name: 'backends',
  missed: 'no-backend',
  possible: () => true,
  async take(site, hands) {
    const id = need(site.balancer)
    const said: Words[] = []
    for (const { name, servers } of plan.regions) {
      for (const [i, address] of servers.entries()) {
        const body = { name: `${name}-${i + 1}`, address, port: plan.port }
        const backend = await hands.run({
          do: 'add-child',
          kind: 'load-balancer',
          id,
          path: ['listeners', need(site.listener), 'backends'],
          body,
        })
        site.backends.push(backend)
        said.push({
          en: `${backend}: ${body.name}, ${address}:${plan.port}`,
          zh: `${backend}：${body.name}，${address}:${plan.port}`,
        })
      }
    }
    return [...said, pending(id)]
  },
}

const addRoute: ScriptStep = {
  title: {
    en: "Add a route to each backend in the private network's table, next hop: router",
    zh: '在私有网络的路由表中为每个后端添加路由，下一跳选择路由器',
  },
  name: 'route',
  missed: 'no-route',
  possible: () => true,
  async take(site, hands) {
    const id = need(site.routeTable)
    const said: Words[] = []
    for (const destination of plan.regions.flatMap(region => region.servers)) {
      const body = { destination: `${destination}/32`, nextHop: { type: 'router', id: need(site.vpc) } }
      const route = await hands.run({ do: 'add-child', kind: 'route-table', id, path: ['routes'], body })
      said.push({
        en: `${route}: ${body.destination} → ${site.vpc}`,
        zh: `${route}：${body.destination} → ${site.vpc}`,
      })
    }
    return [...said, pending(id)]
  },
}

const addGroupRule: ScriptStep = {
  title: {
    en: 'Add a rule for TCP port 80 to the security group that the balancer and the way out use',
    zh: '为负载均衡器与出口所用的安全组添加规则，放行下行 TCP 80 端口',
  },
  name: 'security-group-rule',
  missed: 'group-refuses',
  possible: () => true,
  async take(site, hands) {
    const id = need(site.group)
    const body = { name: 'http', protocol: 'tcp', ports: String(plan.port), action: 'accept' }
    const rule = await hands.run({ do: 'add-child', kind: 'security-group', id, path: ['rules'], body })
    return [made(rule), pending(id)]
  },
}

const findGroup: ScriptStep = {
  title: { en: 'Find the default security group', zh: '找到默认安全组' },
  name: null,
  missed: null,
  possible: () => true,
  async take(site, hands) {
    const group = (await hands.list('security-group')).find(each => each.isDefault)
    site.group = need(group?.id)
    return [
      {
        en: `${site.group} will guard the balancer and the NAT gateway`,
        zh: `${site.group} 将用于负载均衡器与 NAT 网关`,
      },
    ]
  },
}

const createGroup: ScriptStep = {
  title: {
    en: 'Create a security group for the VPC network and the load balancer',
    zh: '为 VPC 网络与负载均衡器创建安全组',
  },
  name: null,
  missed: null,
  possible: () => true,
  async take(site, hands) {
    site.group = await hands.run({ do: 'create', kind: 'security-group', body: { name: 'demo-b' } })
    const vpc = need(site.vpc)
    await hands.run({ do: 'patch', kind: 'vpc', id: vpc, body: { securityGroup: site.group } })
    await hands.run({ do: 'apply', kind: 'vpc', id: vpc })
    return [made(site.group), applied(vpc)]
  },
}

/** Topology A: the balancer reaches its backends through a NAT gateway's source NAT. */
export const scriptA: readonly ScriptStep[] = [
  findGroup,
  createVpcA,
  createNatGateway,
  addSnatRule,
  apply('nat-gateway', 'apply-nat-gateway', 'snat-rule-not-applied', site => site.natGateway),
  createBalancer,
  createListener,
  addBackends,
  apply('load-balancer', 'apply-load-balancer', 'balancer-not-applied', site => site.balancer),
  addGroupRule,
  apply('security-group', 'apply-security-group', 'group-not-applied', site => site.group),
]

/** Topology B: the balancer reaches its backends through the VPC's own source NAT. */
export const scriptB: readonly ScriptStep[] = [
  createVpcB,
  createGroup,
  createBalancer,
  createListener,
  addBackends,
  apply('load-balancer', 'apply-load-balancer', 'balancer-not-applied', site => site.balancer),
  addRoute,
  apply('route-table', 'apply-route-table', 'route-not-applied', site => site.routeTable),
  addGroupRule,
  apply('security-group', 'apply-security-group', 'group-not-applied', site => site.group),
]

/** Takes a topology's steps in order, all but those left out and those that these make impossible. */
export async function perform(
  site: Site,
  hands: Hands,
  on: (step: ScriptStep, take: (() => Promise<readonly Words[]>) | null) => Promise<void>,
): Promise<void> {
  for (const step of site.topology === 'a' ? scriptA : scriptB) {
    const left = (step.name !== null && site.skip.has(step.name)) || !step.possible(site)
    await on(step, left ? null : () => step.take(site, hands))
  }
}

function apply(
  kind: KindName,
  name: string,
  missed: ScriptStep['missed'],
  idOf: (site: Site) => Id | undefined,
): ScriptStep {
  const labels: Partial<Record<KindName, Words>> = {
    'nat-gateway': { en: 'the NAT gateway', zh: 'NAT 网关' },
    'load-balancer': { en: 'the load balancer', zh: '负载均衡器' },
    'route-table': { en: 'the route table', zh: '路由表' },
    'security-group': { en: 'the security group', zh: '安全组' },
  }
  return {
    title: { en: `Apply the changes of ${labels[kind]?.en}`, zh: `对${labels[kind]?.zh}应用修改` },
    name,
    missed,
    possible: site => idOf(site) !== undefined,
    async take(site, hands) {
      const id = need(idOf(site))
      await hands.run({ do: 'apply', kind, id })
      return [applied(id)]
    },
  }
}

async function firstSubnet(site: Site, hands: Hands, cidr: string): Promise<Words[]> {
  const name = `demo-${site.topology}-net`
  site.subnet = await hands.run({ do: 'create', kind: 'subnet', body: { name, vpc: need(site.vpc), cidr } })
  site.routeTable = (await hands.get('subnet', site.subnet)).routeTable
  return [made(site.subnet), { en: `${site.routeTable} is its route table`, zh: `${site.routeTable} 为其路由表` }]
}

async function buyEip(hands: Hands, name: string): Promise<{ readonly id: Id; readonly address: string }> {
  const id = await hands.run({ do: 'create', kind: 'eip', body: { name, zone: 'local' } })
  return hands.get('eip', id)
}

function bound(eip: { readonly id: Id; readonly address: string } | null): Words[] {
  return eip ? [{ en: `${eip.id}: ${eip.address} bought and bound`, zh: `${eip.id}：已购买并绑定 ${eip.address}` }] : []
}

function made(id: Id): Words {
  return { en: `created ${id}`, zh: `已创建 ${id}` }
}

function pending(id: Id): Words {
  return { en: `${id} has changes to apply`, zh: `${id} 有未应用的修改` }
}

function applied(id: Id): Words {
  return { en: `${id} is applied`, zh: `${id} 已应用修改` }
}

/** What an earlier step made; that it did is a matter of the script's order. */
function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a step was taken before the one that it builds on')
  return value
}
