import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { address, id, text, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

/** An address as it is described; what a row knows of it is laid over. */
export const eipShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  eip_id: id('eip'),
  eip_name: text,
  eip_addr: address,
  bandwidth: 10,
  billing_mode: 'bandwidth',
  associate_mode: 0,
  need_icp: 0,
  icp_codes: text,
  status: 'available',
  transition_status: '',
  sub_code: 0,
  eip_group: { eip_group_id: 'eipg-00000000', eip_group_name: text },
  resource: {},
  alarm_status: text,
  ...labels,
  ...known,
})

/** Two addresses, one of them on a server. */
async function two(site: Site): Promise<Given> {
  const [eip, held] = [await site.make('eip', { name: 'front door' }), await site.make('eip', { bandwidthMbps: 20 })]
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const subnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24' })
  const server = await site.make('server', { subnet, eip: held, name: 'web' })
  const other = await site.make('server', { subnet })
  return { eip, held, server, other }
}

const job = id('j')
const heldBy = ({ held = '', server = '' }: Given) =>
  eipShape({
    eip_id: held,
    bandwidth: 20,
    status: 'associated',
    resource: { resource_id: server, resource_name: 'web', resource_type: 'instance' },
  })

export const rows: readonly Row[] = [
  {
    action: 'DescribeEips',
    given: two,
    answer: given => ({
      eip_set: [eipShape({ eip_id: given['eip'] ?? '', eip_name: 'front door' }), heldBy(given)],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeEips',
    about: 'by ids, of which unknown ones are passed over',
    given: two,
    parameters: ({ eip = '' }) => ({ eips: [eip, 'eip-00000000', eip], limit: 0, offset: 0 }),
    answer: { eip_set: [eipShape({ eip_name: 'front door' })], total_count: 1 },
  },
  {
    action: 'DescribeEips',
    about: 'by status and by the instance that holds them',
    given: two,
    parameters: ({ server = '' }) => ({ status: ['associated', 'suspended'], instance_id: server }),
    answer: given => ({ eip_set: [heldBy(given)], total_count: 1 }),
  },
  {
    action: 'DescribeEips',
    about: 'by a word of the name, one on a page',
    given: two,
    parameters: { search_word: 'FRONT', limit: 1 },
    answer: { eip_set: [eipShape({ eip_name: 'front door' })], total_count: 1 },
  },
  {
    action: 'DescribeEips',
    about: 'by a tag',
    async given(site) {
      const [tag, other] = [await site.make('tag', { name: 'production' }), await site.make('tag', { name: 'other' })]
      await site.make('eip', { tags: ['other'] })
      await site.make('eip', { tags: ['production', 'other', 'only a word'] })
      return { tag, other }
    },
    parameters: ({ tag = '' }) => ({ tags: [tag, 'tag-00000000'] }),
    answer: ({ tag = '', other = '' }) => ({
      eip_set: [
        eipShape({
          tags: [
            { tag_id: tag, tag_name: 'production', color: 'default' },
            { tag_id: other, tag_name: 'other', color: 'default' },
          ],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'AllocateEips',
    parameters: {
      bandwidth: 5,
      count: 3,
      eip_name: '名 字',
      billing_mode: 'traffic',
      need_icp: 0,
      eip_group: 'eipg-00000000',
    },
    answer: { eips: [id('eip'), id('eip'), id('eip')] },
    async then(site) {
      const { eip_set: set } = await site.done('DescribeEips')
      for (const eip of set as { bandwidth: number; eip_name: string; billing_mode: string }[])
        assert.deepEqual([eip.bandwidth, eip.eip_name, eip.billing_mode], [5, '名 字', 'traffic'])
    },
  },
  {
    action: 'ReleaseEips',
    given: two,
    parameters: ({ eip = '' }) => ({ eips: [eip] }),
    answer: ({ eip = '' }) => ({ eips: [eip], job_id: job }),
    then: (site, { eip }) => assert.equal(find(site.cloud.model(), 'eip', eip), undefined),
  },
  {
    action: 'AssociateEip',
    given: two,
    parameters: ({ eip = '', other = '' }) => ({ eip, instance: other }),
    answer: { job_id: job },
    async then(site, { eip = '', other }) {
      assert.equal(find(site.cloud.model(), 'server', other)?.now.eip, eip)
      const transition = async () => {
        const { eip_set: eips } = await site.done('DescribeEips', { eips: [eip] })
        return (eips as { transition_status: string }[])[0]?.transition_status
      }
      assert.equal(await transition(), 'associating')
      site.sync()
      assert.equal(await transition(), '')
    },
  },
  {
    action: 'DissociateEips',
    given: two,
    parameters: ({ held = '' }) => ({ eips: [held] }),
    answer: { job_id: job },
    then: (site, { server }) => assert.equal(find(site.cloud.model(), 'server', server)?.now.eip, null),
  },
  {
    action: 'ModifyEipAttributes',
    about: 'an empty name clears it, what is left out stays',
    given: two,
    parameters: ({ eip = '' }) => ({ eip, eip_name: '', description: 'was the front door' }),
    answer: ({ eip = '' }) => ({ eip_id: eip }),
    then: (site, { eip }) => {
      const now = find(site.cloud.model(), 'eip', eip)
      assert.deepEqual([now?.name, now?.description], ['', 'was the front door'])
    },
  },
  {
    action: 'ChangeEipsBandwidth',
    given: two,
    parameters: ({ eip = '', held = '' }) => ({ eips: [eip, held], bandwidth: 7 }),
    answer: ({ eip = '', held = '' }) => ({ eips: [eip, held], job_id: job }),
    then: (site, { held }) => assert.equal(find(site.cloud.model(), 'eip', held)?.now.bandwidthMbps, 7),
  },
  {
    action: 'ChangeEipsBillingMode',
    given: two,
    parameters: ({ eip = '' }) => ({ eips: [eip], billing_mode: 'traffic' }),
    answer: ({ eip = '' }) => ({ eips: [eip], job_id: job }),
    then: (site, { eip }) => assert.equal(find(site.cloud.model(), 'eip', eip)?.now.billing, 'traffic'),
  },
]
