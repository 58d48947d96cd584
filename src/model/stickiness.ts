import { z } from 'zod'
import { formed } from './define.ts'

const cookie = z
  .string()
  .min(1)
  .max(64)
  .regex(formed('word', /^[A-Za-z0-9_.-]*$/))

/** What keeps a client with the backend that served it before. Cookies go with HTTP only. */
export const stickiness = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({
      type: z.literal('source'),
      lifetimeS: z.int().min(10).max(86400).default(1800).describe('Seconds that a silent client is remembered'),
    }),
    z.strictObject({
      type: z.literal('insert'),
      cookie: cookie.default('CWSRV').describe('The cookie that the balancer adds'),
      lifetimeS: z
        .int()
        .min(0)
        .max(31536000)
        .default(0)
        .describe('Seconds without a request after which it no longer counts; 0 for as long as the browser runs'),
    }),
    z.strictObject({
      type: z.literal('rewrite'),
      cookie: cookie.describe('The cookie of the backend whose value the balancer replaces'),
    }),
    z.strictObject({
      type: z.literal('prefix'),
      cookie: cookie.describe('The cookie of the backend before whose value the balancer writes'),
    }),
    z.strictObject({
      type: z.literal('backend'),
      cookie: cookie.describe('The cookie of the backend that the balancer remembers'),
      lifetimeS: z
        .int()
        .min(0)
        .max(31536000)
        .default(3600)
        .describe('Seconds that an unused one is remembered; 0 always'),
    }),
  ])
  .default({ type: 'none' })
  .describe('What keeps a client with one backend; cookies on HTTP only')
