import { z } from 'zod'
import { cidr } from './address.ts'
import { defineKind, enabled, portRange, ref } from './define.ts'

/** Servers: one, all of a private network, or all that have a tag. */
const servers = [
  z.strictObject({ type: z.literal('server'), id: ref('server') }),
  z.strictObject({ type: z.literal('subnet'), id: ref('subnet') }),
  z.strictObject({ type: z.literal('tag'), id: ref('tag') }),
] as const

const balancer = z.strictObject({ type: z.literal('load-balancer'), id: ref('load-balancer') })

const source = z
  .discriminatedUnion('type', [
    ...servers,
    balancer,
    z.strictObject({ type: z.literal('internet'), prefix: cidr.default('0.0.0.0/0') }),
  ])
  .describe('Who: a server, those of a private network or with a tag, what a balancer itself opens, or the internet')

const target = z
  .discriminatedUnion('type', [
    ...servers,
    balancer,
    z.strictObject({ type: z.literal('eip'), id: ref('eip') }),
    z.strictObject({ type: z.literal('address'), prefix: cidr }),
  ])
  .describe('Whom: servers, the listeners of a balancer, a public IP, or an address or prefix')

export const policyTest = defineKind({
  prefix: 'pt',
  plural: 'policy-tests',
  label: { en: 'Policy test', zh: '可达性测试' },
  about: {
    en: 'States who must reach whom, or must not: an apply that would break it is refused, and it is tried with packets.',
    zh: '声明谁必须（或不得）能访问谁：会违反它的应用修改将被拒绝，并会用真实数据包验证。',
  },
  now: z.strictObject({
    must: z.enum(['reach', 'not-reach']).default('reach').describe('Whether they must get there, or must not'),
    from: source,
    to: target,
    protocol: z.enum(['tcp', 'udp', 'icmp']).default('tcp').describe('What is sent'),
    ports: portRange
      .nullable()
      .default(null)
      .describe('The port or ports that it is about; all of them when null, and of a balancer those of its listeners'),
    enabled: enabled.describe('Whether it is looked at'),
  }),
  spec: z.strictObject({}),
  fixed: [],
  columns: ['verdict', 'must', 'from', 'to', 'protocol', 'ports'],
})
