import type { KindName } from '../model/kinds.ts'
import type { Id, Resource } from '../model/model.ts'
import type { Call } from './action.ts'
import { named } from './describe.ts'

/** Deletes resources, all or none, and keeps them describable; answers with the id of the job. Refused while one is in use. */
export async function remove(call: Call, kind: KindName, ids: readonly Id[], transition = 'deleting'): Promise<string> {
  const gone = call.heedEach([...new Set(ids)], id => named(call, kind, id) as Resource)
  const done = await call.runAll(gone.map(({ id }) => ({ do: 'delete', kind, id })))
  call.cloud.ledger.bury(gone)
  return call.job(transition, ids, done)
}
