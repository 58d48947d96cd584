import type { KindName } from '../../model/kinds.ts'

/** Kinds that anything is measured of. */
export const measuredKinds = ['load-balancer', 'nat-gateway', 'eip', 'vpc'] as const satisfies readonly KindName[]
export type MeasuredKind = (typeof measuredKinds)[number]

export function isMeasured(kind: KindName): kind is MeasuredKind {
  return measuredKinds.some(each => each === kind)
}
