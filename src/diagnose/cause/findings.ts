import type { Model } from '../../model/model.ts'
import type { Finding, FindingCode } from './finding.ts'
import { repaired } from './repair.ts'

/** Findings whose repairs can be done: of what would be refused it is only said what is wrong. */
export function practicable(model: Model, findings: readonly Finding[]): Finding[] {
  return findings.map(each => (each.repair && repaired(model, each.repair) === null ? { ...each, repair: null } : each))
}

/** Findings that say the same, once. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const keyOf = ({ code, resource, values }: Finding) => JSON.stringify([code, resource, values])
  const byKey = new Map<string, Finding>()
  for (const each of findings) byKey.getOrInsert(keyOf(each), each)
  return [...byKey.values()]
}

const silences: readonly FindingCode[] = ['timeout', 'no-ping', 'no-way-seen', 'check-failed', 'vip-not-taken']

/** Whether what is said is that nobody is there at all: as where something full on the way dropped what was sent. */
export function saysNothing(code: FindingCode): boolean {
  return silences.includes(code)
}
