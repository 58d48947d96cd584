import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { each, id, text, whole, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

const tagShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  tag_id: id('tag'),
  tag_name: text,
  tag_key: text,
  color: 'default',
  resource_count: whole,
  resource_type_count: each({ resource_type: text, count: whole }),
  ...labels,
  ...known,
})

/** Two tags, one of them on an address and on an interface; the interface has a name, too, that is no tag's. */
async function tagged(site: Site): Promise<Given> {
  const tag = await site.make('tag', { name: 'green', color: '#00ff00' })
  const other = await site.make('tag', { name: 'blue' })
  const eip = await site.make('eip', { tags: ['green'] })
  const subnet = await site.make('subnet', {})
  const nic = await site.make('nic', { subnet, tags: ['no tag', 'green'] })
  return { tag, other, eip, nic, mac: find(site.cloud.model(), 'nic', nic)?.now.mac ?? '' }
}

const tagsOn = (site: Site, resource = '') => site.cloud.model().resources.get(resource)?.tags

export const rows: readonly Row[] = [
  {
    action: 'DescribeTags',
    given: tagged,
    parameters: { limit: 0, offset: 0 },
    answer: ({ tag = '', other = '' }) => ({
      tag_set: [
        tagShape({
          tag_id: tag,
          tag_name: 'green',
          tag_key: 'green',
          color: '#00ff00',
          resource_count: 2,
          resource_type_count: [
            { resource_type: 'eip', count: 1 },
            { resource_type: 'nic', count: 1 },
          ],
        }),
        tagShape({ tag_id: other, tag_name: 'blue', resource_count: 0, resource_type_count: [] }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeTags',
    about: 'with what carries them, by id',
    given: tagged,
    parameters: ({ tag = '' }) => ({ tags: [tag, 'tag-00000000'], verbose: 1 }),
    answer: ({ tag = '', eip = '', mac = '' }) => ({
      tag_set: [
        tagShape({
          color: '#00ff00',
          resource_tag_pairs: [
            { tag_id: tag, resource_type: 'eip', resource_id: eip, status: 'active' },
            { tag_id: tag, resource_type: 'nic', resource_id: mac, status: 'active' },
          ],
        }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeTags',
    about: 'by what carries them',
    given: tagged,
    parameters: ({ eip = '' }) => ({ resources: [eip, 'eip-00000000'] }),
    answer: { tag_set: [tagShape({ tag_name: 'green', color: '#00ff00' })], total_count: 1 },
  },
  {
    action: 'CreateTag',
    parameters: { tag_name: '标 签', color: '#FFF' },
    answer: { tag_id: id('tag') },
    async then(site, _, { tag_id: tag }) {
      assert.equal(find(site.cloud.model(), 'tag', String(tag))?.now.color, '#ffffff')
      const color = async () => {
        const { tag_set: tags } = await site.done('DescribeTags', { search_word: '标' })
        return (tags as { color: string }[])[0]?.color
      }
      // As it was written, as long as it is that: clients compare it with what they wrote.
      assert.equal(await color(), '#FFF')
      const patch = { do: 'patch', kind: 'tag', id: String(tag), body: { color: '#1890ff' } } as const
      await site.core.commands.run(patch, 'test')
      assert.equal(await color(), '#1890ff')
    },
  },
  {
    action: 'CreateTag',
    about: 'without a colour it has that of all that have none',
    parameters: { tag_name: 'green' },
    answer: { tag_id: id('tag') },
    then: (site, _, { tag_id: tag }) =>
      assert.equal(find(site.cloud.model(), 'tag', String(tag))?.now.color, 'default'),
  },
  {
    action: 'ModifyTagAttributes',
    about: 'renames it on everything that carries it',
    given: tagged,
    parameters: ({ tag = '' }) => ({ tag, tag_name: 'lime', color: '', description: 'what is fresh' }),
    answer: {},
    then(site, { tag, eip, nic }) {
      const { name, description, now } = find(site.cloud.model(), 'tag', tag) ?? {}
      assert.deepEqual([name, description, now?.color], ['lime', 'what is fresh', 'default'])
      assert.deepEqual([tagsOn(site, eip), tagsOn(site, nic)], [['lime'], ['no tag', 'lime']])
    },
  },
  {
    action: 'DeleteTags',
    given: tagged,
    parameters: ({ tag = '', other = '' }) => ({ tags: [tag, other] }),
    answer: ({ tag = '', other = '' }) => ({ tags: [tag, other] }),
    then: (site, { eip, nic }) => assert.deepEqual([tagsOn(site, eip), tagsOn(site, nic)], [[], ['no tag']]),
  },
  {
    action: 'AttachTags',
    about: 'several to one resource and one to several, and one that is there already',
    given: tagged,
    parameters: ({ tag = '', other = '', eip = '', mac = '' }) => ({
      resource_tag_pairs: [
        { tag_id: tag, resource_type: 'eip', resource_id: eip },
        { tag_id: other, resource_type: 'eip', resource_id: eip },
        { tag_id: other, resource_type: 'nic', resource_id: mac },
      ],
    }),
    answer: {},
    async then(site, { eip = '', nic, other = '', tag = '' }) {
      assert.deepEqual(
        [tagsOn(site, eip), tagsOn(site, nic)],
        [
          ['green', 'blue'],
          ['no tag', 'green', 'blue'],
        ],
      )
      const { eip_set: eips } = await site.done('DescribeEips', { tags: [other] })
      const shown = (eips as { eip_id: string; tags: object[] }[]).map(({ eip_id: of, tags }) => [of, tags])
      assert.deepEqual(shown, [
        [
          eip,
          [
            { tag_id: tag, tag_name: 'green', color: '#00ff00' },
            { tag_id: other, tag_name: 'blue', color: 'default' },
          ],
        ],
      ])
    },
  },
  {
    action: 'DetachTags',
    about: 'one that is not there stays away',
    given: tagged,
    parameters: ({ tag = '', other = '', eip = '' }) => ({
      resource_tag_pairs: [
        { tag_id: tag, resource_type: 'eip', resource_id: eip },
        { tag_id: other, resource_type: 'eip', resource_id: eip },
      ],
    }),
    answer: {},
    then: (site, { eip, nic }) => assert.deepEqual([tagsOn(site, eip), tagsOn(site, nic)], [[], ['no tag', 'green']]),
  },
]
