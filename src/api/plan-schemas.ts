import { kindNames } from '../model/kinds.ts'
import type { Schema } from './endpoint.ts'

export const text = { type: 'string' } as const
export const time = { type: 'string', format: 'date-time' } as const
export const whole = { type: 'integer' } as const
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** An object with these attributes and no others. */
export function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter(each => !optional.includes(each))
  return { type: 'object', properties, required, additionalProperties: false }
}

export const backendStates = ['active', 'unavailable', 'abnormal', 'draining', 'disabled']

const pending = {
  kind: { type: 'string', enum: kindNames },
  id: text,
  generation: { ...whole, description: 'The one that runs' },
  changes: {
    type: 'array',
    items: object({ at: text, from: { description: 'As it runs' }, to: { description: 'As drafted' } }, ['from', 'to']),
  },
}

const plannedEnd = object({
  kind: { type: 'string', enum: ['internet', 'server', 'load-balancer', 'eip', 'backend', 'address'] },
  ids: { type: 'array', items: text, description: 'Those that share its fate; none for the internet' },
  names: { type: 'array', items: text },
  address: { type: 'string', description: 'The address of one that stands for all' },
})
/** A list of who reaches whom. */
export const reach = {
  type: 'array',
  items: object({
    from: plannedEnd,
    to: plannedEnd,
    protocol: { type: 'string', enum: ['tcp', 'udp', 'icmp'] },
    ports: { type: 'array', items: text, description: 'Ports and ranges; none for ICMP' },
  }),
}
const standing = { type: 'string', enum: ['absent', 'disabled', 'unreachable', 'reachable'] }
const balancer = object({ id: text, name: text })
const consequences = {
  gained: { ...reach, description: 'Who would reach whom that does not now' },
  lost: { ...reach, description: 'Who would not reach any more whom they reach now' },
  backends: {
    type: 'array',
    description: 'Backends that would stand otherwise',
    items: object({
      id: text,
      name: text,
      balancer,
      address: text,
      port: whole,
      was: standing,
      becomes: standing,
      state: { type: ['string', 'null'], enum: [...backendStates, null], description: 'What checks say of it now' },
      reason: { ...text, description: 'What would keep packets from it' },
    }),
  },
  listeners: {
    type: 'array',
    description: 'Listeners that would lose their last backend',
    items: object({ id: text, name: text, balancer, protocol: text, port: whole }),
  },
  flows: object({
    total: { ...whole, description: 'How many connections would be cut' },
    pairs: {
      type: 'array',
      description: 'Those with most of them',
      items: object({
        at: { type: 'string', description: 'The resource whose namespace keeps track of them' },
        from: text,
        to: text,
        protocol: text,
        port: whole,
        flows: whole,
      }),
    },
    silent: { type: 'array', items: text, description: 'Machines that did not say in time' },
  }),
  tests: {
    type: 'array',
    description: 'Policy tests that it concerns; an apply that breaks one is refused unless it is forced',
    items: object({
      id: text,
      name: text,
      was: { type: 'string', enum: ['holds', 'broken', 'void'] },
      becomes: { type: 'string', enum: ['holds', 'broken', 'void'] },
      reason: { type: 'string', description: 'Who would not get to whom, and why; empty where it would hold' },
    }),
  },
  networks: object({
    concerned: { ...whole, description: 'How many networks it concerns' },
    looked: { ...whole, description: 'In how many of them it was looked who reaches whom' },
  }),
}

const plan = {
  ...pending,
  steps: {
    type: 'array',
    description: 'What machines would do, in order',
    items: object({
      do: { type: 'string', enum: ['put', 'remove'] },
      kind: text,
      netns: text,
      name: text,
      for: { type: 'string', description: 'The resource that it is for' },
    }),
  },
  commands: { type: 'string', description: 'The same as an operator would type it, where that was asked for' },
  traps: {
    type: 'array',
    description: 'What is allowed and probably not meant',
    items: object({ code: text, at: text, message: text }),
  },
  ...consequences,
}

/** What plans are, and what waits for an apply. */
export const planSchemas: Readonly<Record<string, Schema>> = {
  Plan: object(plan, ['commands']),
  WhatIf: object({
    kind: { type: 'string', enum: [...kindNames, 'host'] },
    id: text,
    child: { type: ['string', 'null'], description: 'The part that is meant; null for the whole' },
    ...consequences,
  }),
  Pending: object({ ...pending, name: text, revision: { ...whole, description: 'The newest of its changes' } }),
  PendingPage: object({ items: { type: 'array', items: ref('Pending') }, next: { type: 'null' }, total: whole }),
}
