import { z } from 'zod'
import { children, defineKind, enabled, port, power, ref } from './define.ts'
import { ipv4 } from './address.ts'

const check = z
  .strictObject({
    protocol: z
      .enum(['tcp', 'http', 'none'])
      .default('tcp')
      .describe('What is asked of a backend; with none it counts as active'),
    path: z
      .string()
      .max(1024)
      .regex(/^\/[\x21-\x7e]*$/)
      .default('/')
      .describe('The path that an HTTP check gets'),
    host: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9.:_-]*$/)
      .default('')
      .describe('The Host that an HTTP check sends'),
    intervalS: z.int().min(2).max(60).default(10).describe('Seconds between checks of a steady backend'),
    timeoutS: z.int().min(1).max(300).default(5).describe('Seconds until a check has failed'),
    fall: z.int().min(2).max(10).default(2).describe('Failures in a row that make it unavailable'),
    rise: z.int().min(2).max(10).default(5).describe('Successes in a row that make it active'),
  })
  .prefault({})

export const loadBalancer = defineKind({
  prefix: 'lb',
  plural: 'load-balancers',
  label: { en: 'Load balancer', zh: '负载均衡器' },
  about: { en: 'Spreads connections over backends, wherever they are.', zh: '把连接分配给任意位置的后端。' },
  now: z.strictObject({
    eips: z.array(ref('eip')).max(4).default([]).describe('Public addresses that clients connect to'),
    subnet: ref('subnet').nullable().default(null).describe('The private network that it reaches backends through'),
    address: ipv4.nullable().default(null).describe('Its address there; a free one when left out'),
    routeTable: ref('route-table')
      .nullable()
      .default(null)
      .describe('A route table of its own, asked before that of the subnet'),
    maxConnections: z
      .literal([5000, 20000, 40000, 100000, 200000, 500000])
      .default(5000)
      .describe('How many connections it may carry; more are refused'),
    power,
  }),
  spec: z.strictObject({
    securityGroup: ref('security-group').describe('What may reach its listeners; the default group when left out'),
    listeners: children('lbl', {
      protocol: z.enum(['http', 'tcp']).default('http'),
      port,
      balance: z.enum(['roundrobin', 'leastconn', 'source']).default('roundrobin'),
      check,
      forwardedFor: z.boolean().default(true).describe('Adds X-Forwarded-For on HTTP'),
      timeoutS: z.int().min(10).max(86400).default(50).describe('Seconds without data after which a connection ends'),
      enabled,
      backends: children('lbb', {
        address: ipv4.nullable().default(null).describe('Its address, public or private'),
        server: ref('server').nullable().default(null).describe('Or a server of this network'),
        port,
        weight: z.int().min(0).max(100).default(1).describe('Its share; 0 drains it'),
        backup: z.boolean().default(false).describe('Serves only when every other backend is unavailable'),
        enabled,
      }).describe('Who serves the connections'),
    }).describe('The ports that it accepts connections on'),
  }),
  fixed: [],
  columns: ['eips', 'subnet', 'address'],
})
