import { breachText, isBroken, policyChanges } from '../diagnose/reach/policy.ts'
import type { Id, Model } from '../model/model.ts'
import type { Problem } from '../model/problem.ts'

/** The policy tests that publishing some resources would break, each with what first breaks it. */
export function brokenBy(before: Model, after: Model, published: readonly Id[]): readonly Problem[] {
  if (published.length === 0) return []
  return policyChanges(before, after, published).flatMap(change => {
    if (!isBroken(change) || change.after.state !== 'broken') return []
    const { test, after: verdict } = change
    const [en, zh] = (['en', 'zh'] as const).map(language => breachText(after, test, verdict.because, language))
    const label = test.name ? `${test.name} (${test.id})` : test.id
    return [{ code: 'policy-broken', at: '', resource: test.id, values: { test: label, 'why:en': en!, 'why:zh': zh! } }]
  })
}
