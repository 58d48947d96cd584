import { contains } from '../address.ts'
import { portsOf } from '../define.ts'
import { find, type Model, type NatGateway } from '../model.ts'
import type { Problem } from '../problem.ts'
import { duplicates, overQuota, type Rules } from './rule.ts'
import { memberProblems } from './subnet.ts'
import { regionProblems } from './zone.ts'

type Spec = NatGateway['draft']

export const natGatewayRules: Rules<'nat-gateway'> = {
  *whole(model, { now }) {
    for (const { index, first } of duplicates(now.eips, id => id)) {
      yield { code: 'duplicate', at: `eips[${index}]`, values: { other: `eips[${first}]` } }
    }
    yield* regionProblems(model, now.eips, now.vpc, i => `eips[${i}]`)
  },

  *spec(model, gateway, spec) {
    yield* snatProblems(model, gateway, spec.snatRules)
    yield* dnatProblems(model, gateway, spec.dnatRules)
  },
}

function* snatProblems(model: Model, { now }: NatGateway, rules: Spec['snatRules']): Iterable<Problem> {
  yield* overQuota('snatRules', rules.length, 'snatRules')
  for (const { index, first } of duplicates(rules, rule => rule.target)) {
    yield { code: 'duplicate', at: `snatRules[${index}].target`, values: { other: `snatRules[${first}]` } }
  }
  for (const [i, { target, eips }] of rules.entries()) {
    const resource = find(model, 'subnet', target) ?? find(model, 'server', target)
    if (resource) yield* memberProblems(model, now.vpc, resource, `snatRules[${i}].target`)
    for (const [j, id] of eips.entries()) {
      if (!now.eips.includes(id)) yield { code: 'eip-not-held', at: `snatRules[${i}].eips[${j}]`, values: { id } }
    }
    for (const { index, first } of duplicates(eips, id => id)) {
      yield { code: 'duplicate', at: `snatRules[${i}].eips[${index}]`, values: { other: `eips[${first}]` } }
    }
  }
}

function* dnatProblems(model: Model, { now }: NatGateway, rules: Spec['dnatRules']): Iterable<Problem> {
  yield* overQuota('dnatRules', rules.length, 'dnatRules')
  const range = find(model, 'vpc', now.vpc)?.now.cidr
  for (const [i, rule] of rules.entries()) {
    const at = `dnatRules[${i}]`
    if (!now.eips.includes(rule.eip)) yield { code: 'eip-not-held', at: `${at}.eip`, values: { id: rule.eip } }
    if (range && !contains(range, rule.toAddress))
      yield { code: 'outside-vpc', at: `${at}.toAddress`, values: { range } }
    if (differs(rule.port, rule.toPort)) yield { code: 'range-differs', at: `${at}.toPort` }
    const first = rules.slice(0, i).findIndex(other => clashes(rule, other))
    if (first >= 0) yield { code: 'duplicate', at: `${at}.port`, values: { other: `dnatRules[${first}]` } }
  }
}

function differs(port: string, toPort: string): boolean {
  const [[from, to], [toFrom, toTo]] = [portsOf(port), portsOf(toPort)]
  return (from !== to || toFrom !== toTo) && (from !== toFrom || to !== toTo)
}

function clashes(a: Spec['dnatRules'][number], b: Spec['dnatRules'][number]): boolean {
  if (a.eip !== b.eip || a.protocol !== b.protocol) return false
  const [[from, to], [otherFrom, otherTo]] = [portsOf(a.port), portsOf(b.port)]
  return from <= otherTo && otherFrom <= to
}
