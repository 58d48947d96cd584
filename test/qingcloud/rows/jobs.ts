import assert from 'node:assert/strict'
import type { Given, Row } from '../row.ts'
import { id, time, type Shape } from '../shape.ts'
import type { Site } from '../site.ts'

async function allocated(site: Site): Promise<Given> {
  site.sync()
  const { eips } = await site.done('AllocateEips', { bandwidth: 5 })
  const [eip = ''] = eips as string[]
  const { job_id: job } = await site.done('ChangeEipsBandwidth', { eips: [eip], bandwidth: 6 })
  return { eip, job: String(job) }
}

const jobShape = ({ eip = '', job = '' }: Given, known: { readonly [field: string]: Shape } = {}): Shape => ({
  job_id: job,
  job_action: 'ChangeEipsBandwidth',
  create_time: time,
  resource_ids: eip,
  owner: id('usr'),
  status: 'working',
  status_time: time,
  error_codes: '',
  directive: '',
  ...known,
})

export const rows: readonly Row[] = [
  {
    action: 'DescribeJobs',
    given: allocated,
    parameters: ({ job = '' }) => ({ jobs: [job] }),
    answer: given => ({ job_set: [jobShape(given)], total_count: 1 }),
    async then(site, { job = '', eip = '' }) {
      const found = async () => (await site.done('DescribeJobs', { jobs: [job], status: 'successful' }))['total_count']
      assert.equal(await found(), 0)
      site.sync()
      assert.equal(await found(), 1)
      // What goes wrong later is not this job's.
      site.sync({ [eip]: 'no such device' })
      assert.equal(await found(), 1)
    },
  },
  {
    action: 'DescribeJobs',
    about: 'a job fails where an agent says that its resource does',
    async given(site) {
      const given = await allocated(site)
      site.sync({ [given['eip'] ?? '']: 'no such device' })
      return given
    },
    parameters: { status: 'failed', job_action: 'ChangeEipsBandwidth' },
    answer: given => ({
      job_set: [jobShape(given, { status: 'failed', error_codes: 'no such device' })],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeJobs',
    about: 'an id that is unknown is passed over',
    parameters: { jobs: ['j-00000000'] },
    answer: { job_set: [], total_count: 0 },
  },
]
