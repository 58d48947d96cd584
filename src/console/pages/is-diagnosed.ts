import type { KindName } from '../../model/kinds.ts'

/** Whether it can be asked what is wrong with a resource of this kind. */
export function isDiagnosed(kind: KindName): boolean {
  return kind === 'load-balancer' || kind === 'eip' || kind === 'server'
}
