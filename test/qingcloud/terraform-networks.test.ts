import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startSite, type Site } from './site.ts'
import { terraform, type Shown, type Terraform } from './terraform.ts'

/** The life of routers, networks and statics as the Terraform provider leads it, request by request. */

/** What clears a text: the SDK trims it. */
const blank = ' '

interface Stage {
  readonly site: Site
  readonly tf: Terraform
  readonly tag: string
  readonly group: string
}

async function stage(t: TestContext): Promise<Stage> {
  const site = await startSite(t)
  site.sync()
  const tf = terraform(site)
  const { tag_id: tag } = await tf.call('CreateTag', { tag_name: 'test' })
  const { security_group_id: group } = await tf.call('CreateSecurityGroup', { security_group_name: 'first_sg' })
  return { site, tf, tag: String(tag), group: String(group) }
}

function tagsOf(shown: Shown): readonly unknown[] {
  return (shown['tags'] as readonly Shown[]).map(tag => tag['tag_id'])
}

async function makeRouter({ tf, tag, group }: Stage, vpc_network = '192.168.0.0/16'): Promise<string> {
  const wish = { vpc_network, security_group: group, router_type: 1, count: 1 }
  const [router = ''] = (await tf.call('CreateRouters', wish))['routers'] as readonly string[]
  await tf.settle('router', router)
  await tf.retag('router', router, [tag])
  const shown = await tf.read('router', router)
  assert.deepEqual([shown['router_type'], shown['security_group_id'], tagsOf(shown)], [1, group, [tag]])
  return router
}

async function dropRouter({ call, read, settle }: Terraform, router: string): Promise<void> {
  await settle('router', router)
  await call('DeleteRouters', { routers: [router] })
  await settle('router', router)
  const { status, transition_status: transition } = await read('router', router)
  assert.deepEqual([status, transition], ['deleted', ''])
}

async function makeVxnet({ call, retag }: Terraform, tags: readonly string[]): Promise<string> {
  const wish = { vxnet_name: 'first_vxnet', vxnet_type: 1, count: 1 }
  const [vxnet = ''] = (await call('CreateVxnets', wish))['vxnets'] as readonly string[]
  await retag('vxnet', vxnet, tags)
  return vxnet
}

async function join({ call, settle }: Terraform, vxnet: string, router: string, ip_network: string): Promise<void> {
  await settle('router', router)
  await call('JoinRouter', { vxnet, router, ip_network, features: 1 })
  await settle('router', router)
}

async function leave({ call, read, settle }: Terraform, vxnet: string, router: string): Promise<void> {
  await settle('router', router)
  await call('LeaveRouter', { router, vxnets: [vxnet] })
  assert.equal((await read('vxnet', vxnet))['vpc_router_id'], '')
  await settle('router', router)
}

/** What its state holds of a network; `router` is looked into where it is. */
async function placeOf({ read }: Terraform, vxnet: string): Promise<readonly unknown[]> {
  const shown = await read('vxnet', vxnet)
  return [shown['vxnet_type'], shown['vpc_router_id'], (shown['router'] as Shown)['ip_network'] ?? '']
}

test('a router with a public address: it is there though nobody updates the router', async t => {
  const here = await stage(t)
  const { tf } = here
  const router = await makeRouter(here)
  const [eip = ''] = (await tf.call('AllocateEips', { bandwidth: 2, count: 1, need_icp: 0 }))[
    'eips'
  ] as readonly string[]
  await tf.call('ModifyRouterAttributes', { router, router_name: 'test', description: 'test', eip })
  const held = async () => {
    const shown = await tf.read('router', router)
    const { eip_id: id, eip_addr: address } = shown['eip'] as Shown
    return [shown['router_name'], shown['description'], id, address]
  }
  const { eip_addr: address } = await tf.read('eip', eip)
  assert.deepEqual(await held(), ['test', 'test', eip, address])
  await tf.call('ModifyRouterAttributes', { router, router_name: blank, description: blank, eip: blank })
  assert.deepEqual(await held(), ['', '', '', ''])
  await tf.settle('router', router)
  await dropRouter(tf, router)
  await tf.call('ReleaseEips', { eips: [eip] })
  assert.ok(await tf.isGone('eip', eip))
})

test('a network joins a router, moves to another, and leaves before it goes', async t => {
  const here = await stage(t)
  const { tf, tag } = here
  const [first, second] = [await makeRouter(here), await makeRouter(here, '172.16.0.0/16')]
  const vxnet = await makeVxnet(tf, [tag])
  assert.deepEqual(await placeOf(tf, vxnet), [1, '', ''])
  await join(tf, vxnet, first, '192.168.0.0/24')
  assert.deepEqual(await placeOf(tf, vxnet), [1, first, '192.168.0.0/24'])
  await leave(tf, vxnet, first)
  await join(tf, vxnet, second, '172.16.9.0/24')
  assert.deepEqual(await placeOf(tf, vxnet), [1, second, '172.16.9.0/24'])
  await tf.call('ModifyVxnetAttributes', { vxnet, vxnet_name: blank, description: 'test' })
  const { vxnet_name: name, description } = await tf.read('vxnet', vxnet)
  assert.deepEqual([name, description], ['', 'test'])

  await leave(tf, vxnet, second)
  await tf.call('DeleteVxnets', { vxnets: [vxnet] })
  await tf.settle('router', second)
  assert.ok(await tf.isGone('vxnet', vxnet))
  for (const router of [first, second]) await dropRouter(tf, router)
})

test('a static is read back as it was made and changed, and is no more', async t => {
  const here = await stage(t)
  const { tf } = here
  const router = await makeRouter(here)
  const one = { static_type: 1, router_id: router, val1: '80', val2: '192.168.0.3', val3: '81' }
  const [made = ''] = (await tf.call('AddRouterStatics', { router, statics: [one] }))[
    'router_statics'
  ] as readonly string[]
  const read = async () => {
    const { router_static_set: set } = await tf.call('DescribeRouterStatics', { router, router_statics: [made] })
    const [{ router_static_name: name, val1, val2, val3, val4, val5 } = assert.fail()] = set as readonly Shown[]
    return [name, val1, val2, val3, val4, val5]
  }
  await tf.settle('router', router)
  assert.deepEqual(await read(), ['', '80', '192.168.0.3', '81', 'tcp', ''])
  const two = { router_static_name: 'test', val1: '81', val2: '192.168.0.4', val3: '82', val4: 'udp', val5: blank }
  await tf.call('ModifyRouterStaticAttributes', { router_static: made, ...two })
  assert.deepEqual(await read(), ['test', '81', '192.168.0.4', '82', 'udp', ''])
  await tf.call('DeleteRouterStatics', { router_statics: [made] })
  const { router_static_set: left } = await tf.call('DescribeRouterStatics', { router_statics: [made] })
  assert.deepEqual(left, [])
  await dropRouter(tf, router)
})
