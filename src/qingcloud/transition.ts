import type { Id, Resource } from '../model/model.ts'
import type { Cloud } from './cloud.ts'
import type { Job, JobEnd } from './ledger.ts'

/** How far a job is. */
export type Progress = 'pending' | 'working' | JobEnd['status']

/**
 * How far a job is, by what the agents report: it waits for an agent to be there, and then for every one of them to have
 * reached its revision. An end is noted: what happens to the resources later is not the job's.
 */
export function progressOf(cloud: Cloud, job: Job): Progress {
  if (job.end) return job.end.status
  const present = cloud.agents().filter(agent => agent.present)
  if (present.length === 0) return 'pending'
  if (present.some(({ synced }) => synced < job.revision)) return 'working'
  const reason = present
    .flatMap(({ failures }) =>
      job.resources.map(id => (Object.hasOwn(failures, id) ? (failures[id] ?? '') : undefined)),
    )
    .find(each => each !== undefined)
  const status = reason === undefined ? 'successful' : 'failed'
  cloud.ledger.end(job.id, { status, at: cloud.now(), reason: reason ?? '' })
  return status
}

/** What a resource goes through now by one of its jobs; empty where nothing goes on. */
export function jobTransition(cloud: Cloud, id: Id): string {
  for (const job of cloud.ledger.open(id)) {
    const progress = progressOf(cloud, job)
    if (progress === 'pending' || progress === 'working') return job.transition
  }
  return ''
}

/** What a resource goes through now, whoever asked for it; empty when it has settled. */
export function transitionOf(cloud: Cloud, resource: Resource): string {
  const { phase, reason } = cloud.statusOf(resource)
  return jobTransition(cloud, resource.id) || (phase === 'pending' && reason === '' ? 'updating' : '')
}

/**
 * A transition as clients know it of a kind of resource, or another word where they do not know it: they give up waiting where
 * they read what they do not expect.
 */
export function asKnown(transition: string, known: readonly string[], otherwise = ''): string {
  return known.includes(transition) || transition === '' ? transition : otherwise
}

/** Whether a resource is not there yet: its creation goes on. */
export function isBeingCreated(cloud: Cloud, id: Id): boolean {
  return jobTransition(cloud, id) === 'creating'
}
