import type { Broken } from './broken.ts'

const proved = { sure: 'proved', mendedBy: 'repair' } as const
const byOthers = { sure: 'proved', mendedBy: 'others' } as const

/** Steps that were left out, and applies that were forgotten. */
export const brokenSteps: readonly Broken[] = [
  { name: 'no NAT gateway was made', on: 'a', without: ['nat-gateway'], says: 'no-route', of: 'routeTable', ...proved },
  {
    name: 'the NAT gateway got no public IP',
    on: 'a',
    without: ['natEip'],
    says: 'nat-gateway-without-eip',
    of: 'natGateway',
    ...proved,
  },
  {
    name: 'the SNAT rule was left out',
    on: 'a',
    without: ['snat-rule'],
    says: 'no-snat-rule',
    of: 'natGateway',
    ...proved,
  },
  {
    name: 'the SNAT rule was not applied',
    on: 'a',
    without: ['apply-nat-gateway'],
    says: 'snat-rule-not-applied',
    of: 'natGateway',
    ...proved,
  },
  {
    name: 'the listener got no backend',
    on: 'a',
    without: ['backends'],
    says: 'no-backend',
    of: 'balancer',
    ...byOthers,
  },
  {
    name: 'the backend was not applied',
    on: 'a',
    without: ['apply-load-balancer'],
    says: 'balancer-not-applied',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the group got no rule',
    on: 'a',
    without: ['security-group-rule'],
    says: 'group-refuses',
    of: 'group',
    ...proved,
  },
  {
    name: 'the rule of the group was not applied',
    on: 'a',
    without: ['apply-security-group'],
    says: 'group-not-applied',
    of: 'group',
    ...proved,
  },
  { name: 'the route was left out', on: 'b', without: ['route'], says: 'no-route', of: 'routeTable', ...proved },
  {
    name: 'the route was not applied',
    on: 'b',
    without: ['apply-route-table'],
    says: 'route-not-applied',
    of: 'routeTable',
    ...proved,
  },
  { name: 'the VPC got no public IP', on: 'b', without: ['vpcEip'], says: 'router-without-eip', of: 'vpc', ...proved },
  {
    name: 'the backend was not applied, by the way of the router',
    on: 'b',
    without: ['apply-load-balancer'],
    says: 'balancer-not-applied',
    of: 'balancer',
    ...proved,
  },
  {
    name: 'the rule for the router was not applied',
    on: 'b',
    without: ['apply-security-group'],
    says: 'group-not-applied',
    of: 'group',
    ...proved,
  },
]
