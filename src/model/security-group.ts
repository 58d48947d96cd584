import { z } from 'zod'
import { children, defineKind, enabled, portRange, prefixedRef } from './define.ts'
import { cidr } from './address.ts'

/** The attributes of a rule. */
export const ruleShape = {
  priority: z.int().min(0).max(100).default(1).describe('Smaller is asked first; at a tie drop wins'),
  direction: z.enum(['ingress', 'egress']).default('ingress'),
  action: z.enum(['accept', 'drop']).default('accept'),
  protocol: z.enum(['all', 'tcp', 'udp', 'icmp', 'gre', 'esp', 'ah', 'ipip', 'vrrp']).default('all'),
  ports: z
    .union([portRange, prefixedRef('sgi', 'ip-set')])
    .nullable()
    .default(null)
    .describe('Destination port, range, or a port set; any when null. TCP and UDP only'),
  icmpType: z.int().min(0).max(255).nullable().default(null).describe('ICMP only; any when null'),
  icmpCode: z.int().min(0).max(255).nullable().default(null).describe('ICMP only; any when null'),
  peer: z
    .union([cidr, prefixedRef('sgi', 'ip-set')])
    .nullable()
    .default(null)
    .describe('The other side: source of ingress, destination of egress; a prefix or an IP set; any when null'),
  enabled,
}

export const securityGroup = defineKind({
  prefix: 'sg',
  plural: 'security-groups',
  label: { en: 'Security group', zh: '安全组' },
  about: {
    en: 'Which new flows may enter or leave; replies always may.',
    zh: '允许哪些新流量进入或离开；回应总是放行。',
  },
  now: z.strictObject({
    isDefault: z.boolean().default(false).describe('Used where no group is named; cannot be deleted'),
  }),
  spec: z.strictObject({
    rules: children('sgr', ruleShape).describe('Without a rule nothing enters and everything may leave'),
  }),
  fixed: ['isDefault'],
  columns: ['isDefault', 'rules'],
})
