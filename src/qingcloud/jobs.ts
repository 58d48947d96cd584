import { reading } from './action.ts'
import { owner } from './cloud.ts'
import type { Cloud } from './cloud.ts'
import { page } from './describe.ts'
import { timeText } from './labels.ts'
import type { Job } from './ledger.ts'
import { flag, int, list, text } from './parameters.ts'
import { progressOf } from './transition.ts'

/** What was begun and how far it is. */
export const jobActions = [
  reading(
    'DescribeJobs',
    {
      jobs: list(text).optional(),
      status: list(text).optional(),
      job_action: text.optional(),
      offset: int(0).default(0),
      limit: int(0).default(0),
      reverse: flag.default(false),
    },
    ({ jobs: ids, status, job_action: action, ...window }, { cloud }) => {
      const jobs = ids ? ids.flatMap(id => cloud.ledger.job(id) ?? []) : [...cloud.ledger.jobs()]
      const found = jobs.filter(
        job =>
          (action === undefined || job.action === action) &&
          (status === undefined || status.includes(progressOf(cloud, job))),
      )
      return page(window, 'job_set', found, job => jobView(job, cloud))
    },
  ),
]

function jobView(job: Job, cloud: Cloud): object {
  const status = progressOf(cloud, job)
  const end = cloud.ledger.job(job.id)?.end ?? null
  return {
    job_id: job.id,
    job_action: job.action,
    create_time: timeText(job.createdAt),
    resource_ids: job.resources.join(' '),
    owner,
    status,
    status_time: timeText(end?.at ?? job.createdAt),
    error_codes: end?.reason ?? '',
    directive: '',
  }
}
