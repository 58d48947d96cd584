import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { address, id, text, time, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

type Known = { readonly [field: string]: Shape }

const job = { job_id: id('j') }

const nfvShape = (known: Known = {}): Shape => ({
  nfv_id: id('nfv'),
  nfv_name: text,
  nfv_type: 1,
  nfv_spec: 1,
  version: '2.0',
  status: 'active',
  transition_status: '',
  is_applied: 1,
  vpc_router_id: id('rtr'),
  security_group: id('sg'),
  cluster: {},
  node_count: 1,
  cluster_mode: 0,
  sub_code: 0,
  zone_id: 'local',
  ...labels,
  ...known,
})

/** A gateway that holds an address, and one that is free. */
export async function gateway(site: Site): Promise<Given> {
  const [eip, free] = [await site.make('eip', { name: 'out' }), await site.make('eip', {})]
  const router = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const vxnet = await site.make('subnet', { vpc: router, cidr: '192.168.1.0/24', name: 'front' })
  const server = await site.make('server', { subnet: vxnet, name: 'web' })
  const nfv = await site.make('nat-gateway', { vpc: router, eips: [eip], name: 'way out' })
  return { eip, free, router, vxnet, server, nfv }
}

export const gatewayIn = (site: Site, nfv: string | undefined) => find(site.cloud.model(), 'nat-gateway', nfv)

const cluster = (eip: string, nfv: string) => ({
  [eip]: { 1: { instance_id: nfv, instance_time: time, node_idx: 1 } },
})

const one = ({ nfv = '' }: Given) => ({ nfvs: [nfv] })
const oneDone = ({ nfv = '' }: Given) => ({ nfvs: [nfv], ...job })

export const rows: readonly Row[] = [
  {
    action: 'DescribeNFVs',
    given: gateway,
    parameters: ({ vxnet = '' }) => ({ nfv_type: 1, vxnets: [vxnet], verbose: 1, status: ['active'] }),
    answer: ({ nfv = '', router = '', eip = '', vxnet = '' }) => ({
      nfv_set: [
        nfvShape({
          nfv_id: nfv,
          nfv_name: 'way out',
          vpc_router_id: router,
          cluster: cluster(eip, nfv),
          vxnets: [{ vxnet_id: vxnet, vxnet_name: 'front' }],
          eips: [{ eip_id: eip, eip_name: 'out', eip_addr: address }],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeNFVs',
    about: 'one that was deleted is still told by its id',
    async given(site) {
      const given = await gateway(site)
      await site.done('DeleteNFVs', { nfvs: [given['nfv'] ?? ''] })
      return given
    },
    parameters: one,
    answer: ({ nfv = '' }) => ({
      nfv_set: [nfvShape({ nfv_id: nfv, status: 'deleted' })],
      total_count: 1,
    }),
  },
  {
    action: 'CreateNFV',
    about: 'which becomes the way out of its router',
    given: gateway,
    parameters: ({ router = '', free = '', vxnet = '' }) => ({
      nfv_type: 1,
      nfv_spec: 2,
      vpc_router_id: router,
      eips: [free],
      vxnets: [vxnet],
      nfv_name: 'second',
      description: 'the other',
      hypervisor: 'kvm',
    }),
    answer: { nfv_id: id('nfv'), ...job },
    async then(site, { free, router }, { nfv_id: nfv }) {
      const { name, now, draft } = gatewayIn(site, String(nfv))!
      assert.deepEqual([name, now.size, now.vpc, now.eips, draft.snatRules], ['second', 'medium', router, [free], []])
      const { nfv_set: set } = await site.done('DescribeNFVs', { nfvs: [String(nfv)] })
      const [shown] = set as { status: string; transition_status: string }[]
      assert.deepEqual([shown?.status, shown?.transition_status], ['pending', 'creating'])
    },
  },
  {
    action: 'CreateNFV',
    about: 'as version 1.0: its networks have SNAT rules at once',
    given: gateway,
    parameters: ({ router = '', free = '', vxnet = '' }) => ({
      nfv_type: 1,
      nfv_spec: 1,
      version: '1.0',
      vpc_router_id: router,
      eips: [free],
      vxnets: [vxnet],
    }),
    answer: { nfv_id: id('nfv'), ...job },
    then(site, { vxnet, free }, { nfv_id: nfv }) {
      const [rule] = gatewayIn(site, String(nfv))!.live.snatRules
      assert.deepEqual([rule?.target, rule?.eips], [vxnet, [free]])
    },
    // The Python client and the CLI say version 1 in every request, and mean that of the API.
    clients: ['go'],
  },
  {
    action: 'UpdateNFVs',
    async given(site) {
      const given = await gateway(site)
      const { nfv = '', vxnet = '', eip = '' } = given
      await site.done('AddSnatRule', { natgw_id: nfv, target_id: vxnet, target_type: 0, eip_ids: [eip] })
      const { nfv_set: set } = await site.done('DescribeNFVs', { nfvs: [nfv] })
      assert.equal((set as { is_applied: number }[])[0]?.is_applied, 0)
      return given
    },
    parameters: one,
    answer: oneDone,
    then: (site, { nfv, vxnet }) => assert.equal(gatewayIn(site, nfv)?.live.snatRules[0]?.target, vxnet),
  },
  {
    action: 'UpdateNFVs',
    about: 'in the spelling of the documented table',
    given: gateway,
    parameters: ({ nfv = '' }) => ({ nfv_id: nfv }),
    answer: oneDone,
  },
  {
    action: 'StopNFVs',
    given: gateway,
    parameters: one,
    answer: oneDone,
    async then(site, { nfv = '' }) {
      const { nfv_set: set } = await site.done('DescribeNFVs', { status: ['stopped'] })
      const [shown] = set as { nfv_id: string; transition_status: string }[]
      assert.deepEqual([shown?.nfv_id, shown?.transition_status], [nfv, 'stopping'])
    },
  },
  {
    action: 'StartNFVs',
    async given(site) {
      const given = await gateway(site)
      await site.done('StopNFVs', one(given))
      return given
    },
    parameters: one,
    answer: oneDone,
    then: (site, { nfv }) => assert.equal(gatewayIn(site, nfv)?.now.power, 'on'),
  },
  {
    action: 'DeleteNFVs',
    given: gateway,
    parameters: given => ({ ...one(given), force: 1 }),
    answer: oneDone,
    then: (site, { nfv }) => assert.equal(gatewayIn(site, nfv), undefined),
  },
  { action: 'UpgradeNFV', given: gateway, parameters: one, answer: oneDone },
  {
    action: 'ResizeNFV',
    given: gateway,
    parameters: ({ nfv = '' }) => ({ nfv, nfv_spec: 3 }),
    answer: job,
    then: (site, { nfv }) => assert.equal(gatewayIn(site, nfv)?.now.size, 'large'),
  },
  {
    action: 'ResizeNFV',
    about: 'in the spelling of the documented example, of several',
    given: gateway,
    parameters: given => ({ ...one(given), nfv_spec: 2 }),
    answer: job,
    then: (site, { nfv }) => assert.equal(gatewayIn(site, nfv)?.now.size, 'medium'),
  },
  {
    action: 'ModifyNFVAttributes',
    given: gateway,
    parameters: ({ nfv = '' }) => ({ nfv, nfv_name: '', description: 'the first' }),
    answer: job,
    then(site, { nfv }) {
      const { name, description } = gatewayIn(site, nfv)!
      assert.deepEqual([name, description], ['', 'the first'])
    },
  },
  {
    action: 'ModifyNFVSecurityGroups',
    given: async site => ({ ...(await gateway(site)), group: await site.make('security-group', {}) }),
    parameters: ({ nfv = '', group = '', vxnet = '' }) => ({ nfv, security_group: group, vxnets: [vxnet] }),
    answer: job,
    then: (site, { nfv, group }) => assert.equal(gatewayIn(site, nfv)?.live.securityGroup, group),
  },
  {
    action: 'ModifyNFVSecurityGroups',
    about: 'where rules wait, it waits with them',
    async given(site) {
      const given = await gateway(site)
      const { nfv = '', vxnet = '' } = given
      await site.done('NFVJoinVxnets', { nfv, vxnets: [vxnet] })
      return { ...given, group: await site.make('security-group', {}) }
    },
    parameters: ({ nfv = '', group = '' }) => ({ nfv, security_group: group }),
    answer: job,
    then(site, { nfv, group }) {
      const { draft, live } = gatewayIn(site, nfv)!
      assert.deepEqual([draft.securityGroup, live.snatRules], [group, []])
      assert.notEqual(live.securityGroup, group)
    },
  },
  {
    action: 'ModifyNFVSecurityGroups',
    about: 'of whatever serves a network',
    given: async site => ({ ...(await gateway(site)), group: await site.make('security-group', {}) }),
    parameters: ({ group = '', vxnet = '' }) => ({ security_group: group, vxnets: [vxnet] }),
    answer: job,
    then: (site, { nfv, group }) => assert.equal(gatewayIn(site, nfv)?.live.securityGroup, group),
  },
  {
    action: 'AssociateEipsToNFV',
    given: gateway,
    parameters: ({ nfv = '', free = '' }) => ({ nfv, eips: [free] }),
    answer: job,
    async then(site, { nfv, eip, free = '' }) {
      assert.deepEqual(gatewayIn(site, nfv)?.now.eips, [eip, free])
      const { eip_set: set } = await site.done('DescribeEips', { eips: [free] })
      const [shown] = set as { status: string; transition_status: string }[]
      assert.deepEqual([shown?.status, shown?.transition_status], ['associated', 'associating'])
    },
  },
  {
    action: 'DissociateEipsFromNFV',
    given: gateway,
    parameters: ({ nfv = '', eip = '' }) => ({ nfv, eips: [eip] }),
    answer: job,
    then: (site, { nfv }) => assert.deepEqual(gatewayIn(site, nfv)?.now.eips, []),
  },
  {
    action: 'NFVJoinVxnets',
    about: 'again and again: one rule is enough',
    async given(site) {
      const given = await gateway(site)
      await site.done('NFVJoinVxnets', { nfv: given['nfv'] ?? '', vxnets: [given['vxnet'] ?? ''] })
      return given
    },
    parameters: ({ nfv = '', vxnet = '' }) => ({ nfv, vxnets: [vxnet] }),
    answer: job,
    then(site, { nfv, vxnet, eip }) {
      const rules = gatewayIn(site, nfv)!.draft.snatRules.map(({ target, eips }) => [target, eips])
      assert.deepEqual(rules, [[vxnet, [eip]]])
    },
  },
  {
    action: 'NFVLeaveVxnets',
    async given(site) {
      const given = await gateway(site)
      await site.done('NFVJoinVxnets', { nfv: given['nfv'] ?? '', vxnets: [given['vxnet'] ?? ''] })
      return given
    },
    parameters: ({ nfv = '', vxnet = '' }) => ({ nfv, vxnets: [vxnet] }),
    answer: job,
    then: (site, { nfv }) => assert.deepEqual(gatewayIn(site, nfv)?.draft.snatRules, []),
  },
]
