import { z } from 'zod'
import { children, defineKind, enabled, port, power, ref } from './define.ts'
import { cidr, ipv4 } from './address.ts'

export const vpc = defineKind({
  prefix: 'rtr',
  plural: 'vpcs',
  label: { en: 'VPC network', zh: 'VPC 网络' },
  about: { en: 'An isolated network with a router of its own.', zh: '带有专属路由器的隔离网络。' },
  now: z.strictObject({
    zone: ref('zone').default('local').describe('The region it lies in'),
    type: z
      .enum(['free', 'small', 'medium', 'large', 'xlarge'])
      .default('small')
      .describe('What its router may forward; the free type has no way to the internet'),
    cidr: cidr.describe('Its address range, /8 to /28; every subnet lies within it'),
    eip: ref('eip').nullable().default(null).describe('The public address that its subnets share for source NAT'),
    power,
  }),
  spec: z.strictObject({
    securityGroup: ref('security-group').describe('What may enter its router; the default group when left out'),
    portForwards: children('rtrs', {
      protocol: z.enum(['tcp', 'udp']).default('tcp'),
      port: port.describe('The port on the public address'),
      toAddress: ipv4.describe('The private address that it leads to'),
      toPort: port.describe('The port there'),
      enabled,
    }).describe('Ports of the public address that lead to servers'),
    dnsRecords: children('rtrs', {
      domain: z
        .string()
        .max(253)
        .regex(/^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/)
        .describe('The name that is asked for, such as db or db.internal'),
      addresses: z.array(ipv4).min(1).max(20).describe('What is answered'),
      enabled,
    }).describe('Names that the router answers for its private networks'),
    dhcpOptions: children('rtrs', {
      server: ref('server').describe('The server that is told them'),
      options: z
        .array(
          z
            .string()
            .max(255)
            .regex(/^[a-z][a-z0-9-]*=[\x20-\x3a\x3c-\x7e]*$/),
        )
        .min(1)
        .max(20)
        .describe('Options, such as domain-name-servers=192.0.2.53'),
      enabled,
    }).describe('What a server is told beside its address; kept for those who read it, and not acted on'),
  }),
  fixed: ['zone', 'cidr'],
  columns: ['cidr', 'type', 'eip'],
})
