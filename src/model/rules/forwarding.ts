import { cidr } from '../address.ts'
import { isPattern, wordsOf } from '../pattern.ts'
import type { ForwardPolicy } from '../model.ts'
import type { Problem } from '../problem.ts'
import { overQuota, type Rules } from './rule.ts'

export const forwardPolicyRules: Rules<'forward-policy'> = {
  *spec(_model, _policy, { rules, rewrites }) {
    yield* overQuota('policyRules', rules.length, 'rules')
    yield* overQuota('rewrites', rewrites.length, 'rewrites')
    for (const [i, rule] of rules.entries()) yield* ruleProblems(rule, `rules[${i}]`)
    for (const [i, { pattern }] of rewrites.entries()) yield* patternProblems(pattern, `rewrites[${i}].pattern`)
  },
}

function* ruleProblems(
  { type, header, pattern }: ForwardPolicy['draft']['rules'][number],
  at: string,
): Iterable<Problem> {
  if ((type === 'header') === (header === '')) yield { code: 'header-name', at: `${at}.header` }
  if (type !== 'source') return yield* patternProblems(pattern, `${at}.pattern`)
  if (wordsOf(pattern).length === 0) yield { code: 'missing', at: `${at}.pattern` }
  for (const word of wordsOf(pattern)) {
    if (!cidr.safeParse(word).success)
      yield { code: 'not-a-source', at: `${at}.pattern`, values: { word: word.slice(0, 64) } }
  }
}

function* patternProblems(pattern: string, at: string): Iterable<Problem> {
  if (wordsOf(pattern).length === 0) yield { code: 'missing', at }
  for (const word of wordsOf(pattern)) {
    if (!isPattern(word)) yield { code: 'not-a-pattern', at, values: { word: word.slice(0, 64) } }
  }
}
