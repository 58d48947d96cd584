import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { z } from 'zod'
import { sections } from '../../src/qingcloud/actions.ts'
import type { Parameters, Value } from './clients.ts'
import { rows } from './rows.ts'
import { startSite } from './site.ts'

const actions = new Map(
  Object.values(sections)
    .flat()
    .map(action => [action.name, action]),
)
/** One request that is answered, of every action. */
const requests = [...Map.groupBy(rows, ({ action }) => action)].flatMap(([name, [row]]) => {
  const action = actions.get(name)
  return row && action ? { ...row, takes: action.parameters, mutates: action.mutates } : []
})

suite('of a request from which something is left out that is required, nothing else is said', () => {
  for (const { action, given, parameters = {}, role, takes } of requests) {
    const required = Object.entries(takes.shape).filter(([, schema]) => !z.safeParse(schema, undefined).success)
    if (required.length === 0) continue
    test(action, async t => {
      const site = await startSite(t)
      const made = (await given?.(site)) ?? {}
      const whole = typeof parameters === 'function' ? parameters(made) : parameters
      for (const [name, rest] of [
        ...required.flatMap(([each]) => without(whole, each)),
        ...withoutFields(whole, takes),
      ]) {
        const { ret_code: code, message } = await site.ask('python', action, rest, role)
        assert.deepEqual([code, message], [1100, `InvalidRequestFormat, parameter [${name}] is required`])
      }
      assert.deepEqual(site.bugs, [])
    })
  }
})

suite('of several resources that are not there each is told, beside what is left out', () => {
  for (const { action, given, parameters = {}, role, takes, mutates } of requests) {
    const lists = Object.keys(takes.shape).filter(name => takes.shape[name] instanceof z.ZodArray)
    if (!mutates || lists.length === 0) continue
    test(action, async t => {
      const site = await startSite(t)
      const made = (await given?.(site)) ?? {}
      const whole = typeof parameters === 'function' ? parameters(made) : parameters
      for (const name of lists) {
        const strangers = strangersLike(whole[name])
        if (!strangers) continue
        const { message = '' } = await site.ask('python', action, { ...whole, [name]: strangers }, role)
        for (const each of strangers) assert.ok(message.includes(`[${each}]`), message)
      }
      assert.deepEqual(site.bugs, [])
    })
  }
})

/** Requests in which more than one thing is wrong, and all that is said. */
const wrong: readonly (readonly [action: string, parameters: Parameters, code: number, says: string])[] = [
  [
    'AddRoutes',
    {
      routing_table: 'rt-00000001',
      rules: [
        { network: '10.0.0.0/8' },
        {
          nexthop: 'ResourceNotFound, resource [vol-00000001] does not exist; resource [i-00000001] does not exist',
          nexthop_type: 9,
        },
      ],
    },
    1100,
    'InvalidRequestFormat, parameter [rules.1.nexthop] is required; parameter [rules.1.nexthop_type] is required; parameter [rules.2.network] is required; parameter [rules.2.nexthop_type] must be one of 2, 3, 4; there is no Route table [rt-00000001]',
  ],
  [
    'AddRoutes',
    {
      rules: [
        { network: 'x', nexthop: 'nfv-00000001', nexthop_type: 4 },
        { network: '10.0.0.0/8', nexthop: 'y', nexthop_type: 3 },
      ],
    },
    1100,
    'InvalidRequestFormat, parameter [routing_table] is required; parameter [rules.1.network] must be an IPv4 prefix such as 10.0.0.0/24; parameter [rules.1.network] has bits set after its prefix length; write the network address; parameter [rules.2.nexthop] must be an IPv4 address such as 192.0.2.7',
  ],
  [
    'AddLoadBalancerBackends',
    {
      loadbalancer_listener: 'lbl-00000001',
      backends: [
        { resource_id: '9.9.9.9', weight: 101 },
        { resource_id: 'x', port: 0 },
      ],
    },
    2100,
    'ResourceNotFound, resource [lbl-00000001] does not exist; parameter [backends.1.port] is required; parameter [backends.1.weight] must be at most 100; parameter [backends.2.resource_id] must be an IPv4 address such as 192.0.2.7; parameter [backends.2.port] must be at least 1',
  ],
  [
    'AddLoadBalancerListeners',
    { loadbalancer: 'lb-00000001', listeners: [{ listener_port: 80, listener_protocol: 'ftp', timeout: 5 }] },
    2100,
    'ResourceNotFound, resource [lb-00000001] does not exist; parameter [listeners.1.listener_protocol] must be one of http, https, tcp, ssl, udp; parameter [listeners.1.timeout] must be at least 10',
  ],
  [
    'AllocateEips',
    {
      billing_mode: 'never',
      eip_name: 'x'.repeat(129),
    },
    1100,
    'InvalidRequestFormat, parameter [bandwidth] is required; parameter [eip_name] is longer than 128 characters; parameter [billing_mode] must be one of bandwidth, traffic',
  ],
  [
    'RunInstances',
    {
      image_id: 'centos7x64d',
      login_mode: 'passwd',
      instance_type: 'giant',
      vxnets: ['vxnet-00000001'],
      volumes: ['vol-00000001', 'vol-00000002'],
      count: 2,
    },
    1100,
    'InvalidRequestFormat, parameter [login_passwd] is required; resource [vol-00000001] does not exist; resource [vol-00000002] does not exist; parameter [instance_type] must be a type such as c2m4, or small_b to large_c; or give cpu and memory; parameter [vxnets] there is no Private network [vxnet-00000001]',
  ],
  [
    'AddSecurityGroupRules',
    {
      security_group: 'sg-00000001',
      rules: [
        { protocol: 'icmp', val1: 'x' },
        { protocol: 'tcp', priority: 1, val2: '9' },
      ],
    },
    1100,
    'InvalidRequestFormat, parameter [rules.1.priority] is required; parameter [rules.1.val1] must be a number from 0 to 255; parameter [rules.2.val2] needs a first port in [rules.2.val1]; there is no Security group [sg-00000001]',
  ],
  [
    'AttachVolumes',
    { instance: 'i-00000001', volumes: ['vol-00000001'] },
    2100,
    'ResourceNotFound, resource [vol-00000001] does not exist; resource [i-00000001] does not exist',
  ],
  [
    'GetMonitor',
    { resource: 'eip-00000001', meters: ['traffic'], step: '7m', start_time: 'now', end_time: 'then' },
    1100,
    'InvalidRequestFormat, parameter [step] must be one of 5m, 15m, 30m, 1h, 2h, 1d; resource [eip-00000001] does not exist, or has another action for what is measured of it; parameter [start_time] must be a time in UTC such as 2026-01-31T09:30:00Z; parameter [end_time] must be a time in UTC such as 2026-01-31T09:30:00Z',
  ],
]

for (const [action, parameters, code, says] of wrong) {
  test(`all that is wrong with a request is said at once: ${action}`, async t => {
    const site = await startSite(t)
    const { revision } = site.cloud.model()
    const { ret_code: told, message } = await site.ask('python', action, parameters)
    assert.deepEqual([told, message], [code, says])
    assert.equal(site.cloud.model().revision, revision)
    assert.deepEqual(site.bugs, [])
  })
}

type Lacking = readonly (readonly [name: string, rest: Parameters])[]

function without(whole: Parameters, name: string): Lacking {
  const { [name]: left, ...rest } = whole
  return left === undefined ? [] : [[name, rest]]
}

/** The same without what an entry of a list must have. */
function withoutFields(whole: Parameters, takes: z.ZodObject): Lacking {
  return Object.entries(takes.shape).flatMap(([name, schema]) => {
    const [first, ...others] = Array.isArray(whole[name]) ? (whole[name] as readonly Value[]) : []
    if (!(schema instanceof z.ZodArray && schema.element instanceof z.ZodObject) || typeof first !== 'object') return []
    return Object.entries(schema.element.shape).flatMap(([field, inner]) =>
      z.safeParse(inner, undefined).success
        ? []
        : without(first as Parameters, field).map(
            ([, entry]) => [`${name}.1.${field}`, { ...whole, [name]: [entry, ...others] }] as const,
          ),
    )
  })
}

/** Two ids of the kind that a list holds, which are nobody's. */
function strangersLike(value: Value | undefined): readonly string[] | null {
  const [prefix] = /^(?:[a-z]+-|52:54:)(?=[0-9a-z:]+$)/.exec(Array.isArray(value) ? String(value[0]) : '') ?? []
  if (prefix === undefined) return null
  return prefix.endsWith(':')
    ? [`${prefix}00:00:00:01`, `${prefix}00:00:00:02`]
    : [`${prefix}00000001`, `${prefix}00000002`]
}
