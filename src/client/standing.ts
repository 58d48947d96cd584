import type { Id } from '../model/model.ts'
import type { BackendStatus } from './wire.ts'

/** What decides whose turn it is among the backends of a listener. */
interface Backend {
  readonly id: Id
  readonly enabled: boolean
  readonly weight: number
  readonly policy: Id | null
  readonly backup: boolean
  readonly backupTier: number
}

/**
 * What an active backup does: it stands by while another before it serves, and stands in when none does. Undefined for all
 * others, and while one before it is on its way up or down.
 */
export function standingOf(
  id: Id,
  backends: readonly Backend[],
  statuses: Readonly<Record<Id, Pick<BackendStatus, 'state'>>>,
): 'stands-by' | 'stands-in' | undefined {
  const own = backends.find(each => each.id === id)
  if (!own?.backup || !own.enabled || own.weight === 0 || statuses[id]?.state !== 'active') return undefined
  const before = backends
    .filter(({ enabled, weight, policy }) => enabled && weight > 0 && policy === own.policy)
    .filter(({ backup, backupTier }) => !backup || backupTier < own.backupTier)
    .map(each => statuses[each.id]?.state)
  if (before.includes('active')) return 'stands-by'
  return before.includes('abnormal') ? undefined : 'stands-in'
}
