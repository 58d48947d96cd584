import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { plan } from '../../src/demo/plan.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import { netnsOf } from '../../src/compile/names.ts'
import { iaasClient, type Answer, type IaasClient } from './iaas-client.ts'
import { startLab, type Lab } from './lab.ts'
import { until } from './network.ts'

let lab: Lab

/** The text that an answer has under a name, or the first of the list there. */
function textIn(answer: Answer, name: string): string {
  const value = answer[name]
  const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value
  assert.ok(typeof first === 'string' && first !== '', `${name} in ${JSON.stringify(answer)}`)
  return first
}

interface Eip {
  readonly id: string
  readonly address: string
}

async function allocate(iaas: IaasClient): Promise<Eip> {
  const id = textIn(await iaas.ask('AllocateEips', { bandwidth: 100 }), 'eips')
  const shown = await iaas.one('DescribeEips', 'eip_set', { eips: [id] })
  return { id, address: textIn(shown, 'eip_addr') }
}

/** A router with a network in it. */
async function network(iaas: IaasClient, group: string) {
  const parameters = { vpc_network: '192.168.0.0/16', router_type: 1, security_group: group, count: 1 }
  const router = textIn(await iaas.ask('CreateRouters', parameters), 'routers')
  const vxnet = textIn(await iaas.ask('CreateVxnets', { vxnet_type: 1, count: 1 }), 'vxnets')
  await iaas.ask('JoinRouter', { router, vxnet, ip_network: '192.168.1.0/24' })
  return { router, vxnet }
}

/** A balancer with a listener, and all servers of the other regions behind it, by their public addresses. */
async function balancer(iaas: IaasClient, vxnet: string, eip: Eip, group: string): Promise<string> {
  const parameters = { eips: [eip.id], vxnet, security_group: group, loadbalancer_type: 0 }
  const id = textIn(await iaas.ask('CreateLoadBalancer', parameters), 'loadbalancer_id')
  const listener = {
    listener_port: 80,
    listener_protocol: 'http',
    backend_protocol: 'http',
    balance_mode: 'roundrobin',
    forwardfor: 1,
    healthy_check_method: 'http|/healthz',
    healthy_check_option: '2|5|2|2',
  }
  const made = await iaas.ask('AddLoadBalancerListeners', { loadbalancer: id, listeners: [listener] })
  await iaas.ask('UpdateLoadBalancers', { loadbalancers: [id] })
  const backends = worldServers.map(({ address }) => ({ resource_id: address, port: plan.port, weight: 1 }))
  await iaas.ask('AddLoadBalancerBackends', {
    loadbalancer_listener: textIn(made, 'loadbalancer_listeners'),
    backends,
  })
  await iaas.ask('UpdateLoadBalancers', { loadbalancers: [id] })
  return id
}

async function admit(iaas: IaasClient, group: string, port: number): Promise<void> {
  const rule = { protocol: 'tcp', priority: 1, action: 'accept', direction: 0, val1: port, val2: port }
  await iaas.ask('AddSecurityGroupRules', { security_group: group, rules: [rule] })
  await iaas.ask('ApplySecurityGroup', { security_group: group })
}

/** How the backends of a balancer are. */
async function statesOf(iaas: IaasClient, loadbalancer: string): Promise<readonly unknown[]> {
  const { loadbalancer_backend_set: set } = await iaas.ask('DescribeLoadBalancerBackends', { loadbalancer })
  return (set as readonly Answer[]).map(backend => backend['status'])
}

/** Every server of the other regions answers whoever asks at the balancer, and sees one address. */
async function assertServed(iaas: IaasClient, loadbalancer: string, entrance: Eip, exit: Eip): Promise<void> {
  const expected = worldServers.map(() => 'up')
  await until('every backend is up', 40_000, async () => {
    const states = await statesOf(iaas, loadbalancer)
    return JSON.stringify(states) === JSON.stringify(expected)
  })
  const pages = await lab.at(clientNetns).pages(`http://${entrance.address}/`, 8)
  const told = pages.map(page => {
    assert.ok(typeof page === 'object', JSON.stringify(page))
    return `${page.name} sees ${page.source} for ${page.forwardedFor}`
  })
  const wanted = worldServers.map(({ name }) => `${name} sees ${exit.address} for ${plan.client.address}`)
  assert.deepEqual(new Set(told), new Set(wanted))
}

suite('whoever knows only the documentation of the QingCloud API', { concurrency: 2 }, () => {
  before(async () => {
    lab = await startLab()
  })
  after(() => lab.close())

  test('builds topology A: backends elsewhere, through the SNAT of a NAT gateway', async () => {
    const iaas = iaasClient(lab, '/iaas/')
    const [entrance, exit] = [await allocate(iaas), await allocate(iaas)]
    const group = textIn(await iaas.ask('CreateSecurityGroup', { security_group_name: 'front' }), 'security_group_id')
    const { router, vxnet } = await network(iaas, group)
    const gateway = { nfv_type: 1, nfv_spec: 1, vpc_router_id: router, eips: [exit.id], security_group: group }
    const nfv = textIn(await iaas.ask('CreateNFV', gateway), 'nfv_id')
    const rule = { natgw_id: nfv, target_type: 0, target_id: vxnet, eip_ids: [exit.id], enable: 1 }
    await iaas.ask('AddSnatRules', rule)
    assert.equal((await iaas.one('DescribeNFVs', 'nfv_set', { nfvs: [nfv] }))['is_applied'], 0)
    await iaas.ask('UpdateNFVs', { nfvs: [nfv] })
    const loadbalancer = await balancer(iaas, vxnet, entrance, group)
    assert.ok(!(await statesOf(iaas, loadbalancer)).includes('up'), 'nothing is admitted yet')
    await admit(iaas, group, plan.port)
    await assertServed(iaas, loadbalancer, entrance, exit)
  })

  test("builds topology B: backends elsewhere, through the router's own SNAT", async () => {
    const iaas = iaasClient(lab, '/iaas')
    const [entrance, exit] = [await allocate(iaas), await allocate(iaas)]
    const group = textIn(await iaas.ask('CreateSecurityGroup', { security_group_name: 'front' }), 'security_group_id')
    const { router, vxnet } = await network(iaas, group)
    await iaas.ask('ModifyRouterAttributes', { router, eip: exit.id })
    await iaas.ask('UpdateRouters', { routers: [router] })
    await admit(iaas, group, plan.port)
    const loadbalancer = await balancer(iaas, vxnet, entrance, group)
    assert.ok(!(await statesOf(iaas, loadbalancer)).includes('up'), 'nothing leads there yet')
    const bound = await iaas.one('DescribeRoutingTableResources', 'resource_user_group_set', { resources: [vxnet] })
    const table = textIn(bound, 'rtable_id')
    const rules = worldServers.map(({ address }) => ({ network: address, nexthop: router, nexthop_type: 2 }))
    await iaas.ask('AddRoutes', { routing_table: table, rules })
    await iaas.ask('UpdateRouteTable', { routing_table: table })
    await assertServed(iaas, loadbalancer, entrance, exit)
  })

  test('leads a port of a router to an instance at an address of its choice, and to another one later', async () => {
    const iaas = iaasClient(lab, '/iaas')
    const eip = await allocate(iaas)
    const group = textIn(await iaas.ask('CreateSecurityGroup', { security_group_name: 'in' }), 'security_group_id')
    const { router, vxnet } = await network(iaas, group)
    await iaas.ask('ModifyRouterAttributes', { router, eip: eip.id })
    await admit(iaas, group, 8080)
    const image = { image_id: 'debian13', login_mode: 'passwd', login_passwd: 'Zhu88jie', security_group: group }
    const instance = textIn(
      await iaas.ask('RunInstances', { ...image, vxnets: [`${vxnet}|192.168.1.77`] }),
      'instances',
    )
    const forward = { static_type: 1, val1: '8080', val2: '192.168.1.77', val3: '8080' }
    const added = await iaas.ask('AddRouterStatics', { router, statics: [forward] })
    await lab.at(netnsOf(instance)).serveHttp(8080, 'inside')
    const served = async () => {
      const pages = await lab.at(clientNetns).pages(`http://${eip.address}:8080/`, 1)
      return typeof pages[0] === 'object' && pages[0].name === 'inside'
    }
    assert.equal(await served(), false, 'the router was not updated yet')
    await iaas.ask('UpdateRouters', { routers: [router] })
    assert.equal(await served(), true)

    await iaas.ask('LeaveVxnet', { vxnet, instances: [instance] })
    assert.equal(await served(), false, 'it has left')
    await iaas.ask('JoinVxnet', { vxnet: `${vxnet}|192.168.1.78`, instances: [instance] })
    const router_static = textIn(added, 'router_statics')
    await iaas.ask('ModifyRouterStaticAttributes', { router_static, val2: '192.168.1.78' })
    await iaas.ask('UpdateRouters', { routers: [router] })
    assert.equal(await served(), true)
  })
})
