import { kindNames } from '../model/kinds.ts'
import type { Schema } from './endpoint.ts'
import { object as all, reach, text, time, whole } from './plan-schemas.ts'

const list = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...(description === undefined ? {} : { description }),
})

const name = { kind: { type: 'string', enum: kindNames }, id: text, name: text }
const changes = list(
  all({ at: text, from: {}, to: {} }, ['from', 'to']),
  'Attribute by attribute; never what is secret',
)
const moment = all({ at: time, revision: whole })
const states = ['active', 'unavailable', 'abnormal', 'draining', 'disabled', null]
const state = {
  type: ['string', 'null'],
  enum: states,
  description: 'Null where it was not there, or not looked at yet',
}

/** The past, as `client/past-wire.ts` tells it. */
export const pastSchemas: Readonly<Record<string, Schema>> = {
  Moments: all({
    oldest: { ...time, description: 'From when on the past is kept' },
    items: list(moment, 'The newest first'),
  }),
  Differences: all({
    from: moment,
    to: moment,
    resources: list(all({ ...name, what: { type: 'string', enum: ['created', 'changed', 'deleted'] }, changes })),
    backends: list(
      all({
        balancer: text,
        backend: text,
        name: text,
        from: state,
        to: state,
        reason: { ...text, description: "The check's own words at the later moment" },
      }),
      'Backends that were in another state',
    ),
    gained: reach,
    lost: reach,
    networks: all({
      concerned: { ...whole, description: 'How many networks differed' },
      looked: { ...whole, description: 'In how many of them it was looked who reached whom' },
    }),
  }),
  RestoreWish: all(
    {
      at: { ...time, description: 'The moment to go back to' },
      resources: list(text, 'Only these, by id; everything that ran then when left out'),
      dryRun: { type: 'boolean', default: false, description: 'Only says what would be done' },
    },
    ['resources', 'dryRun'],
  ),
  Restore: all({
    at: time,
    revision: whole,
    done: { type: 'boolean' },
    drafts: list(
      all({
        ...name,
        changes,
        edited: { type: 'boolean', description: 'Whether edits that were not applied are lost' },
      }),
      'What has the version of then as its draft, and how that differs from what runs',
    ),
    recreated: list(all(name), 'What had been deleted; its children wait in its draft'),
    untouched: list(all({ ...name, changes }), 'What takes effect at once and was otherwise then'),
    newer: list(all(name), 'What came since then'),
  }),
}
