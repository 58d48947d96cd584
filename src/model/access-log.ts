import { z } from 'zod'
import { ipv4 } from './address.ts'
import { port } from './define.ts'

/** Where a line about every connection and request of a balancer goes. */
export const accessLog = z
  .strictObject({
    local: z.boolean().default(false).describe('Keeps the newest lines on the machine'),
    remote: z
      .strictObject({
        address: ipv4.describe('A syslog server that the balancer reaches as it does backends'),
        port: port.default(514),
        protocol: z.enum(['udp', 'tcp']).default('udp'),
        format: z.enum(['rfc3164', 'rfc5424']).default('rfc3164'),
      })
      .nullable()
      .default(null)
      .describe('A syslog server that gets them, too'),
  })
  .describe('Where a line about every connection and request goes')
