import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { id, text, type Shape } from '../shape.ts'
import type { Answer, Site } from '../site.ts'

const volumeShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  volume_id: id('vol'),
  volume_name: text,
  size: 10,
  volume_type: 0,
  status: 'available',
  transition_status: '',
  instance: {},
  instances: [],
  device: text,
  sub_code: 0,
  zone_id: 'local',
  ...labels,
  ...known,
})

/** A volume that a server has, and one that is free. */
async function two(site: Site): Promise<Given> {
  const server = await site.make('server', { name: 'web' })
  const held = await site.make('volume', { sizeGb: 20, type: 'capacity', name: 'data', server })
  const free = await site.make('volume', { sizeGb: 10 })
  return { server, held, free }
}

const volumeIn = (site: Site, volume: string | undefined) => find(site.cloud.model(), 'volume', volume)
const job = { job_id: id('j') }

async function described(site: Site, volume: string) {
  const { volume_set: set } = await site.done('DescribeVolumes', { volumes: [volume] })
  const [told] = set as { status: string; transition_status: string; volume_type: number }[]
  return [told?.status, told?.transition_status, told?.volume_type]
}

/** The types as this API numbers them: two for some, and what was written is read. */
const types: Row[] = (
  [
    [0, 'performance'],
    [1, 'capacity'],
    [2, 'capacity'],
    [3, 'high-performance'],
    [5, 'san'],
    [100, 'basic'],
    [200, 'enterprise'],
  ] as const
).map(([code, type]) => ({
  action: 'CreateVolumes',
  about: `type ${code} is ${type}, and read back as written`,
  parameters: { size: 10, volume_type: code },
  answer: { volumes: [id('vol')], ...job },
  async then(site: Site, _: Given, { volumes }: Answer) {
    const [volume = ''] = volumes as string[]
    assert.equal(volumeIn(site, volume)?.now.type, type)
    assert.deepEqual(await described(site, volume), ['pending', 'creating', code])
    site.sync()
    assert.deepEqual(await described(site, volume), ['available', '', code])
  },
}))

export const rows: readonly Row[] = [
  {
    action: 'DescribeVolumes',
    given: two,
    parameters: { verbose: 1 },
    answer: ({ server = '', held = '', free = '' }) => ({
      volume_set: [
        volumeShape({
          volume_id: held,
          volume_name: 'data',
          size: 20,
          volume_type: 2,
          status: 'in-use',
          instance: { instance_id: server, instance_name: 'web' },
          instances: [{ instance_id: server, instance_name: 'web' }],
        }),
        volumeShape({ volume_id: free }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeVolumes',
    about: 'by type, id and status',
    given: two,
    parameters: ({ held = '', free = '' }) => ({
      volumes: [held, free, 'vol-00000000'],
      volume_type: 0,
      status: ['available', 'in-use'],
    }),
    answer: ({ free = '' }) => ({ volume_set: [volumeShape({ volume_id: free })], total_count: 1 }),
  },
  ...types,
  {
    action: 'CreateVolumes',
    about: 'several, with a name',
    parameters: { size: 30, count: 2, volume_name: 'data' },
    answer: { volumes: [id('vol'), id('vol')], ...job },
    then(site, _, { volumes }) {
      for (const volume of volumes as string[]) {
        const { name, now } = volumeIn(site, volume) ?? {}
        assert.deepEqual([name, now?.sizeGb], ['data', 30])
      }
    },
  },
  {
    action: 'ModifyVolumeAttributes',
    given: two,
    parameters: ({ held = '' }) => ({ volume: held, volume_name: '', description: 'all of it' }),
    answer: {},
    then(site, { held }) {
      const { name, description } = volumeIn(site, held) ?? {}
      assert.deepEqual([name, description], ['', 'all of it'])
    },
  },
  {
    action: 'ResizeVolumes',
    given: two,
    parameters: ({ free = '' }) => ({ volumes: [free], size: 40 }),
    answer: ({ free = '' }) => ({ volumes: [free], ...job }),
    then: (site, { free }) => assert.equal(volumeIn(site, free)?.now.sizeGb, 40),
  },
  {
    action: 'DeleteVolumes',
    about: 'it can be described by its id afterwards',
    given: two,
    parameters: ({ free = '' }) => ({ volumes: [free] }),
    answer: ({ free = '' }) => ({ volumes: [free], ...job }),
    async then(site, { free = '' }) {
      assert.equal(volumeIn(site, free), undefined)
      assert.deepEqual(await described(site, free), ['deleted', '', 0])
      assert.equal((await site.done('DescribeVolumes'))['total_count'], 1)
    },
  },
  {
    action: 'AttachVolumes',
    given: two,
    parameters: ({ server = '', free = '' }) => ({ instance: server, volumes: [free] }),
    answer: job,
    async then(site, { server, free = '' }) {
      assert.equal(volumeIn(site, free)?.now.server, server)
      assert.deepEqual(await described(site, free), ['in-use', 'attaching', 0])
    },
  },
  {
    action: 'DetachVolumes',
    given: two,
    parameters: ({ server = '', held = '' }) => ({ instance: server, volumes: [held] }),
    answer: job,
    async then(site, { held = '' }) {
      assert.equal(volumeIn(site, held)?.now.server, null)
      assert.deepEqual(await described(site, held), ['available', 'detaching', 2])
    },
  },
]
