import { kinds, type KindName } from '../../model/kinds.ts'

/** Whether a kind's resources can be thought away as a whole. */
export function mayBeMissed(kind: KindName): boolean {
  return kind === 'eip' || kind === 'zone' || 'power' in kinds[kind].now.shape
}
