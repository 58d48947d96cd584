import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { certificateFor } from '../certificate-maker.ts'
import { balancerIn } from './balanced.ts'
import { request, type Parameters } from './clients.ts'
import { keys, startSite, type Site } from './site.ts'
import { terraform, type Shown, type Terraform } from './terraform.ts'

/** The life of what the Terraform provider makes around balancers, request by request. */

interface Stage extends Terraform {
  readonly site: Site
}

async function stage(t: TestContext): Promise<Stage> {
  const site = await startSite(t)
  site.sync()
  return { site, ...terraform(site) }
}

/** Waits for a job as the SDK does: an empty list of jobs would be a failure. */
async function wait({ site, call }: Stage, job: unknown): Promise<void> {
  site.sync()
  const { job_set: jobs } = await call('DescribeJobs', { jobs: [String(job)], limit: 20, offset: 0, verbose: 0 })
  assert.equal((jobs as readonly Shown[])[0]?.['status'], 'successful')
}

/** What it does after every change of a listener or a backend. */
async function update(tf: Stage, balancer: string): Promise<void> {
  await wait(tf, (await tf.call('UpdateLoadBalancers', { loadbalancers: [balancer] }))['job_id'])
  await tf.settle('loadbalancer', balancer)
}

async function makeEip({ call }: Stage): Promise<string> {
  const wish = { bandwidth: 2, billing_mode: 'traffic', count: 1, need_icp: 0, associate_mode: 0 }
  return ((await call('AllocateEips', wish))['eips'] as readonly string[])[0] ?? ''
}

/** What the SDK sends for what nobody set. */
const defaults = { cluster_mode: 0, mode: 0, loadbalancer_type: 0 }

async function makeBalancer(tf: Stage, wish: Parameters): Promise<string> {
  const asked = { ...defaults, http_header_size: 15, ...wish }
  const answer = await tf.call('CreateLoadBalancer', asked)
  const balancer = String(answer['loadbalancer_id'])
  await tf.settle('loadbalancer', balancer)
  return balancer
}

async function dropBalancer(tf: Stage, balancer: string): Promise<void> {
  await tf.settle('loadbalancer', balancer)
  await tf.call('DeleteLoadBalancers', { loadbalancers: [balancer] })
  await tf.settle('loadbalancer', balancer)
  const { status, transition_status: transition } = await tf.read('loadbalancer', balancer)
  assert.deepEqual([status, transition], ['deleted', ''])
}

/** What its state holds of a balancer. */
function stateOf(shown: Shown) {
  const held = shown[shown['vxnet_id'] === 'vxnet-0' ? 'cluster' : 'eips'] as readonly Shown[]
  return {
    name: shown['loadbalancer_name'],
    description: shown['description'],
    type: shown['loadbalancer_type'],
    vxnet_id: shown['vxnet_id'],
    private_ips: shown['private_ips'],
    node_count: shown['node_count'],
    eip_ids: held.map(eip => eip['eip_id']),
  }
}

test('qingcloud_loadbalancer: made, named, enlarged while it runs, its address exchanged, deleted', async t => {
  const tf = await stage(t)
  const [eip, other] = [await makeEip(tf), await makeEip(tf)]
  const balancer = await makeBalancer(tf, { eips: [eip], vxnet: 'vxnet-0', loadbalancer_name: 'test' })
  const described = { loadbalancer_name: 'test', description: 'test', http_header_size: 15 }
  await tf.call('ModifyLoadBalancerAttributes', { loadbalancer: balancer, ...described })
  const state = {
    name: 'test',
    description: 'test',
    type: 0,
    vxnet_id: 'vxnet-0',
    private_ips: [],
    node_count: 1,
    eip_ids: [eip],
  }
  assert.deepEqual(stateOf(await tf.read('loadbalancer', balancer)), state)

  const changed = { loadbalancer_name: 'test1', description: 'test1', node_count: 2, http_header_size: 10 }
  await tf.call('ModifyLoadBalancerAttributes', { loadbalancer: balancer, ...changed })
  assert.equal((await tf.read('loadbalancer', balancer))['is_applied'], 0)
  await update(tf, balancer)
  const resize = { loadbalancers: [balancer], loadbalancer_type: 1 }
  await wait(tf, (await tf.call('ResizeLoadBalancers', resize))['job_id'])
  await tf.settle('loadbalancer', balancer)
  const bigger = { ...state, name: 'test1', description: 'test1', type: 1, node_count: 2 }
  const shown = await tf.read('loadbalancer', balancer)
  assert.deepEqual([stateOf(shown), shown['http_header_size'], shown['is_applied']], [bigger, 10, 1])

  // What goes is dissociated before what comes is associated, be it the last.
  const exchange = { DissociateEipsFromLoadBalancer: eip, AssociateEipsToLoadBalancer: other }
  for (const [action, id] of Object.entries(exchange)) {
    await wait(tf, (await tf.call(action, { loadbalancer: balancer, eips: [id] }))['job_id'])
    await tf.settle('loadbalancer', balancer)
  }
  assert.deepEqual(stateOf(await tf.read('loadbalancer', balancer)), { ...bigger, eip_ids: [other] })

  // A name that is taken away is sent as a blank.
  await tf.call('ModifyLoadBalancerAttributes', { loadbalancer: balancer, loadbalancer_name: ' ', description: ' ' })
  const { name, description } = stateOf(await tf.read('loadbalancer', balancer))
  assert.deepEqual([name, description], ['', ''])
  await dropBalancer(tf, balancer)
  await tf.call('ReleaseEips', { eips: [eip, other], force: 0 })
})

test('qingcloud_loadbalancer: one address, then three, then two; tags', async t => {
  const tf = await stage(t)
  const { tag_id: tag } = await tf.call('CreateTag', { tag_name: 'test' })
  const [first, second, third] = [await makeEip(tf), await makeEip(tf), await makeEip(tf)]
  const balancer = await makeBalancer(tf, { eips: [first], vxnet: 'vxnet-0' })
  await tf.retag('loadbalancer', balancer, [String(tag)])
  await tf.call('AssociateEipsToLoadBalancer', { loadbalancer: balancer, eips: [second, third] })
  await tf.settle('loadbalancer', balancer)
  assert.deepEqual(stateOf(await tf.read('loadbalancer', balancer)).eip_ids, [first, second, third])
  await tf.call('DissociateEipsFromLoadBalancer', { loadbalancer: balancer, eips: [third] })
  await tf.settle('loadbalancer', balancer)
  const shown = await tf.read('loadbalancer', balancer)
  assert.deepEqual(stateOf(shown).eip_ids, [first, second])
  assert.deepEqual(
    (shown['tags'] as readonly Shown[]).map(each => each['tag_id']),
    [tag],
  )
  await dropBalancer(tf, balancer)
})

test('qingcloud_loadbalancer: in a network, at an address of its own, and then at another; addresses come later', async t => {
  const tf = await stage(t)
  const vpc = await tf.site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await tf.site.make('subnet', { vpc, cidr: '192.168.0.0/24' })
  const balancer = await makeBalancer(tf, { vxnet: subnet, private_ip: '192.168.0.3' })
  const placed = async () => {
    const { vxnet_id: vxnet, private_ips: ips, eip_ids: eips } = stateOf(await tf.read('loadbalancer', balancer))
    return [vxnet, ips, eips]
  }
  assert.deepEqual(await placed(), [subnet, ['192.168.0.3'], []])
  await tf.call('ModifyLoadBalancerAttributes', { loadbalancer: balancer, private_ip: '192.168.0.4' })
  await update(tf, balancer)
  const eip = await makeEip(tf)
  await tf.call('AssociateEipsToLoadBalancer', { loadbalancer: balancer, eips: [eip] })
  await tf.settle('loadbalancer', balancer)
  assert.deepEqual(await placed(), [subnet, ['192.168.0.4'], [eip]])
  await dropBalancer(tf, balancer)
})

interface Listener {
  readonly [name: string]: string | number | readonly string[]
}

/** What the provider sends of a listener, and then expects to read. */
const usual: Listener = {
  balance_mode: 'roundrobin',
  forwardfor: 0,
  healthy_check_method: 'tcp',
  healthy_check_option: '10|5|2|5',
  listener_option: 0,
  timeout: 50,
}

async function makeListener(tf: Stage, balancer: string, wish: Listener): Promise<string> {
  const listener = { ...usual, ...wish, backend_protocol: wish['listener_protocol'] ?? '' }
  const answer = await tf.call('AddLoadBalancerListeners', { loadbalancer: balancer, listeners: [listener] })
  await update(tf, balancer)
  const [made = ''] = answer['loadbalancer_listeners'] as readonly string[]
  await expectListener(tf, balancer, made, { ...usual, ...wish })
  return made
}

async function expectListener({ call }: Stage, balancer: string, id: string, state: Listener): Promise<void> {
  const asked = { loadbalancer: balancer, loadbalancer_listeners: [id], limit: 20, offset: 0, verbose: 0 }
  const [shown] = (await call('DescribeLoadBalancerListeners', asked))['loadbalancer_listener_set'] as readonly Shown[]
  for (const [name, value] of Object.entries(state)) assert.deepEqual(shown?.[name], value, name)
}

async function isListenerGone({ call }: Stage, balancer: string, id: string): Promise<boolean> {
  const answer = await call('DescribeLoadBalancerListeners', { loadbalancer: balancer, loadbalancer_listeners: [id] })
  return answer['total_count'] === 0
}

/** Uploads a certificate in the body of a request, with the last line feed taken away. */
async function makeCertificate({ site }: Stage): Promise<string> {
  const { chain, key } = certificateFor()
  const wish = { certificate_content: chain, private_key: key }
  const { answer } = await site.send(request('go', keys.operator, 'CreateServerCertificate', wish, { method: 'POST' }))
  assert.equal(answer.ret_code, 0)
  return String(answer['server_certificate_id'])
}

test('qingcloud_loadbalancer_listener: HTTP, then HTTPS in its place, then with everything', async t => {
  const tf = await stage(t)
  const balancer = await makeBalancer(tf, { eips: [await makeEip(tf)], vxnet: 'vxnet-0' })
  const certificate = await makeCertificate(tf)
  const first = await makeListener(tf, balancer, { listener_port: 80, listener_protocol: 'http', session_sticky: '' })
  await tf.call('DeleteLoadBalancerListeners', { loadbalancer_listeners: [first] })
  await update(tf, balancer)
  assert.ok(await isListenerGone(tf, balancer, first))

  const https = { listener_port: 443, listener_protocol: 'https', server_certificate_id: [certificate] }
  const listener = await makeListener(tf, balancer, { ...https, listener_option: 256 })
  const all = {
    balance_mode: 'source',
    session_sticky: 'prefix|sk',
    forwardfor: 7,
    healthy_check_method: 'http|/index.html|vhost.example.com',
    healthy_check_option: '10|5|5|5',
    listener_option: 205,
    timeout: 40,
  }
  await tf.call('ModifyLoadBalancerListenerAttributes', { loadbalancer_listener: listener, ...all })
  await update(tf, balancer)
  await expectListener(tf, balancer, listener, { ...https, ...all })
  assert.equal(balancerIn(tf.site, balancer).live.listeners[0]?.timeoutS, 40)

  await tf.call('DeleteLoadBalancerListeners', { loadbalancer_listeners: [listener] })
  await update(tf, balancer)
  await tf.call('DeleteServerCertificates', { server_certificates: [certificate] })
  await dropBalancer(tf, balancer)
})

test('qingcloud_server_certificate: uploaded, named, deleted', async t => {
  const tf = await stage(t)
  const certificate = await makeCertificate(tf)
  const read = async () => {
    const answer = await tf.call('DescribeServerCertificates', { server_certificates: [certificate], verbose: 0 })
    return (answer['server_certificate_set'] as readonly Shown[])[0]
  }
  assert.deepEqual([(await read())?.['server_certificate_name'], (await read())?.['description']], ['', ''])
  const labels = { server_certificate_name: 'test', description: 'of the shop' }
  await tf.call('ModifyServerCertificateAttributes', { server_certificate: certificate, ...labels })
  const shown = await read()
  assert.deepEqual([shown?.['server_certificate_name'], shown?.['description']], ['test', 'of the shop'])
  await tf.call('DeleteServerCertificates', { server_certificates: [certificate] })
  assert.equal(await read(), undefined)
})

/** Instances that are in the base network, as they are by default, and such that are in a network of a router. */
const places: Readonly<Record<string, (site: Site) => Promise<object>>> = {
  'the base network': async () => ({}),
  'a network of a router': async site => {
    const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
    return { subnet: await site.make('subnet', { vpc, cidr: '192.168.0.0/24' }) }
  },
}

for (const [place, bodyIn] of Object.entries(places)) {
  test(`qingcloud_loadbalancer_backend: an instance in ${place}`, async t => {
    const tf = await stage(t)
    const balancer = await makeBalancer(tf, { eips: [await makeEip(tf)], vxnet: 'vxnet-0' })
    const before = stateOf(await tf.read('loadbalancer', balancer))
    const listener = await makeListener(tf, balancer, { listener_port: 80, listener_protocol: 'http' })
    const server = await tf.site.make('server', await bodyIn(tf.site))
    const wish = { loadbalancer_listener_id: listener, resource_id: server, port: 80, weight: 1 }
    const asked = { loadbalancer_listener: listener, backends: [wish] }
    const [backend = ''] = (await tf.call('AddLoadBalancerBackends', asked))['loadbalancer_backends'] as string[]

    const read = async (more: Parameters = { loadbalancer_listener: listener }) => {
      const answer = await tf.call('DescribeLoadBalancerBackends', { loadbalancer_backends: [backend], ...more })
      return (answer['loadbalancer_backend_set'] as readonly Shown[])[0]
    }
    const stateIn = (shown: Shown | undefined) =>
      ['loadbalancer_backend_name', 'resource_id', 'loadbalancer_listener_id', 'port', 'weight'].map(
        name => shown?.[name],
      )
    // It looks for the balancer by the backend alone.
    assert.equal((await read({ verbose: 1 }))?.['loadbalancer_id'], balancer)
    await update(tf, balancer)
    assert.deepEqual(stateIn(await read()), ['', server, listener, 80, 1])
    assert.deepEqual(stateOf(await tf.read('loadbalancer', balancer)), before, 'no reason to make it anew')

    const changed = { loadbalancer_backend: backend, loadbalancer_backend_name: 'test', port: 81, weight: 2 }
    await tf.call('ModifyLoadBalancerBackendAttributes', changed)
    // It takes the listener for the balancer; were that done, it would forget the backend.
    const { ret_code: code } = await tf.site.ask('go', 'UpdateLoadBalancers', { loadbalancers: [listener] })
    assert.equal(code, 2100)
    assert.deepEqual(stateIn(await read()), ['test', server, listener, 81, 2])

    await tf.call('DeleteLoadBalancerBackends', { loadbalancer_backends: [backend] })
    await update(tf, balancer)
    assert.equal(await read(), undefined)
    // Nothing keeps the instance and its network any more.
    await tf.call('TerminateInstances', { instances: [server] })
    assert.equal(balancerIn(tf.site, balancer).now.subnet, null)
    await tf.call('DeleteLoadBalancerListeners', { loadbalancer_listeners: [listener] })
    await update(tf, balancer)
    await dropBalancer(tf, balancer)
  })
}
