import type { Rules } from './rule.ts'

export const policyTestRules: Rules<'policy-test'> = {
  *whole(_model, { now }) {
    if (now.ports !== null && now.protocol === 'icmp') yield { code: 'ports-without-protocol', at: 'ports' }
  },
}
