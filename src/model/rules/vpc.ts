import { contains, isPrivate, parseCidr } from '../address.ts'
import type { Model, RouteTable, Subnet, Vpc } from '../model.ts'
import type { Problem } from '../problem.ts'
import { duplicates, overQuota, type Rules } from './rule.ts'
import { regionProblems } from './zone.ts'

export const vpcRules: Rules<'vpc'> = {
  *whole(model, vpc) {
    const { cidr, type, eip } = vpc.now
    const { bits } = parseCidr(cidr)
    if (bits > 28 || !isPrivate(cidr)) yield { code: 'vpc-range', at: 'cidr' }
    if (type === 'free' && eip !== null) yield { code: 'free-vpc-eip', at: 'eip' }
    if (eip !== null) yield* regionProblems(model, [eip], vpc.id, () => 'eip')
    yield* memberProblems(model, vpc)
  },

  *spec(_model, vpc, { portForwards, dnsRecords, dhcpOptions }) {
    yield* overQuota('portForwards', portForwards.length, 'portForwards')
    for (const { index, first } of duplicates(portForwards, f => `${f.protocol} ${f.port}`)) {
      yield { code: 'duplicate', at: `portForwards[${index}].port`, values: { other: `portForwards[${first}]` } }
    }
    for (const [i, { toAddress }] of portForwards.entries()) {
      if (contains(vpc.now.cidr, toAddress)) continue
      yield { code: 'outside-vpc', at: `portForwards[${i}].toAddress`, values: { range: vpc.now.cidr } }
    }
    yield* overQuota('dnsRecords', dnsRecords.length, 'dnsRecords')
    for (const { index, first } of duplicates(dnsRecords, each => each.domain)) {
      yield { code: 'duplicate', at: `dnsRecords[${index}].domain`, values: { other: `dnsRecords[${first}]` } }
    }
    yield* overQuota('dhcpOptions', dhcpOptions.length, 'dhcpOptions')
    for (const { index, first } of duplicates(dhcpOptions, each => each.server)) {
      yield { code: 'duplicate', at: `dhcpOptions[${index}].server`, values: { other: `dhcpOptions[${first}]` } }
    }
  },
}

function* memberProblems(model: Model, vpc: Vpc): Iterable<Problem> {
  const members = [...(model.members.get(vpc.id)?.values() ?? [])]
  const subnets = members.filter(m => m.kind === 'subnet').filter(hasRange)
  const tables = members.filter(m => m.kind === 'route-table')
  const gateways = members.filter(m => m.kind === 'nat-gateway')
  yield* overQuota('subnetsPerVpc', subnets.length, '')
  yield* overQuota('natGatewaysPerVpc', gateways.length, '')
  const defaults = tables.filter(table => table.now.isDefault)
  if (defaults.length !== 1) {
    for (const { id } of defaults.length > 1 ? defaults : [vpc]) yield { code: 'one-default', at: '', resource: id }
  }
  yield* overlapProblems(subnets)
  for (const table of tables) yield* hopProblems(table, subnets)
}

/** A subnet without a range is wrong in itself, and says so. */
function hasRange(subnet: Subnet): subnet is Ranged {
  return subnet.now.cidr !== null
}

type Ranged = Subnet & { readonly now: { readonly cidr: string } }

function* overlapProblems(subnets: readonly Ranged[]): Iterable<Problem> {
  const sorted = subnets.map(subnet => ({ subnet, ...parseCidr(subnet.now.cidr) })).sort((a, b) => a.first - b.first)
  let widest = sorted[0]
  for (const next of sorted.slice(1)) {
    if (widest && next.first <= widest.last) {
      yield overlap(next.subnet, widest.subnet)
      yield overlap(widest.subnet, next.subnet)
    }
    if (!widest || next.last > widest.last) widest = next
  }
}

function overlap(subnet: Ranged, other: Ranged): Problem {
  return { code: 'overlap', at: 'cidr', resource: subnet.id, values: { other: other.id, range: other.now.cidr } }
}

function* hopProblems(table: RouteTable, subnets: readonly Ranged[]): Iterable<Problem> {
  const versions = table.draft === table.live ? [table.draft] : [table.draft, table.live]
  for (const spec of versions) {
    for (const [i, { nextHop }] of spec.routes.entries()) {
      if (nextHop.type !== 'address' || subnets.some(s => contains(s.now.cidr, nextHop.address))) continue
      const at = `routes[${i}].nextHop.address`
      yield { code: 'hop-outside', at: spec === table.draft ? at : `live.${at}`, resource: table.id }
    }
  }
}
