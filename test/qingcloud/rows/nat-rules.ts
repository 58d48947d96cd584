import assert from 'node:assert/strict'
import type { Parameters } from '../clients.ts'
import type { Given, Row } from '../row.ts'
import { address, id, time, type Shape } from '../shape.ts'
import type { Answer, Site } from '../site.ts'
import { gateway, gatewayIn } from './nfvs.ts'

type Known = { readonly [field: string]: Shape }

/** A gateway with rules of both sorts. */
async function ruled(site: Site): Promise<Given> {
  const given = await gateway(site)
  const { nfv = '', vxnet = '', server = '', eip = '' } = given
  const add = async (action: string, list: string, parameters: Parameters) => {
    const { [list]: made } = await site.done(action, { natgw_id: nfv, ...parameters })
    return (made as string[])[0] ?? ''
  }
  const snat = { name: 'all', target_id: vxnet, target_type: 0, eip_ids: [eip] }
  const own = { target_id: server, target_type: 1, eip_ids: [eip], enable: 0 }
  const dnat = { name: 'web', eip_id: eip, protocol: 'tcp', private_ip: '192.168.1.9' }
  return {
    ...given,
    snat: await add('AddSnatRule', 'snat_ids', snat),
    own: await add('AddSnatRules', 'snat_ids', own),
    dnat: await add('AddDnatRule', 'dnat_ids', { ...dnat, public_port: '80', private_port: '8080' }),
    range: await add('AddDnatRules', 'dnat_ids', {
      ...dnat,
      name: '',
      protocol: 'udp',
      public_port: '5000-5010',
      private_port: '5000-5010',
    }),
  }
}

const snatShape = ({ nfv = '', snat = '', vxnet = '', eip = '' }: Given, known: Known = {}): Shape => ({
  snat_id: snat,
  name: 'all',
  natgw_id: nfv,
  target_id: vxnet,
  target_type: 0,
  target_ip: '192.168.1.0/24',
  eips: [{ eip_id: eip, eip_addr: address }],
  enable: 1,
  create_time: time,
  ...known,
})

const ownShape = (given: Given) =>
  snatShape(given, {
    snat_id: given['own'] ?? '',
    name: '',
    target_id: given['server'] ?? '',
    target_type: 1,
    target_ip: '192.168.1.2',
    enable: 0,
  })

const dnatShape = ({ nfv = '', dnat = '', eip = '' }: Given, known: Known = {}): Shape => ({
  dnat_id: dnat,
  name: 'web',
  natgw_id: nfv,
  eip_id: eip,
  protocol: 'tcp',
  public_port: '80',
  private_ip: '192.168.1.9',
  private_port: '8080',
  enable: 1,
  create_time: time,
  ...known,
})

const rangeShape = (given: Given) =>
  dnatShape(given, {
    dnat_id: given['range'] ?? '',
    name: '',
    protocol: 'udp',
    public_port: '5000-5010',
    private_port: '5000-5010',
  })

export const rows: readonly Row[] = [
  {
    action: 'DescribeSnatRules',
    given: ruled,
    parameters: ({ nfv = '' }) => ({ natgw_ids: [nfv], sort_key: 'create_time' }),
    answer: given => ({ snat_set: [snatShape(given), ownShape(given)], total_count: 2 }),
  },
  {
    action: 'DescribeSnatRules',
    about: 'by status and type',
    given: ruled,
    parameters: ({ nfv = '' }) => ({ natgw_ids: [nfv], status: [0], target_type: [1] }),
    answer: given => ({ snat_set: [ownShape(given)], total_count: 1 }),
  },
  {
    action: 'AddSnatRule',
    given: gateway,
    parameters: ({ nfv = '', server = '', eip = '' }) => ({
      natgw_id: nfv,
      target_id: server,
      target_type: 1,
      eip_ids: [eip],
    }),
    answer: { snat_ids: [id('snat')] },
    then(site, { nfv, server, eip }) {
      const { draft, live } = gatewayIn(site, nfv)!
      assert.deepEqual(live.snatRules, [])
      const [{ target, eips, enabled } = assert.fail()] = draft.snatRules
      assert.deepEqual([target, eips, enabled], [server, [eip], true])
    },
  },
  {
    action: 'UpdateSnatRule',
    given: ruled,
    parameters: ({ nfv = '', own = '' }) => ({ natgw_id: nfv, snat_id: own, name: 'own', enable: 1 }),
    answer: ({ own = '' }) => ({ snat_id: own }),
    then(site, { nfv, server }) {
      const { name, target, enabled } = gatewayIn(site, nfv)!.draft.snatRules[1]!
      assert.deepEqual([name, target, enabled], ['own', server, true])
    },
  },
  {
    action: 'DeleteSnatRules',
    given: ruled,
    parameters: ({ nfv = '', snat = '' }) => ({ natgw_id: nfv, snat_ids: [snat] }),
    answer: ({ snat = '' }) => ({ snat_ids: [snat] }),
    then: (site, { nfv, own }) =>
      assert.deepEqual(
        gatewayIn(site, nfv)?.draft.snatRules.map(rule => rule.id),
        [own],
      ),
  },
  {
    action: 'DescribeDnatRules',
    given: ruled,
    parameters: ({ nfv = '' }) => ({ natgw_ids: [nfv], reverse: 1 }),
    answer: given => ({ dnat_set: [rangeShape(given), dnatShape(given)], total_count: 2 }),
  },
  {
    action: 'DescribeDnatRules',
    about: 'by protocol, and by the private address',
    given: ruled,
    parameters: ({ nfv = '' }) => ({ natgw_ids: [nfv], protocol: 'udp', search_word: '192.168.1.9', status: '1' }),
    answer: given => ({ dnat_set: [rangeShape(given)], total_count: 1 }),
  },
  {
    action: 'AddDnatRule',
    given: gateway,
    parameters: ({ nfv = '', eip = '' }) => ({
      natgw_id: nfv,
      name: 'web',
      eip_id: eip,
      protocol: 'tcp',
      public_port: 80,
      private_ip: '192.168.1.9',
      private_port: 8080,
      enable: 1,
    }),
    answer: { dnat_ids: [id('dnat')] },
    then(site, { nfv, eip }, answer: Answer) {
      const [rule] = gatewayIn(site, nfv)!.draft.dnatRules
      assert.deepEqual(rule, {
        id: (answer['dnat_ids'] as string[])[0],
        name: 'web',
        protocol: 'tcp',
        eip,
        port: '80',
        toAddress: '192.168.1.9',
        toPort: '8080',
        enabled: true,
      })
    },
  },
  {
    action: 'UpdateDnatRule',
    given: ruled,
    parameters: ({ nfv = '', dnat = '' }) => ({
      natgw_id: nfv,
      dnat_id: dnat,
      public_port: '81',
      protocol: 'udp',
      enable: 0,
    }),
    answer: ({ dnat = '' }) => ({ dnat_id: dnat }),
    then(site, { nfv }) {
      const { name, port, protocol, toPort, enabled } = gatewayIn(site, nfv)!.draft.dnatRules[0]!
      assert.deepEqual([name, port, protocol, toPort, enabled], ['web', '81', 'udp', '8080', false])
    },
  },
  {
    action: 'DeleteDnatRules',
    given: ruled,
    parameters: ({ nfv = '', dnat = '', range = '' }) => ({ natgw_id: nfv, dnat_ids: [dnat, range] }),
    answer: ({ dnat = '', range = '' }) => ({ dnat_ids: [dnat, range] }),
    then: (site, { nfv }) => assert.deepEqual(gatewayIn(site, nfv)?.draft.dnatRules, []),
  },
]
