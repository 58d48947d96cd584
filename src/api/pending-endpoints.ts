import type { Pending } from '../client/apply-wire.ts'
import { differences } from '../model/changes.ts'
import { isApplied, type Model, type Resource } from '../model/model.ts'
import { wholePage } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import type { Services } from './resources.ts'
import { refTo } from './schemas.ts'

/** What waits for an apply. */
export function pendingEndpoints({ model }: Services): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/pending',
      name: 'listPending',
      tag: 'system',
      about: 'Lists every resource whose draft waits for an apply, with what it would change; latest changed first',
      needs: 'read-only',
      answers: { status: 200, about: 'All of them', schema: refTo('PendingPage') },
      handle: () => ({ status: 200, body: wholePage(pendingOf(model())) }),
    },
  ]
}

function pendingOf({ resources }: Model): Pending[] {
  const waiting: Resource[] = []
  for (const resource of resources.values()) if (!isApplied(resource)) waiting.push(resource)
  return waiting
    .sort((a, b) => b.revision - a.revision)
    .map(({ kind, id, name, generation, revision, live, draft }) => ({
      kind,
      id,
      name,
      generation,
      revision,
      changes: [...differences(live, draft)],
    }))
}
