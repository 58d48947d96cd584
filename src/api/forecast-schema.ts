import { kindNames } from '../model/kinds.ts'
import type { Schema } from './endpoint.ts'

const text = { type: 'string' } as const
const whole = { type: 'integer' } as const
const eip = { type: ['string', 'null'], description: 'The id of the public IP; null where it is not held any more' }
const texts = { type: 'array', items: text }

function all(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter(each => !optional.includes(each))
  return { type: 'object', required, properties, additionalProperties: false }
}

const exhaustedAt = {
  type: ['string', 'null'],
  format: 'date-time',
  description: 'When none is left if it goes on like this; null where that is not in sight',
}
const filling = { inUse: whole, perHour: { ...whole, description: 'By how much it grows in an hour' }, exhaustedAt }

/** What source NAT has in use, as `client/forecast-wire.ts` tells. */
export const forecastSchemas: Readonly<Record<string, Schema>> = {
  Forecast: all({
    kind: { type: 'string', enum: kindNames },
    id: text,
    at: { ...text, format: 'date-time' },
    silent: { ...texts, description: 'Machines that did not answer' },
    connections: all({
      ...filling,
      limit: { type: ['integer', 'null'], description: 'What the size of a gateway carries; null for a router' },
    }),
    addresses: {
      type: 'array',
      items: all({
        eip,
        address: text,
        connections: whole,
        destinations: whole,
        limit: { ...whole, description: 'Ports of a public IP for one destination' },
        ...filling,
      }),
      description: 'By public IP; what is in use are ports for the destination that takes most',
    },
    destinations: {
      type: 'array',
      items: all({ eip, address: text, protocol: text, destination: text, port: whole, ports: whole }),
      description: 'The fullest first',
    },
    exhaustedAt,
    proposals: {
      type: 'array',
      items: all(
        {
          do: { type: 'string', enum: ['resize', 'add-eips', 'split', 'add-gateway'] },
          message: { ...text, description: 'In the language of Accept-Language' },
          size: { ...text, description: 'The size to choose' },
          names: { ...texts, description: 'Names for the public IPs to add' },
          rules: { ...texts, description: 'The SNAT rules that are to use them' },
          commands: { ...texts, description: 'As an operator would type it' },
        },
        ['size', 'names', 'rules'],
      ),
    },
  }),
}
