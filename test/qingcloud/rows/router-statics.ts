import assert from 'node:assert/strict'
import type { Given, Row } from '../row.ts'
import { bit, id, text, time, type Shape } from '../shape.ts'
import type { Answer, Site } from '../site.ts'
import { networks, routerIn } from './routers.ts'

const staticShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  router_static_id: id('rtrs'),
  router_static_name: text,
  router_id: id('rtr'),
  vxnet_id: '',
  static_type: 1,
  val1: '80',
  val2: '192.168.1.9',
  val3: '8080',
  val4: 'tcp',
  val5: '',
  val6: '',
  disabled: bit,
  entry_set: [],
  create_time: time,
  ...known,
})

/** A router with one static of every type. */
async function furnished(site: Site): Promise<Given> {
  const given = await networks(site)
  const { router = '', vxnet = '' } = given
  const server = await site.make('server', { subnet: vxnet, name: 'web' })
  const { router_statics: made } = await site.done('AddRouterStatics', {
    router,
    statics: [
      { static_type: 1, router_static_name: 'web', val1: '80', val2: '192.168.1.9', val3: '8080' },
      { static_type: 3, val1: server, val2: 'domain-name-servers=8.8.8.8;fixed-address=192.168.1.2' },
      { static_type: 8, val1: 'node1', val2: '192.168.1.9;192.168.1.10' },
    ],
  })
  const [forward = '', dhcp = '', dns = ''] = made as string[]
  return { ...given, server, forward, dhcp, dns }
}

const forwardIn = (site: Site, router: string | undefined) => routerIn(site, router)?.draft.portForwards[0]

/** What a modification makes of the port forward, by the values that it was given. */
const modified: Row[] = (
  [
    [
      'all of it',
      { val1: '81', val2: '192.168.0.4', val3: '82', val4: 'udp', val5: '' },
      [81, '192.168.0.4', 82, 'udp'],
    ],
    ['empty values stay', { val1: '', val2: '', val3: '', val4: '' }, [80, '192.168.1.9', 8080, 'tcp']],
    ['one of it', { val3: '90' }, [80, '192.168.1.9', 90, 'tcp']],
  ] as const
).map(([about, values, becomes]) => ({
  action: 'ModifyRouterStaticAttributes',
  about,
  given: furnished,
  parameters: ({ forward = '' }) => ({ router_static: forward, ...values }),
  answer: ({ forward = '' }) => ({ router_static_id: forward }),
  then(site: Site, { router }: Given) {
    const { name, port, toAddress, toPort, protocol } = forwardIn(site, router)!
    assert.deepEqual([name, port, toAddress, toPort, protocol], ['web', ...becomes])
  },
}))

export const rows: readonly Row[] = [
  {
    action: 'DescribeRouterStatics',
    given: furnished,
    parameters: ({ router = '' }) => ({ router }),
    answer: ({ router = '', vxnet = '', forward = '', dhcp = '', dns = '', server = '' }) => ({
      router_static_set: [
        staticShape({ router_static_id: forward, router_static_name: 'web', router_id: router }),
        staticShape({
          router_static_id: dhcp,
          router_static_name: '',
          vxnet_id: vxnet,
          static_type: 3,
          val1: server,
          val2: 'domain-name-servers=8.8.8.8;fixed-address=192.168.1.2',
          val3: '',
          val4: '',
        }),
        staticShape({
          router_static_id: dns,
          static_type: 8,
          val1: 'node1',
          val2: '192.168.1.9;192.168.1.10',
          val3: '',
          val4: '',
        }),
      ],
      total_count: 3,
    }),
  },
  {
    action: 'DescribeRouterStatics',
    about: 'by ids, without a router; those that are no more are passed over',
    given: furnished,
    parameters: ({ forward = '' }) => ({ router_statics: [forward, 'rtrs-00000000'], vxnet: '' }),
    answer: ({ forward = '' }) => ({
      router_static_set: [staticShape({ router_static_id: forward })],
      total_count: 1,
    }),
    async then(site, { forward = '' }) {
      await site.done('DeleteRouterStatics', { router_statics: [forward] })
      const { router_static_set: left } = await site.done('DescribeRouterStatics', { router_statics: [forward] })
      assert.deepEqual(left, [])
    },
  },
  {
    action: 'DescribeRouterStatics',
    about: 'by type, in all routers, and by name',
    async given(site) {
      const given = await furnished(site)
      await site.done('ModifyRouterStaticAttributes', { router_static: given['dns'] ?? '', router_static_name: 'Node' })
      return given
    },
    parameters: { static_type: 8, search_word: 'node' },
    answer: ({ dns = '' }) => ({
      router_static_set: [
        staticShape({ router_static_id: dns, static_type: 8, val1: 'node1', val2: text, val3: '', val4: '' }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'AddRouterStatics',
    about: 'a port forward to an address in no network waits for an update',
    given: networks,
    parameters: ({ router = '' }) => ({
      router,
      statics: [
        {
          static_type: 1,
          router_id: router,
          router_static_id: '',
          router_static_name: '',
          val1: '80',
          val2: '192.168.0.3',
          val3: '81',
        },
      ],
    }),
    answer: { router_statics: [id('rtrs')] },
    then(site, { router }) {
      const { port, toAddress, toPort, protocol, enabled } = forwardIn(site, router)!
      assert.deepEqual([port, toAddress, toPort, protocol, enabled], [80, '192.168.0.3', 81, 'tcp', true])
      assert.deepEqual(routerIn(site, router)?.live.portForwards, [])
    },
  },
  {
    action: 'AddRouterStatics',
    about: 'names and options',
    async given(site) {
      const given = await networks(site)
      return { ...given, server: await site.make('server', { subnet: given['vxnet'] ?? '' }) }
    },
    parameters: ({ router = '', server = '' }) => ({
      router,
      statics: [
        { static_type: 8, val1: 'db.internal', val2: '192.168.1.9' },
        { static_type: 3, val1: server, val2: 'domain-name-servers=8.8.8.8' },
      ],
    }),
    answer: { router_statics: [id('rtrs'), id('rtrs')] },
    then(site, { router, server }) {
      const { dnsRecords, dhcpOptions } = routerIn(site, router)!.draft
      assert.deepEqual(dnsRecords[0]?.addresses, ['192.168.1.9'])
      assert.deepEqual([dhcpOptions[0]?.server, dhcpOptions[0]?.options], [server, ['domain-name-servers=8.8.8.8']])
    },
  },
  ...modified,
  {
    action: 'ModifyRouterStaticAttributes',
    about: 'an empty name clears it, and it can be switched off',
    given: furnished,
    parameters: ({ dns = '' }) => ({ router_static: dns, router_static_name: '', val2: '192.168.1.11', disabled: 1 }),
    answer: ({ dns = '' }) => ({ router_static_id: dns }),
    then(site, { router }) {
      const [{ name, domain, addresses, enabled } = {}] = routerIn(site, router)!.draft.dnsRecords as {
        name?: string
        domain?: string
        addresses?: readonly string[]
        enabled?: boolean
      }[]
      assert.deepEqual([name, domain, addresses, enabled], ['', 'node1', ['192.168.1.11'], false])
    },
  },
  {
    action: 'DeleteRouterStatics',
    given: furnished,
    parameters: ({ forward = '', dns = '' }) => ({ router_statics: [forward, dns] }),
    answer: ({ forward = '', dns = '' }) => ({ router_statics: [forward, dns] }),
    then(site, { router }) {
      const { portForwards, dhcpOptions, dnsRecords } = routerIn(site, router)!.draft
      assert.deepEqual([portForwards.length, dhcpOptions.length, dnsRecords.length], [0, 1, 0])
    },
  },
  {
    action: 'CopyRouterStatics',
    about: 'by type',
    given: async site => ({ ...(await furnished(site)), other: await site.make('vpc', { cidr: '192.168.0.0/16' }) }),
    parameters: ({ router = '', other = '' }) => ({ source_router: router, dest_router: other, static_type: [1, 8] }),
    answer: { router_statics: [id('rtrs'), id('rtrs')] },
    then(site, { router, other }, answer: Answer) {
      const [before, copy] = [routerIn(site, router)!.draft, routerIn(site, other)!.draft]
      const [forward, record] = answer['router_statics'] as string[]
      assert.deepEqual(copy.portForwards, [{ ...before.portForwards[0], id: forward }])
      assert.deepEqual(copy.dnsRecords, [{ ...before.dnsRecords[0], id: record }])
      assert.deepEqual(copy.dhcpOptions, [])
    },
  },
  {
    action: 'CopyRouterStatics',
    about: 'by ids, in the other documented spelling',
    given: async site => ({ ...(await furnished(site)), other: await site.make('vpc', { cidr: '192.168.0.0/16' }) }),
    parameters: ({ router = '', other = '', dns = '' }) => ({
      source_router_id: router,
      dest_router_id: other,
      router_statics: [dns],
    }),
    answer: { router_statics: [id('rtrs')] },
    then: (site, { other }) => assert.equal(routerIn(site, other)?.draft.dnsRecords[0]?.domain, 'node1'),
  },
  {
    action: 'DescribeRouterStaticEntries',
    given: furnished,
    parameters: ({ forward = '' }) => ({ router_static: forward }),
    answer: { router_static_entry_set: [], total_count: 0 },
  },
]
