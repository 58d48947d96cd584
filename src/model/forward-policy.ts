import { z } from 'zod'
import { children, defineKind, enabled, formed } from './define.ts'
import { healthCheck } from './health-check.ts'

export const forwardPolicy = defineKind({
  prefix: 'lbp',
  plural: 'forward-policies',
  label: { en: 'Forwarding policy', zh: '转发策略' },
  about: {
    en: 'Which requests go to the backends that bear it; balancers may share one.',
    zh: '决定哪些请求转发到绑定它的后端；可由多个负载均衡器共用。',
  },
  now: z.strictObject({}),
  spec: z.strictObject({
    operator: z
      .enum(['or', 'and'])
      .default('or')
      .describe('Whether any rule must match or all; no rule matches nothing'),
    priority: z.int().min(0).max(99).default(50).describe('Smaller is asked first; at a tie the older policy'),
    balance: z
      .enum(['roundrobin', 'leastconn', 'source'])
      .nullable()
      .default(null)
      .describe("The listener's when null"),
    check: healthCheck.nullable().default(null).describe("The listener's when null"),
    rules: children('lbpr', {
      type: z.enum(['domain', 'url', 'source', 'header']).default('domain').describe('What of a request is looked at'),
      header: z
        .string()
        .max(64)
        .regex(formed('word', /^[A-Za-z0-9_.-]*$/))
        .default('')
        .describe('The name of the header, for rules of that type'),
      pattern: z
        .string()
        .min(1)
        .max(1024)
        .regex(/^\P{Cc}*$/u)
        .describe(
          'Regular expressions, for sources prefixes; several with spaces between them, one of which must match',
        ),
      enabled,
    }).describe('What a request must be like'),
    rewrites: children('lbpw', {
      pattern: z
        .string()
        .min(1)
        .max(255)
        .regex(/^[^\s\p{Cc}]*$/u)
        .describe('A regular expression; its first match in the path is replaced, whatever the case'),
      replacement: z
        .string()
        .max(255)
        .regex(/^[^\s\p{Cc}]*$/u)
        .default('')
        .describe('What stands in its place; \\1 is the first group'),
      priority: z
        .int()
        .min(0)
        .max(100)
        .default(50)
        .describe('Smaller is done first; each works on what the one before made'),
      enabled,
    }).describe('How the path is changed before a backend sees it'),
  }),
  fixed: [],
  columns: ['operator', 'priority', 'rules'],
})
