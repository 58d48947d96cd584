import { meterNames, meters, ranges, type MeterName } from '../client/meters.ts'
import type { Metrics } from '../client/wire.ts'
import type { Series } from '../monitor/series.ts'
import { Refused } from '../model/problem.ts'
import { numberOf, timeOf, wordOf, type Endpoint } from './endpoint.ts'
import { refTo } from './schemas.ts'

const rangeNames = Object.keys(ranges) as (keyof typeof ranges)[]
const time = { type: 'string', format: 'date-time' } as const

/** What was measured of a resource, or of a listener or a backend. */
export function metricsEndpoints(series: Series, now = Date.now): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/metrics/{id}',
      name: 'readMetrics',
      tag: 'system',
      about: 'Shows what was measured of a resource, a listener or a backend over time; empty where nothing was',
      needs: 'read-only',
      query: {
        meter: { about: 'Only these meters, by name, with commas between', schema: { type: 'string' } },
        range: { about: 'How long until now', schema: { type: 'string', enum: rangeNames, default: '1h' } },
        from: { about: 'From when, instead of a range', schema: time },
        to: { about: 'Until when; now when left out', schema: time },
        step: {
          about: 'Seconds between points; chosen by the range when left out',
          schema: { type: 'integer', minimum: 10, maximum: ranges['15d'] },
        },
      },
      answers: { status: 200, about: 'The meters that it has', schema: refTo('Metrics') },
      handle({ params, query }) {
        const id = params['id'] ?? ''
        const range = ranges[wordOf('range', query['range'], '1h', rangeNames)] * 1000
        const to = timeOf('to', query['to']) ?? now()
        const from = timeOf('from', query['from']) ?? to - range
        if (from >= to) throw badQuery('from', 'a time before `to`')
        const step = query['step'] === undefined ? null : numberOf('step', query['step'], 60, 10, ranges['15d'])
        const found = series.read(id, { from, to, step })
        const wanted = query['meter'] === undefined ? null : new Set(query['meter'].split(',').map(meterOf))
        const body: Metrics = {
          id,
          step: found.step,
          meters: [...found.points]
            .filter(([name]) => wanted?.has(name) ?? true)
            .map(([name, points]) => ({ name, unit: meters[name].unit, points })),
        }
        return { status: 200, body }
      },
    },
  ]
}

function meterOf(text: string): MeterName {
  return wordOf('meter', text, 'requests', meterNames)
}

function badQuery(name: string, expected: string): Refused {
  return new Refused([{ code: 'bad-query', at: '', values: { name, expected } }])
}
