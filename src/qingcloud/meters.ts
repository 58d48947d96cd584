import type { MeterName } from '../client/meters.ts'
import type { Listener } from '../model/model.ts'
import type { Step } from './measured-steps.ts'

/** What a meter tells of a step; null where nothing is known. */
export type Meter = (step: Step) => unknown

/** In and out, per second. */
export const traffic: Meter = pair('mean', 'bytesIn', 'bytesOut')

/** In and out, in all. */
export const flow: Meter = pair('sum', 'bytesIn', 'bytesOut')

/** Packets in and out, per second. */
export const packets: Meter = pair('mean', 'packetsIn', 'packetsOut')

/** Connections that are open, and how many may be. */
export const connections: Meter = pair('mean', 'connections', 'connectionLimit')

function pair(how: 'mean' | 'sum', first: MeterName, second: MeterName): Meter {
  return step => {
    const values = [step[how](first), step[how](second)]
    return values.every(value => value === null) ? null : values.map(whole)
  }
}

/** What listeners tell of requests or connections, by their protocol. `limit` is how many connections there may be. */
export function listenerMeter(protocol: Listener['protocol'], limit: number): Meter {
  const concurrency = (step: Step) => [step.most('connections'), step.mean('connections'), limit]
  if (!isHttp(protocol)) {
    return step => told(step, 'newConnections', [step.sum('newConnections'), ...concurrency(step)])
  }
  return step => {
    const own = [step.sum('ownErrors4xx') ?? 0, step.sum('ownErrors5xx') ?? 0] as const
    const [ones, twos, threes, fours, fives] = responses(step)
    const theirs = [ones, twos, threes, Math.max(0, fours - own[0]), Math.max(0, fives - own[1])]
    return told(step, 'requests', [step.sum('requests'), ...own, ...theirs, ...latency(step), ...concurrency(step)])
  }
}

/** What backends tell, by the protocol of their listener. */
export function backendMeter(protocol: Listener['protocol']): Meter {
  if (isHttp(protocol)) return step => told(step, 'responses2xx', [...responses(step), ...latency(step)])
  return step => {
    const made = step.sum('newConnections')
    return made === null ? null : whole(made)
  }
}

function isHttp(protocol: Listener['protocol']): boolean {
  return protocol === 'http' || protocol === 'https'
}

function responses(step: Step): readonly [number, number, number, number, number] {
  const of = (meter: MeterName) => step.sum(meter) ?? 0
  return [of('responses1xx'), of('responses2xx'), of('responses3xx'), of('responses4xx'), of('responses5xx')]
}

/** The longest, the shortest and the mean time of a request, in milliseconds. */
function latency(step: Step): readonly (number | null)[] {
  return [step.most('latency'), step.least('latency'), step.mean('latency')]
}

/** Figures as one text, where the one that is always measured is known. */
function told(step: Step, sign: MeterName, figures: readonly (number | null)[]): string | null {
  return step.mean(sign) === null ? null : figures.map(whole).join('|')
}

function whole(value: number | null): number {
  return Math.round(value ?? 0)
}
