import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sections } from '../../src/qingcloud/actions.ts'
import { request, type ClientName, type Parameters } from './clients.ts'
import type { Given } from './row.ts'
import { keys, startSite, type Site } from './site.ts'
import { everything } from './world.ts'

type Shown = Readonly<Record<string, unknown>>

/** A list, and what it can be narrowed by. */
interface List {
  readonly action: string
  readonly set: string
  readonly id: string
  /** The field that is searched for words, besides the id; none where no words are looked for. */
  readonly name?: string
  /** Whether what it lists carries tags. */
  readonly tags?: true
  /** The states that what it lists is in. */
  readonly status?: readonly string[]
  /** What is shown only with `verbose`. */
  readonly verbose?: readonly string[]
  /** What it must be asked with. */
  readonly more?: (given: Given) => Parameters
}

const lists: readonly List[] = [
  { action: 'DescribeZones', set: 'zone_set', id: 'zone_id', status: ['active'] },
  {
    action: 'DescribeAccessKeys',
    set: 'access_key_set',
    id: 'access_key_id',
    name: 'access_key_id',
    status: ['active'],
  },
  {
    action: 'DescribeLoadBalancers',
    set: 'loadbalancer_set',
    id: 'loadbalancer_id',
    name: 'loadbalancer_name',
    tags: true,
    status: ['active', 'stopped'],
    verbose: ['listeners'],
  },
  {
    action: 'DescribeLoadBalancerListeners',
    set: 'loadbalancer_listener_set',
    id: 'loadbalancer_listener_id',
    name: 'loadbalancer_listener_name',
    verbose: ['backends'],
    more: g => ({ loadbalancer: g['alpha load-balancer'] ?? '' }),
  },
  {
    action: 'DescribeLoadBalancerBackends',
    set: 'loadbalancer_backend_set',
    id: 'loadbalancer_backend_id',
    name: 'loadbalancer_backend_name',
    status: ['down'],
    more: g => ({ loadbalancer: g['alpha load-balancer'] ?? '' }),
  },
  {
    action: 'DescribeLoadBalancerPolicies',
    set: 'loadbalancer_policy_set',
    id: 'loadbalancer_policy_id',
    name: 'loadbalancer_policy_name',
    tags: true,
    verbose: ['loadbalancer_ids'],
  },
  {
    action: 'DescribeLoadBalancerPolicyRules',
    set: 'loadbalancer_policy_rule_set',
    id: 'loadbalancer_policy_rule_id',
    name: 'loadbalancer_policy_rule_name',
    more: g => ({ loadbalancer_policy: g['alpha forward-policy'] ?? '' }),
  },
  {
    action: 'DescribeServerCertificates',
    set: 'server_certificate_set',
    id: 'server_certificate_id',
    name: 'server_certificate_name',
    tags: true,
  },
  {
    action: 'DescribeRouters',
    set: 'router_set',
    id: 'router_id',
    name: 'router_name',
    tags: true,
    status: ['active', 'poweroffed'],
    verbose: ['vxnets'],
  },
  {
    action: 'DescribeRouterVxnets',
    set: 'router_vxnet_set',
    id: 'vxnet_id',
    name: 'vxnet_name',
    more: g => ({ router: g['alpha vpc'] ?? '' }),
  },
  {
    action: 'DescribeRouterStatics',
    set: 'router_static_set',
    id: 'router_static_id',
    name: 'router_static_name',
    more: g => ({ router: g['alpha vpc'] ?? '' }),
  },
  {
    action: 'DescribeVxnets',
    set: 'vxnet_set',
    id: 'vxnet_id',
    name: 'vxnet_name',
    tags: true,
    verbose: ['instance_ids'],
  },
  {
    action: 'DescribeVxnetInstances',
    set: 'instance_set',
    id: 'instance_id',
    name: 'instance_name',
    tags: true,
    status: ['running', 'stopped'],
    more: g => ({ vxnet: g['alpha subnet'] ?? '' }),
  },
  { action: 'DescribeRouteTables', set: 'routing_table_set', id: 'rtable_id', name: 'rtable_name', tags: true },
  { action: 'DescribeRoutingTableResources', set: 'resource_user_group_set', id: 'resource_id' },
  {
    action: 'DescribeRoutes',
    set: 'routing_table_rule_set',
    id: 'rtable_rule_id',
    name: 'rtable_rule_name',
    more: g => ({ routing_table: g['alpha route-table'] ?? '' }),
  },
  {
    action: 'DescribeNFVs',
    set: 'nfv_set',
    id: 'nfv_id',
    name: 'nfv_name',
    tags: true,
    status: ['active', 'stopped'],
    verbose: ['eips', 'vxnets'],
  },
  {
    action: 'DescribeSnatRules',
    set: 'snat_set',
    id: 'snat_id',
    name: 'name',
    more: g => ({ natgw_ids: [g['alpha nat-gateway'] ?? ''] }),
  },
  {
    action: 'DescribeDnatRules',
    set: 'dnat_set',
    id: 'dnat_id',
    name: 'name',
    more: g => ({ natgw_ids: [g['alpha nat-gateway'] ?? ''] }),
  },
  {
    action: 'DescribeEips',
    set: 'eip_set',
    id: 'eip_id',
    name: 'eip_name',
    tags: true,
    status: ['available', 'associated'],
  },
  {
    action: 'DescribeSecurityGroups',
    set: 'security_group_set',
    id: 'security_group_id',
    name: 'security_group_name',
    tags: true,
    verbose: ['resources'],
  },
  {
    action: 'DescribeSecurityGroupRules',
    set: 'security_group_rule_set',
    id: 'security_group_rule_id',
    name: 'security_group_rule_name',
    more: g => ({ security_group: g['alpha security-group'] ?? '' }),
  },
  {
    action: 'DescribeSecurityGroupIPSets',
    set: 'security_group_ipset_set',
    id: 'security_group_ipset_id',
    name: 'security_group_ipset_name',
    tags: true,
  },
  {
    action: 'DescribeSecurityGroupSnapshots',
    set: 'security_group_snapshot_set',
    id: 'security_group_snapshot_id',
    name: 'security_group_snapshot_name',
    more: g => ({ security_group: g['alpha security-group'] ?? '' }),
  },
  {
    action: 'DescribeNics',
    set: 'nic_set',
    id: 'nic_id',
    name: 'nic_name',
    tags: true,
    status: ['available', 'in-use'],
  },
  { action: 'DescribeVips', set: 'vip_set', id: 'vip_id', name: 'vip_name', tags: true },
  { action: 'DescribeTags', set: 'tag_set', id: 'tag_id', name: 'tag_name', verbose: ['resource_tag_pairs'] },
  {
    action: 'DescribeInstances',
    set: 'instance_set',
    id: 'instance_id',
    name: 'instance_name',
    tags: true,
    status: ['running', 'stopped'],
  },
  { action: 'DescribeKeyPairs', set: 'keypair_set', id: 'keypair_id', name: 'keypair_name', tags: true },
  {
    action: 'DescribeVolumes',
    set: 'volume_set',
    id: 'volume_id',
    name: 'volume_name',
    tags: true,
    status: ['available', 'in-use'],
  },
  { action: 'DescribeJobs', set: 'job_set', id: 'job_id', status: ['successful'] },
]

/** Lists that nothing can be in: what they would list is not supported. */
const empty = ['DescribeRouterStaticEntries']

/** What clients send that is nobody's business here. */
const passedOver = { owner: 'usr-00000000', project_id: 'pj-00000000', sort_key: 'create_time' }

test('lists', async t => {
  const site = await startSite(t)
  const given = await everything(site)
  for (const list of lists) {
    const ask = asking(site, given, list)
    const idOf = (item: Shown) => String(item[list.id])
    const { items: whole, total } = await ask({ limit: 100, reverse: 0 })
    const ids = whole.map(idOf)
    /** That what is asked for is what is described so. */
    const narrowed = async (parameters: Parameters, isIt: (item: Shown) => boolean) => {
      const { items, total: count } = await ask({ ...parameters, limit: 100, reverse: 0 })
      const expected = whole.filter(isIt).map(idOf)
      assert.deepEqual(items.map(idOf), expected, JSON.stringify(parameters))
      assert.equal(count, expected.length)
      return expected.length
    }

    await t.test(`${list.action}: pages`, async () => {
      assert.ok(ids.length >= 3 && new Set(ids).size === ids.length, ids.join())
      assert.equal(total, ids.length)
      const windows: [Parameters, readonly string[]][] = [
        [{ limit: 1, offset: 1 }, ids.slice(1, 2)],
        [{ limit: 2 }, ids.slice(0, 2)],
        [{ offset: 2 }, ids.slice(2)],
        [{ limit: 0, offset: 0 }, ids],
        [{ limit: 1000 }, ids],
        [{ offset: 1000 }, []],
        [passedOver, ids],
      ]
      for (const [parameters, expected] of windows) {
        const { items, total: count } = await ask({ ...parameters, reverse: 0 })
        assert.deepEqual(items.map(idOf), expected, JSON.stringify(parameters))
        assert.equal(count, ids.length)
      }
      const { items: turned } = await ask({ reverse: 1 })
      assert.deepEqual(turned.map(idOf), ids.toReversed())
    })

    const { name, tags, status, verbose = [] } = list
    if (name !== undefined) {
      await t.test(`${list.action}: words`, async () => {
        const isCalled = (word: string) => (item: Shown) =>
          idOf(item).includes(word) || String(item[name]).toLowerCase().includes(word)
        const word = String(whole[1]?.[name]).slice(0, 4).toLowerCase()
        for (const sought of [word, ids[2] ?? ''])
          assert.ok((await narrowed({ search_word: sought }, isCalled(sought))) > 0)
        await narrowed({ search_word: word.toUpperCase() }, isCalled(word))
        assert.equal(await narrowed({ search_word: 'nobody is called so' }, () => false), 0)
        assert.equal(await narrowed({ search_word: '' }, () => true), ids.length)
      })
    }
    if (tags) {
      await t.test(`${list.action}: tags`, async () => {
        const tag = given['beta tag'] ?? ''
        const isTagged = (item: Shown) => (item['tags'] as readonly Shown[]).some(each => each['tag_id'] === tag)
        assert.equal(await narrowed({ tags: [tag] }, isTagged), 1)
        assert.equal(await narrowed({ tags: ['tag-00000000', tag] }, isTagged), 1)
        assert.equal(await narrowed({ tags: [given['alpha tag'] ?? ''] }, () => false), 0)
      })
    }
    if (status) {
      await t.test(`${list.action}: states`, async () => {
        for (const state of status) {
          for (const asked of [state, [state], [state, 'ceased']])
            assert.ok((await narrowed({ status: asked }, item => item['status'] === state)) > 0, state)
        }
        await narrowed({ status: status.join(',') }, () => true)
        await narrowed({ status: [...status] }, () => true)
        await narrowed({ status: 'ceased' }, () => false)
      })
    }
    await t.test(`${list.action}: verbose`, async () => {
      const fields = async (parameters: Parameters) =>
        new Set((await ask(parameters)).items.flatMap(item => Object.keys(item)))
      const plain = await fields({})
      assert.deepEqual(await fields({ verbose: 0 }), plain)
      assert.deepEqual(await fields({ verbose: 1 }), new Set([...plain, ...verbose]))
      assert.deepEqual(
        [...verbose].filter(field => plain.has(field)),
        [],
      )
    })
  }
  await t.test('in another region there is nothing of this one, but what belongs to none', async () => {
    const inZone = async (action: string, set: string) => {
      const { answer } = await site.send(request('go', keys.operator, action, {}, { zone: 'north' }))
      return (answer[set] as readonly unknown[]).length
    }
    const regional = ['Eips', 'Routers', 'Vxnets', 'RouteTables', 'NFVs', 'LoadBalancers', 'Instances', 'Nics', 'Vips']
    for (const { action, set } of lists.filter(list => regional.includes(list.action.replace('Describe', ''))))
      assert.equal(await inZone(action, set), 0, action)
    for (const { action, set } of lists.filter(list => /Tags|KeyPairs|SecurityGroups$/.test(list.action)))
      assert.ok((await inZone(action, set)) >= 3, action)
  })
  assert.deepEqual(site.bugs, [])
})

/** Asks a list, with every client in turn. */
function asking(site: Site, given: Given, { action, set, more }: List) {
  const clients: ClientName[] = ['python', 'cli', 'go']
  let turn = 0
  return async (parameters: Parameters) => {
    const client = clients[turn++ % clients.length] ?? 'go'
    const answer = await site.ask(client, action, { ...more?.(given), ...parameters }, 'admin')
    assert.equal(answer.ret_code, 0, `${client}: ${answer.message}`)
    return { items: answer[set] as readonly Shown[], total: answer['total_count'] }
  }
}

test('every list is looked at', () => {
  const names = Object.values(sections).flatMap(actions => actions.map(action => action.name))
  const seen = new Set([...lists.map(({ action }) => action), ...empty])
  assert.deepEqual(
    names.filter(name => name.startsWith('Describe') && !seen.has(name)),
    [],
  )
})
