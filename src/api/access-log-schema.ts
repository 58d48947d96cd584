import type { Schema } from './endpoint.ts'

const text = { type: 'string' } as const
const whole = { type: 'integer' } as const
const orNull = (type: string): Schema => ({ type: [type, 'null'] })

/** An object that has all of these. */
function all(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), properties }
}

const times = all({
  request: orNull('integer'),
  queue: orNull('integer'),
  connect: orNull('integer'),
  response: orNull('integer'),
  total: orNull('integer'),
})
const connections = all({ balancer: whole, listener: whole, pool: whole, backend: whole })

/** One line of an access log, as `client/access-line.ts` tells. */
const line = all({
  at: { ...text, format: 'date-time' },
  client: text,
  clientPort: whole,
  listener: text,
  tls: { type: 'boolean' },
  policy: orNull('string'),
  backend: orNull('string'),
  status: orNull('integer'),
  method: orNull('string'),
  path: orNull('string'),
  version: orNull('string'),
  bytes: orNull('integer'),
  timesMs: times,
  termination: text,
  connections: { anyOf: [connections, { type: 'null' }] },
  retries: whole,
  message: text,
  raw: text,
})

/** The body of an answer with lines of an access log. */
export const accessLogSchema: Schema = all({
  items: { type: 'array', items: line },
  next: text,
  missed: { type: 'boolean' },
  silent: { type: 'array', items: text },
})
