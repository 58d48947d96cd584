import type { Schema } from './endpoint.ts'

const text = { type: 'string' } as const
const whole = { type: 'integer' } as const

/** An object that has all of these. */
function all(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), properties }
}

function orNull(schema: Schema, description: string): Schema {
  return { oneOf: [{ type: 'null' }, schema], description }
}

const named = { kind: text, id: text, name: text }
const thing = all({ ...named, of: orNull(all(named), 'What a child is a part of') })
const packet = all({ from: text, to: text, protocol: text, sport: whole, dport: whole })
const step = all({
  netns: { ...text, description: 'The namespace where it happens' },
  where: orNull(thing, 'Whose namespace that is; null for the edge of the machine'),
  place: { ...text, description: 'The same in words' },
  code: { ...text, description: 'What happens' },
  message: { ...text, description: 'The same as a sentence, in the language of Accept-Language' },
  object: orNull(thing, 'What of the API causes it; null where it is the nature of the network'),
  kernel: { ...text, description: 'The rule or route of the kernel; empty where none decides' },
  before: packet,
  after: packet,
})
const wayProperties = {
  outcome: { type: 'string', enum: ['arrives', 'leaves', 'dropped', 'refused', 'unreachable'] },
  steps: { type: 'array', items: step, description: 'The last one is how it ends' },
} as const
/** One direction of it. */
export const waySchema = all(wayProperties)
const place = { type: ['integer', 'null'] }
const realWay = all({
  ...wayProperties,
  pairs: {
    type: 'array',
    items: all({ told: place, seen: place, same: { type: 'boolean' } }),
    description: 'Both stories side by side, by the places of their steps',
  },
})

/** What `POST /v1/traces` takes. */
export const traceRequestSchema: Schema = {
  type: 'object',
  required: ['from', 'to'],
  additionalProperties: false,
  properties: {
    from: {
      ...text,
      description: '`internet`, an address, or the id of a server, a balancer, a NAT gateway, a VPC or a public IP',
    },
    to: { ...text, description: 'An address, or such an id, or that of a listener or a backend' },
    vpc: { ...text, description: 'The VPC that private addresses are meant in, where several have them' },
    protocol: {
      type: 'string',
      enum: ['tcp', 'udp', 'icmp'],
      description: 'That of the listener or backend when left out, else TCP',
    },
    port: { ...whole, minimum: 1, maximum: 65535, description: 'That of the listener or backend when left out' },
    version: {
      type: 'string',
      enum: ['live', 'draft'],
      default: 'live',
      description: 'What runs, or what will run once drafts are applied',
    },
    at: { type: 'string', format: 'date-time', description: 'As the network was at this moment; now when left out' },
    drafts: {
      type: 'array',
      items: text,
      description: 'The resources whose drafts are meant with `draft`; all when left out',
    },
    real: {
      type: 'boolean',
      default: false,
      description: 'Whether such a packet is sent, too, and followed. Only of what runs',
    },
  },
}

/** What it answers. */
export const traceSchema: Schema = all({
  from: orNull(thing, 'Who has the source'),
  to: orNull(thing, 'Who has the destination'),
  version: { type: 'string', enum: ['live', 'draft'] },
  reaches: { type: 'boolean', description: 'Whether it gets there and its answer comes back' },
  there: waySchema,
  back: orNull(waySchema, 'The way of the answer; null where there is nothing to answer'),
  real: orNull(
    all({
      host: { ...text, description: 'The machine that sent the packet' },
      agrees: { type: 'boolean', description: 'Whether it went as is told' },
      there: realWay,
      back: orNull(realWay, 'Null where no answer was seen'),
    }),
    'What became of the packet that was sent; null where none was asked for',
  ),
})
