import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { balancerIn } from './balanced.ts'
import type { Parameters } from './clients.ts'
import { startSite, type Answer, type Site } from './site.ts'

/** What the Kubernetes cloud controller does for services, request by request. */

type Shown = Readonly<Record<string, unknown>>

interface Stage {
  readonly site: Site
  readonly nodes: readonly [string, string, string]
  readonly subnet: string
  readonly group: string
  call(action: string, parameters: Parameters): Promise<Answer>
}

async function begin(t: TestContext): Promise<Stage> {
  const site = await startSite(t)
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24' })
  const node = () => site.make('server', { subnet })
  const nodes = [await node(), await node(), await node()] as const
  const call: Stage['call'] = async (action, parameters) => {
    const answer = await site.ask('go', action, parameters)
    assert.equal(answer.ret_code, 0, `${action}: ${answer.message}`)
    return answer
  }
  const group = String(
    (await call('CreateSecurityGroup', { security_group_name: 'k8s_lb_default_sg' }))['security_group_id'],
  )
  return { site, nodes, subnet, group, call }
}

async function wait({ site, call }: Stage, job: unknown): Promise<void> {
  site.sync()
  const { job_set: jobs } = await call('DescribeJobs', { jobs: [String(job)], limit: 20, offset: 0, verbose: 0 })
  assert.equal((jobs as readonly Shown[])[0]?.['status'], 'successful')
}

const list = { limit: 20, offset: 0 }

/** It looks by name: the word may be in others' names too. */
async function balancerCalled({ call }: Stage, name: string): Promise<Shown | undefined> {
  const status = ['pending', 'active', 'stopped']
  const asked = { status, search_word: name, owner: 'usr-causeway', verbose: 2, ...list }
  const { loadbalancer_set: set } = await call('DescribeLoadBalancers', asked)
  return (set as readonly Shown[]).find(each => each['loadbalancer_name'] === name)
}

/** The addresses that a service is given. It looks into each without asking whether it is there. */
function addressesOf(balancer: Shown): readonly string[] {
  const ips = balancer['private_ips'] as readonly string[]
  const managed = ips.findIndex(ip => ip.startsWith('198.19'))
  const eips = balancer['cluster'] as readonly { readonly eip_id: string; readonly eip_addr: string }[]
  return [...ips.slice(0, managed < 0 ? undefined : managed), ...eips.flatMap(eip => eip.eip_id && eip.eip_addr)]
}

interface Service {
  readonly name: string
  readonly ports: readonly { readonly port: number; readonly nodePort: number; readonly protocol: 'tcp' | 'udp' }[]
}

async function makeBalancer(stage: Stage, wish: Parameters): Promise<string> {
  const { call, site, group } = stage
  const defaults = { cluster_mode: 0, mode: 1, node_count: 2, loadbalancer_type: 0, security_group: group }
  const id = String((await call('CreateLoadBalancer', { ...defaults, ...wish }))['loadbalancer_id'])
  const read = async () => {
    const answer = await call('DescribeLoadBalancers', { loadbalancers: [id], ...list, verbose: 0 })
    return (answer['loadbalancer_set'] as readonly Shown[])[0]
  }
  assert.deepEqual([(await read())?.['status'], (await read())?.['transition_status']], ['pending', 'creating'])
  site.sync()
  assert.deepEqual([(await read())?.['status'], (await read())?.['transition_status']], ['active', ''])
  return id
}

/** What it compares with what it wishes: a difference would make it delete the listener and add another, for ever. */
const wished = {
  balance_mode: 'roundrobin',
  healthy_check_option: '10|5|2|5',
  timeout: 50,
  scene: 0,
  forwardfor: 0,
  listener_option: 0,
}

async function listenersOf({ call }: Stage, ids: readonly string[]): Promise<readonly Shown[]> {
  const asked = { loadbalancer_listeners: ids, verbose: 1, limit: 100, offset: 0 }
  return (await call('DescribeLoadBalancerListeners', asked))['loadbalancer_listener_set'] as readonly Shown[]
}

async function addListeners(stage: Stage, balancer: string, { name, ports }: Service, nodes: readonly string[]) {
  const listeners = ports.map(({ port, protocol }) => ({
    ...wished,
    listener_port: port,
    listener_protocol: protocol,
    backend_protocol: protocol,
    healthy_check_method: protocol,
    loadbalancer_listener_name: name,
  }))
  const answer = await stage.call('AddLoadBalancerListeners', { loadbalancer: balancer, listeners })
  for (const [i, listener] of (await listenersOf(stage, answer['loadbalancer_listeners'] as string[])).entries()) {
    for (const [field, value] of Object.entries(listeners[i] ?? {})) assert.equal(listener[field], value, field)
    await addBackends(stage, String(listener['loadbalancer_listener_id']), ports[i]?.nodePort ?? 0, nodes)
  }
}

async function addBackends({ call }: Stage, listener: string, port: number, nodes: readonly string[]) {
  const backends = nodes.map(node => ({ resource_id: node, loadbalancer_backend_name: node, port }))
  await call('AddLoadBalancerBackends', { loadbalancer_listener: listener, backends })
}

/** Publishes what was changed, whether anything was or not. */
async function publish(stage: Stage, balancer: string): Promise<void> {
  await wait(stage, (await stage.call('UpdateLoadBalancers', { loadbalancers: [balancer] }))['job_id'])
}

const http: Service = {
  name: 'listener_default_web_',
  ports: [
    { port: 80, nodePort: 30_080, protocol: 'tcp' },
    { port: 53, nodePort: 30_053, protocol: 'udp' },
  ],
}

test('a service with an address of its own: made, nodes come and go, deleted with the address', async t => {
  const own = await begin(t)
  const { call, site, nodes } = own
  const name = `k8s_lb_kubernetes_production_ingress-nginx-controller-public_1a2b3c4d`
  assert.equal(await balancerCalled(own, name), undefined)
  assert.deepEqual(
    (await call('DescribeEips', { owner: 'usr-causeway', status: ['available'], ...list }))['eip_set'],
    [],
  )
  const [eip = ''] = (await call('AllocateEips', { bandwidth: 10, eip_name: 'k8s_lb_allocate_eip' }))[
    'eips'
  ] as string[]
  const balancer = await makeBalancer(own, { eips: [eip], loadbalancer_name: name })
  await addListeners(own, balancer, http, nodes.slice(0, 2))
  await publish(own, balancer)

  const shown = (await balancerCalled(own, name)) ?? {}
  const { eip_set: eips } = await call('DescribeEips', { eips: [eip] })
  assert.deepEqual(addressesOf(shown), [(eips as readonly Shown[])[0]?.['eip_addr']])
  assert.deepEqual([shown['loadbalancer_id'], shown['node_count'], shown['vxnet_id']], [balancer, 2, 'vxnet-0'])
  const served = balancerIn(site, balancer).live.listeners
  assert.deepEqual(
    served.map(({ protocol, port, backends }) => [protocol, port, backends.map(each => [each.server, each.port])]),
    http.ports.map(({ protocol, port, nodePort }) => [protocol, port, nodes.slice(0, 2).map(node => [node, nodePort])]),
  )

  // A node goes, another comes.
  for (const listener of shown['listeners'] as readonly Shown[]) {
    const id = String(listener['loadbalancer_listener_id'])
    const [full] = await listenersOf(own, [id])
    const backends = full?.['backends'] as readonly Shown[]
    const port = Number(backends[0]?.['port'])
    const gone = backends.filter(each => each['loadbalancer_backend_name'] === nodes[0])
    await call('DeleteLoadBalancerBackends', {
      loadbalancer_backends: gone.map(each => String(each['loadbalancer_backend_id'])),
    })
    await addBackends(own, id, port, [nodes[2]])
  }
  await publish(own, balancer)
  for (const { backends } of balancerIn(site, balancer).live.listeners) {
    assert.deepEqual(
      backends.map(each => each.server),
      nodes.slice(1),
    )
  }

  await wait(own, (await call('DeleteLoadBalancers', { loadbalancers: [balancer] }))['job_id'])
  await wait(own, (await call('ReleaseEips', { eips: [eip] }))['job_id'])
  assert.equal(await balancerCalled(own, name), undefined)
  assert.equal((await site.ask('go', 'DeleteLoadBalancers', { loadbalancers: [balancer] })).ret_code, 2100)
})

test('a service within the network, at an address that it names', async t => {
  const own = await begin(t)
  const { site } = own
  const name = 'k8s_lb_kubernetes_192.168.1.200'
  const wish = { vxnet: own.subnet, private_ip: '192.168.1.200', loadbalancer_name: name }
  const balancer = await makeBalancer(own, wish)
  await addListeners(own, balancer, http, own.nodes)
  await publish(own, balancer)
  const shown = (await balancerCalled(own, name)) ?? {}
  // Its own, and that of its second node, which serves at it as well.
  const [further = ''] = balancerIn(site, balancer).now.nodeAddresses
  assert.deepEqual(addressesOf(shown), ['192.168.1.200', further])
  assert.equal(shown['security_group_id'], own.group)
  await own.call('ModifyLoadBalancerAttributes', { loadbalancer: balancer, node_count: 1, private_ip: '192.168.1.201' })
  await publish(own, balancer)
  const changed = (await balancerCalled(own, name)) ?? {}
  assert.deepEqual([addressesOf(changed), changed['node_count']], [['192.168.1.201'], 1])
})

test('two services share a balancer; one goes, and the other stays; its address is exchanged', async t => {
  const own = await begin(t)
  const { call, site, nodes } = own
  const [first = '', second = ''] = (await call('AllocateEips', { bandwidth: 10, count: 2 }))['eips'] as string[]
  const name = `k8s_lb_kubernetes_${first}`
  const balancer = await makeBalancer(own, { eips: [first], loadbalancer_name: name })
  const https: Service = { name: 'listener_default_api_', ports: [{ port: 443, nodePort: 30_443, protocol: 'tcp' }] }
  await addListeners(own, balancer, http, nodes)
  await addListeners(own, balancer, https, nodes)
  await publish(own, balancer)

  const shown = (await balancerCalled(own, name)) ?? {}
  const mine = (shown['listeners'] as readonly Shown[])
    .filter(each => String(each['loadbalancer_listener_name']).startsWith(http.name))
    .map(each => String(each['loadbalancer_listener_id']))
  assert.equal(mine.length, 2)
  await call('DeleteLoadBalancerListeners', { loadbalancer_listeners: mine })
  await publish(own, balancer)
  assert.deepEqual(
    balancerIn(site, balancer).live.listeners.map(each => each.port),
    [443],
  )
  for (const [action, eip] of Object.entries({
    AssociateEipsToLoadBalancer: second,
    DissociateEipsFromLoadBalancer: first,
  })) {
    await wait(own, (await call(action, { loadbalancer: balancer, eips: [eip] }))['job_id'])
  }
  const { eip_set: eips } = await call('DescribeEips', { eips: [second] })
  assert.deepEqual(addressesOf((await balancerCalled(own, name)) ?? {}), [(eips as readonly Shown[])[0]?.['eip_addr']])
})
