import { z } from 'zod'
import { children, defineKind, enabled, portRange, power, ref } from './define.ts'
import { ipv4 } from './address.ts'

export const natGateway = defineKind({
  prefix: 'nfv',
  plural: 'nat-gateways',
  label: { en: 'NAT gateway', zh: 'NAT 网关' },
  about: {
    en: 'Translates between private addresses of a VPC and public ones.',
    zh: '在 VPC 的私有地址与公网地址之间转换。',
  },
  now: z.strictObject({
    vpc: ref('vpc').describe('The VPC that it serves, with all its subnets'),
    size: z.enum(['small', 'medium', 'large']).default('small').describe('How many SNAT connections it may carry'),
    eips: z.array(ref('eip')).max(10).default([]).describe('Its public addresses'),
    power,
  }),
  spec: z.strictObject({
    securityGroup: ref('security-group').describe(
      'What may enter it, from either side; the default group when left out',
    ),
    snatRules: children('snat', {
      target: ref('subnet', 'server').describe('Whose packets are translated'),
      eips: z
        .array(ref('eip'))
        .min(1)
        .max(10)
        .describe('The public addresses they get; one of several at random per flow'),
      enabled,
    }).describe('Who may reach the internet, and as whom'),
    dnatRules: children('dnat', {
      protocol: z.enum(['tcp', 'udp']).default('tcp'),
      eip: ref('eip').describe('The public address that clients connect to'),
      port: portRange.describe('The public port or range'),
      toAddress: ipv4.describe('The private address it leads to'),
      toPort: portRange.describe('The port there; a range must equal the public one'),
      enabled,
    }).describe('Public ports that lead to servers'),
  }),
  fixed: ['vpc'],
  columns: ['vpc', 'size', 'eips'],
})
