import { waySchema } from './trace-schema.ts'
import { meterNames } from '../client/meters.ts'
import { kindNames } from '../model/kinds.ts'
import { problems } from '../model/problem.ts'
import { roles, type Schema } from './endpoint.ts'
import { backendStates, object, planSchemas, ref, text, time, whole } from './plan-schemas.ts'
import { forecastSchemas } from './forecast-schema.ts'
import { pastSchemas } from './past-schema.ts'

const pathSchema = object({ there: waySchema, back: { anyOf: [waySchema, { type: 'null' }] } })

const accessKey = {
  id: text,
  role: { type: 'string', enum: roles },
  createdAt: time,
  signs: { type: 'boolean', description: 'Whether it can sign requests of the QingCloud-compatible API' },
}

/** Schemas that no kind is the source of. */
export const sharedSchemas: Readonly<Record<string, Schema>> = {
  Problem: object(
    {
      code: { type: 'string', enum: Object.keys(problems) },
      at: { type: 'string', description: 'The attribute that is wrong, e.g. listeners[0].port; empty for the whole' },
      resource: { type: 'string', description: 'The resource that is wrong, where it exists already' },
      message: { type: 'string', description: 'In the language of Accept-Language' },
    },
    ['resource'],
  ),
  Error: object({ code: text, message: text, problems: { type: 'array', items: ref('Problem') } }),
  ResourceStatus: object(
    {
      phase: { type: 'string', enum: ['pending', 'active', 'stopped', 'failed'] },
      reason: { type: 'string', description: 'Why it failed or what it waits for; empty otherwise' },
      since: { ...time, description: 'Since when it waits, where that is known' },
    },
    ['since'],
  ),
  PolicyStatus: object({
    state: { type: 'string', enum: ['holds', 'broken', 'unknown'] },
    reason: { type: 'string', description: 'Who does not get to whom and why; empty where it holds' },
    since: { type: ['string', 'null'], format: 'date-time', description: 'Since when it is so' },
    tried: {
      oneOf: [
        { type: 'null' },
        object({
          at: time,
          asStated: {
            type: ['boolean', 'null'],
            description: 'Whether packets did what it states; null where nobody can say',
          },
          reason: text,
        }),
      ],
      description: 'What came of sending packets; null where the sender is not ours',
    },
  }),
  Issuance: object({
    state: { type: 'string', enum: ['waiting', 'issuing', 'valid', 'failed'] },
    reason: { type: 'string', description: 'What it waits for, or why it failed; in the language of Accept-Language' },
    nextAt: { type: ['string', 'null'], format: 'date-time', description: 'When it is renewed, or tried again' },
  }),
  BackendStatus: object(
    {
      state: { type: 'string', enum: backendStates },
      reason: { type: 'string', description: "The last check's own words" },
      since: time,
      seenAs: { type: 'array', items: text, description: 'The source addresses that the backend may see' },
      sessions: {
        ...whole,
        description:
          'Connections that it had when anything else of this last changed; while it drains, those that are left',
      },
      requests: { ...whole, description: 'Requests that it had got by then; metrics tell both as they are now' },
      queued: { ...whole, description: 'Clients that wait for it, or for whichever backend like it is free first' },
      drainEndsAt: { ...time, description: 'When the connections that are left end, if not by themselves' },
      removedFrom: { type: 'string', description: 'The balancer that it was removed from, while it drains' },
    },
    ['drainEndsAt', 'removedFrom'],
  ),
  BackendTurn: object({
    backend: text,
    at: { ...time, description: 'When it was seen to enter the state' },
    state: { type: 'string', enum: backendStates },
    reason: { type: 'string', description: "The check's own words" },
    host: { type: 'string', description: 'The machine that checks it' },
    was: { type: ['string', 'null'], enum: [...backendStates, null], description: 'The state that it left' },
    lastedMs: { type: ['integer', 'null'], description: 'How long it was in that' },
  }),
  BackendTurnPage: object({
    items: { type: 'array', items: ref('BackendTurn') },
    next: { type: ['string', 'null'] },
    total: whole,
  }),
  ResourceName: object({ kind: { type: 'string', enum: kindNames }, id: text }),
  Rollback: object({ generation: { type: 'integer', minimum: 1 } }),
  Apply: object(
    {
      watchS: {
        type: 'integer',
        minimum: 5,
        maximum: 3600,
        description:
          'Seconds for which it is watched: where backends that were active fall, errors rise, or a policy test breaks, what ran before is published again',
      },
      confirm: {
        type: 'boolean',
        description:
          'Whether what ran before is published again at the end of that time, too, unless somebody confirms',
      },
    },
    ['watchS', 'confirm'],
  ),
  Trial: object({
    id: text,
    kind: { type: 'string', enum: kindNames },
    resource: text,
    name: { type: 'string', description: 'What the resource was called when it began' },
    author: text,
    startedAt: time,
    endsAt: time,
    generation: { ...whole, description: 'The one that was published' },
    previous: { ...whole, description: 'The one that ran before' },
    confirm: { type: 'boolean', description: 'Whether it is taken back at the end unless somebody confirms it' },
    state: { type: 'string', enum: ['running', 'kept', 'confirmed', 'reverted', 'superseded', 'stuck'] },
    endedAt: { type: ['string', 'null'], format: 'date-time' },
    reason: { type: 'string', description: 'Why it was taken back, or is stuck; empty otherwise' },
    backends: object({
      before: { ...whole, description: 'How many were active when it began' },
      now: { ...whole, description: 'How many of these are active now' },
    }),
  }),
  TrialPage: object({ items: { type: 'array', items: ref('Trial') }, next: { type: 'null' }, total: whole }),
  ...planSchemas,
  Diagnosis: object({
    items: { type: 'array', items: ref('Finding') },
    reaches: {
      type: ['boolean', 'null'],
      description:
        'Whether such flows get there and are answered, as far as what was applied says; null where none was followed',
    },
    path: { anyOf: [pathSchema, { type: 'null' }], description: 'The way of one of them' },
    probe: { anyOf: [ref('ProbeReport'), { type: 'null' }], description: 'What came of a probe, where one was sent' },
  }),
  ProbeReport: object({
    gateway: { type: ['boolean', 'null'], description: 'Whether the router of the subnet answers ARP' },
    connect: object({
      got: { type: 'string', enum: ['answer', 'refusal', 'nothing', 'silence'] },
      reason: text,
      ms: { type: 'number' },
    }),
    tls: {
      anyOf: [
        object({
          ok: { type: 'boolean' },
          reason: { type: 'string', description: 'Why not; else the version' },
          ms: { type: 'number' },
          names: { type: 'array', items: text, description: 'The names that the certificate is for' },
        }),
        { type: 'null' },
      ],
    },
    http: {
      anyOf: [
        object({
          status: { type: ['integer', 'null'] },
          firstMs: { type: ['number', 'null'], description: 'When the answer began' },
          ms: { type: 'number' },
          bytes: whole,
          end: { type: 'string', enum: ['whole', 'cut', 'silence', 'other'] },
        }),
        { type: 'null' },
      ],
    },
    listens: {
      type: ['array', 'null'],
      items: text,
      description:
        'At which addresses of the backend itself somebody listens on the port; null where nobody could look',
    },
    small: {
      type: ['boolean', 'null'],
      description: 'Whether it went well with small packets after it had not with those of usual size',
    },
  }),
  Finding: object({
    code: text,
    resource: { type: 'string', description: 'What is to be mended' },
    message: { type: 'string', description: 'What is wrong' },
    fix: { type: 'string', description: 'What to do about it' },
    certainty: {
      type: 'string',
      enum: ['proved', 'seen', 'guessed'],
      description: 'By what was applied; on the machine or the wire; or from what was not seen',
    },
    fault: {
      type: 'boolean',
      description: 'False where all is as it was meant, and only looks like a fault',
    },
    admit: {
      type: 'array',
      items: text,
      description: 'The source addresses that somebody elsewhere must admit, where that may be it',
    },
    repair: {
      anyOf: [ref('Repair'), { type: 'null' }],
      description: 'What mends it; null where only somebody elsewhere can, or must choose',
    },
  }),
  Repair: object({
    requests: {
      type: 'array',
      description: 'Requests to this API, in order',
      items: object(
        {
          method: { type: 'string', enum: ['POST', 'PATCH', 'DELETE'] },
          path: text,
          body: {},
          as: {
            type: 'string',
            description: 'What later requests call the id of what this one makes, in braces: {eip}',
          },
          about: { type: 'string', description: 'What it does' },
        },
        ['body', 'as'],
      ),
    },
    effects: { type: 'array', items: text, description: 'What else comes of it' },
  }),
  Fix: object({ code: text, resource: text }),
  Operation: object(
    {
      number: { ...whole, description: 'Grows with every operation' },
      at: time,
      author: text,
      do: text,
      kind: { type: 'string', enum: [...kindNames, 'session', 'key'] },
      id: text,
      name: { type: 'string', description: 'What it was called then' },
      child: text,
      generation: { ...whole, description: 'The one that it left in place' },
      refused: { type: 'string', description: 'Why it was refused' },
      forced: { const: true, description: 'Whether it was asked to be done though something spoke against it' },
      from: { type: 'string', description: 'The address that it was asked from' },
    },
    ['name', 'child', 'generation', 'refused', 'forced', 'from'],
  ),
  OperationPage: object({
    items: { type: 'array', items: ref('Operation') },
    next: { type: ['string', 'null'] },
    total: whole,
  }),
  SignIn: object({
    user: { type: 'string', description: 'The name of a user, or the id of an access key' },
    password: { type: 'string', description: 'Their password, or its secret' },
  }),
  Session: object({
    open: { type: 'boolean', description: 'Whether nobody needs to sign in: on loopback, without users and keys' },
    caller: {
      oneOf: [
        { type: 'null' },
        object({
          name: text,
          role: { type: 'string', enum: roles },
          by: { type: 'string', enum: ['loopback', 'key', 'session'] },
        }),
      ],
      description: 'Who asks; null where somebody must sign in first',
    },
    expiresAt: { type: ['string', 'null'], description: 'When the session ends if it is not used' },
  }),
  AccessKey: object(accessKey),
  AccessKeyCreate: object({ role: { type: 'string', enum: roles } }),
  AccessKeyPage: object({ items: { type: 'array', items: ref('AccessKey') }, next: { type: 'null' }, total: whole }),
  NewAccessKey: object({ ...accessKey, secret: { type: 'string', description: 'Told only here' } }),
  Metrics: object({
    id: text,
    step: { ...whole, description: 'Seconds between points' },
    meters: {
      type: 'array',
      items: object({
        name: { type: 'string', enum: meterNames },
        unit: text,
        points: {
          type: 'array',
          description: 'The end of a step in milliseconds since 1970, and what was measured, or null',
          items: { type: 'array', items: { type: ['number', 'null'] } },
        },
      }),
    },
  }),
  ...forecastSchemas,
  ...pastSchemas,
  Version: object({ name: text, version: text, api: text }),
  ServerStatus: object({
    revision: whole,
    problems: {
      type: 'array',
      items: ref('Problem'),
      description: 'What keeps the server from writing its state or its log; `at` is where',
    },
    agents: {
      type: 'array',
      items: object({
        host: text,
        synced: whole,
        seenAt: time,
        present: { type: 'boolean' },
        failures: { type: 'object', additionalProperties: text },
        counters: { type: 'object', additionalProperties: { type: 'number' } },
      }),
    },
  }),
}
