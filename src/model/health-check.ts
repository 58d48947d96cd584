import { z } from 'zod'
import { formed } from './define.ts'

/** How backends are asked whether they serve. */
export const healthCheck = z.strictObject({
  protocol: z
    .enum(['tcp', 'http', 'https', 'udp', 'icmp', 'none'])
    .default('tcp')
    .describe(
      'What is asked of a backend; with none it counts as active. UDP and ICMP go with UDP listeners only, which are asked by UDP where nothing is said',
    ),
  path: z
    .string()
    .max(1024)
    .regex(formed('path', /^\/[\x21-\x7e]*$/))
    .default('/')
    .describe('The path that an HTTP check gets'),
  host: z
    .string()
    .max(255)
    .regex(formed('host', /^[A-Za-z0-9.:_-]*$/))
    .default('')
    .describe('The Host that an HTTP check sends, and the name that an HTTPS check asks for'),
  accept: z
    .string()
    .max(64)
    .regex(formed('statuses', /^([1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*)?$/))
    .default('')
    .describe(
      'Statuses that an HTTP check accepts, e.g. 200-299,404; when empty 200-399 on HTTP listeners, 200 on others',
    ),
  expect: z
    .string()
    .max(256)
    .regex(/^\P{Cc}*$/u)
    .default('')
    .describe('Text that the answer to an HTTP or UDP check must hold'),
  send: z
    .string()
    .max(256)
    .regex(/^\P{Cc}*$/u)
    .default('')
    .describe('What a UDP check sends'),
  intervalS: z.int().min(2).max(60).default(10).describe('Seconds between checks of a steady backend'),
  timeoutS: z.int().min(1).max(300).default(5).describe('Seconds until a check has failed'),
  fall: z.int().min(2).max(10).default(2).describe('Failures in a row that make it unavailable'),
  rise: z.int().min(2).max(10).default(5).describe('Successes in a row that make it active'),
})
