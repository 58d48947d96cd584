import { portRange } from '../define.ts'
import { all, find, type Model, type SecurityGroup } from '../model.ts'
import type { Problem } from '../problem.ts'
import { overQuota, type Rules } from './rule.ts'

type Rule = SecurityGroup['draft']['rules'][number]

export const securityGroupRules: Rules<'security-group'> = {
  *whole(model, { now, id }) {
    if (!now.isDefault) return
    const others = [...all(model, 'security-group')].filter(other => other.now.isDefault && other.id !== id)
    if (others.length > 0) yield { code: 'one-default', at: 'isDefault' }
  },

  *spec(model, _group, { rules }) {
    yield* overQuota('rules', rules.length, 'rules')
    for (const [i, rule] of rules.entries()) {
      yield* protocolProblems(rule, `rules[${i}]`)
      yield* setProblems(model, rule.ports, 'port', `rules[${i}].ports`)
      yield* setProblems(model, rule.peer, 'ip', `rules[${i}].peer`)
    }
  },
}

function* protocolProblems({ protocol, ports, icmpType, icmpCode }: Rule, at: string): Iterable<Problem> {
  if (ports !== null && protocol !== 'tcp' && protocol !== 'udp')
    yield { code: 'ports-without-protocol', at: `${at}.ports` }
  if (icmpType !== null && protocol !== 'icmp') yield { code: 'icmp-without-protocol', at: `${at}.icmpType` }
  if (icmpCode !== null && protocol !== 'icmp') yield { code: 'icmp-without-protocol', at: `${at}.icmpCode` }
  else if (icmpCode !== null && icmpType === null) yield { code: 'code-without-type', at: `${at}.icmpCode` }
}

function* setProblems(model: Model, id: string | null, type: 'ip' | 'port', at: string): Iterable<Problem> {
  const set = find(model, 'ip-set', id)
  if (set && set.now.type !== type) yield { code: 'wrong-set', at, values: { id: set.id, holds: set.now.type } }
}

export const ipSetRules: Rules<'ip-set'> = {
  *spec(_model, { now }, { members }) {
    for (const [i, member] of members.entries()) {
      const type = portRange.safeParse(member).success ? 'port' : 'ip'
      if (type !== now.type) yield { code: 'wrong-member', at: `members[${i}]`, values: { type: now.type } }
    }
  },
}
