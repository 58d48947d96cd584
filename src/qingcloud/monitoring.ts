import { z } from 'zod'
import type { Id, LoadBalancer } from '../model/model.ts'
import { find } from '../model/model.ts'
import { reading, type Call } from './action.ts'
import { parentOf } from './child-index.ts'
import { named } from './describe.ts'
import { fail } from './failure.ts'
import { compressed, stepsOf, type Span } from './measured-steps.ts'
import { backendMeter, connections, flow, listenerMeter, packets, traffic, type Meter } from './meters.ts'
import { list, text } from './parameters.ts'

const seconds = { '5m': 300, '15m': 900, '30m': 1800, '1h': 3600, '2h': 7200, '1d': 86_400 } as const

const question = {
  resource: text,
  meters: list(text),
  step: z.enum(['5m', '15m', '30m', '1h', '2h', '1d']).transform(word => seconds[word]),
  start_time: text,
  end_time: text,
}

type Question = z.output<z.ZodObject<typeof question>>

/** What was measured. */
export const monitoringActions = [
  reading(
    'GetMonitor',
    question,
    (asked, call) => {
      const { resource: id } = asked
      const known = call.heed(() => metersOf(call, id))
      const span = spanOf(asked, call)
      return {
        resource_id: id,
        meter_set: call.heedEach(known ? asked.meters : [], name => {
          const meter = known?.(name) ?? fail(1101, `meter [${name.slice(0, 64)}] is none of resource [${id}]`)
          return { meter_id: name, data: meter === silent ? [] : dataOf(call, id, meter, span) }
        }),
      }
    },
    {
      note: 'Public IPs have `traffic` and `flow`, routers `vxnet-0`. Processors, memory, disks and private networks are not measured: their `data` is empty',
    },
  ),

  reading(
    'GetLoadBalancerMonitor',
    question,
    (asked, call) => {
      const { resource: id } = asked
      const span = spanOf(asked, call)
      const { meter, sources } = ofBalancer(call, id)
      return {
        resource_id: id,
        meter_set: call.heedEach(asked.meters, name => {
          if (name !== meter.name) fail(1101, `resource [${id}] has only the meter [${meter.name}]`)
          const sets = sources.map(({ eip, source }) => ({ eip_id: eip, data: dataOf(call, source, meter.of, span) }))
          return { meter_id: name, data_set: sets }
        }),
      }
    },
    {
      note: 'The `traffic` of a balancer is by public IP; `request` of listeners and backends is all of it, with the first. The longest and shortest latency are of the means of 10 s, of a minute after 3 h, of 5 min after a day',
    },
  ),

  reading(
    'GetNFVMonitor',
    question,
    (asked, call) => {
      const { resource: id } = asked
      call.heed(() => named(call, 'nat-gateway', id))
      const span = spanOf(asked, call)
      return {
        resource_id: id,
        meter_set: call.heedEach(asked.meters, name => {
          const meter = ofGateway.get(name)
          if (!meter) return fail(1101, `resource [${id}] has only the meters [${[...ofGateway.keys()].join(', ')}]`)
          return { meter_id: name, data: dataOf(call, id, meter, span) }
        }),
      }
    },
    {
      note: '`traffic` and `interface` are bytes per second on the public side, `packets` and `connections` are extras',
    },
  ),
]

const ofGateway: ReadonlyMap<string, Meter> = new Map([
  ['traffic', traffic],
  ['interface', traffic],
  ['packets', packets],
  ['connections', connections],
])

/** Stands for meters that clients ask for and that nobody measures. */
const silent: Meter = () => null

/** What is measured of a public IP, a router, or an instance; refused where there is no such resource. */
function metersOf(call: Call, id: Id): (name: string) => Meter | undefined {
  const model = call.model()
  if (find(model, 'eip', id)) return name => (name === 'traffic' ? traffic : name === 'flow' ? flow : undefined)
  if (find(model, 'vpc', id))
    return name => (name === 'vxnet-0' ? traffic : name.startsWith('vxnet-') ? silent : undefined)
  if (find(model, 'server', id) || find(model, 'volume', id))
    return name => (/^(?:cpu|memory|(?:disk|if)-.+)$/.test(name) ? silent : undefined)
  return fail(2100, `resource [${id.slice(0, 64)}] does not exist, or has another action for what is measured of it`)
}

interface Source {
  readonly eip: Id
  /** Whose series it is. */
  readonly source: Id
}

/** What is measured of a balancer, a listener or a backend. */
function ofBalancer(
  call: Call,
  id: Id,
): { readonly meter: { readonly name: string; readonly of: Meter }; readonly sources: readonly Source[] } {
  const balancer = find(call.model(), 'load-balancer', id)
  if (balancer) {
    return {
      meter: { name: 'traffic', of: traffic },
      sources: balancer.now.eips.map(eip => ({ eip, source: eip })),
    }
  }
  const parent = parentOf(call, 'load-balancer', id)
  if (!parent) return fail(2100, `resource [${id.slice(0, 64)}] does not exist`)
  return {
    meter: { name: 'request', of: childMeter(parent, id) },
    sources: [{ eip: parent.now.eips[0] ?? '', source: id }],
  }
}

function childMeter({ id: balancer, now, draft }: LoadBalancer, id: Id): Meter {
  const listener = draft.listeners.find(each => each.id === id || each.backends.some(backend => backend.id === id))
  if (!listener) throw new Error(`no child ${id} in ${balancer}`)
  return listener.id === id ? listenerMeter(listener.protocol, now.maxConnections) : backendMeter(listener.protocol)
}

function dataOf(call: Call, id: Id, meter: Meter, span: Span | undefined): readonly unknown[] {
  if (span === undefined) return []
  const steps = stepsOf(call.cloud, id, span)
  return compressed(
    steps.map(step => [step.end, meter(step)] as const),
    span.step,
  )
}

/** The time that is asked about; undefined where that cannot be read, which is told. */
function spanOf({ step, start_time: start, end_time: end }: Question, { heed }: Call): Span | undefined {
  const [from, to] = [heed(() => momentOf('start_time', start)), heed(() => momentOf('end_time', end))]
  if (from === undefined || to === undefined) return undefined
  return heed(() => (from < to ? { from, to, step } : fail(1100, 'parameter [end_time] must be after [start_time]')))
}

function momentOf(name: string, written: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(written) ? Date.parse(written) : NaN
  return Number.isNaN(at) ? fail(1100, `parameter [${name}] must be a time in UTC such as 2026-01-31T09:30:00Z`) : at
}
