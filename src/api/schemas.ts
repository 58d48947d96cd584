import { z } from 'zod'
import { childListsOf, type ChildList } from '../model/child-lists.ts'
import { markOf, mustBeGiven } from '../model/define.ts'
import { isStaged, kindNames, kinds, type KindName } from '../model/kinds.ts'
import { isSecret } from '../model/secrets.ts'
import type { Schema } from './endpoint.ts'
import { sharedSchemas } from './shared-schemas.ts'

/** `load-balancer` or `snatRules` as the start of a schema's name: `LoadBalancer`, `SnatRules`. */
export function pascal(word: string): string {
  return word.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** The schema's name of a child, e.g. `LoadBalancerBackend`. */
export function childName(kind: KindName, { attribute }: ChildList): string {
  return pascal(kind) + pascal(attribute).replace(/s$/, '')
}

/** A named schema of the description. */
export function refTo(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** Every named schema, derived from the kinds. */
export function schemas(): Readonly<Record<string, Schema>> {
  return Object.assign({}, sharedSchemas, ...kindNames.map(kindSchemas)) as Record<string, Schema>
}

function kindSchemas(kind: KindName): Record<string, Schema> {
  const { now, spec, about, prefix } = kinds[kind]
  const name = pascal(kind)
  const lists = childListsOf(kind)
  const written = { ...describe(now, 'input'), ...withLists(kind, spec, lists, 'input') }
  const secret = Object.keys(now.shape).filter(attribute => isSecret(kind, attribute))
  const read = { ...describe(now, 'output', secret), ...withLists(kind, spec, lists, 'output') }
  const envelope = {
    kind: { const: kind },
    id: { type: 'string', ...(prefix === null ? {} : { pattern: `^${prefix}-[0-9a-z]{8}$` }) },
    ...common,
    createdAt: { type: 'string', format: 'date-time' },
    revision: { type: 'integer', description: 'Grows with every change; the ETag, and what If-Match expects' },
    generation: { type: 'integer', description: 'The number of the version that runs' },
    applied: { type: 'boolean', description: 'Whether the draft says the same as what runs' },
    status: refTo('ResourceStatus'),
  }
  const given = { ...(prefix === null ? { id: { type: 'string' } } : {}), ...common, ...written }
  const changeable = Object.fromEntries(
    Object.entries({ ...common, ...written })
      .filter(([attribute]) => !kinds[kind].fixed.includes(attribute))
      .map(([attribute, schema]) => [attribute, withoutDefault(schema)]),
  )
  const shown = { ...envelope, ...read, ...derived[kind] }
  const live = { ...refTo(`${name}Spec`), description: 'What runs, where the draft differs from it' }
  return {
    [name]: {
      description: about.en,
      ...object({ ...shown, ...(isStaged(kind) ? { live, trial } : {}), warnings }, Object.keys(shown)),
    },
    [`${name}Create`]: object(given, [...(prefix === null ? ['id'] : []), ...requiredOf(now)]),
    [`${name}Patch`]: object(changeable, []),
    [`${name}Page`]: pageOf(refTo(name)),
    ...(isStaged(kind) ? stagedSchemas(kind, lists) : {}),
    ...childSchemas(kind, lists),
  }
}

/** What only kinds have that applies publish something of. */
function stagedSchemas(kind: KindName, lists: readonly ChildList[]): Record<string, Schema> {
  const name = pascal(kind)
  const spec = object(withLists(kind, kinds[kind].spec, lists, 'output'))
  return {
    [`${name}Spec`]: { description: 'What an apply publishes', ...spec },
    [`${name}Generation`]: object({
      number: { type: 'integer' },
      at: { type: 'string', format: 'date-time' },
      author: { type: 'string' },
      spec: refTo(`${name}Spec`),
    }),
    [`${name}GenerationPage`]: pageOf(refTo(`${name}Generation`)),
  }
}

function childSchemas(kind: KindName, lists: readonly ChildList[]): Record<string, Schema> {
  return Object.assign(
    {},
    ...lists.map(list => {
      const name = childName(kind, list)
      const read = withLists(kind, list.member, list.lists, 'output')
      const { id: _, ...written } = withLists(kind, list.member, list.lists, 'input')
      const changeable = Object.fromEntries(
        Object.entries(written).map(([key, schema]) => [key, withoutDefault(schema)]),
      )
      const required = requiredOf(list.member).filter(attribute => attribute !== 'id')
      return {
        [name]: object({ ...read, warnings }, Object.keys(read)),
        [`${name}Create`]: object(
          { id: { type: 'string', description: 'Left out of what is new' }, ...written },
          required,
        ),
        [`${name}Patch`]: object(changeable, []),
        [`${name}Page`]: pageOf(refTo(name)),
        ...childSchemas(kind, list.lists),
      }
    }),
  ) as Record<string, Schema>
}

/** The attributes of a document, with its lists of children by name. */
function withLists(
  kind: KindName,
  document: z.ZodObject,
  lists: readonly ChildList[],
  io: 'input' | 'output',
): Record<string, Schema> {
  const named = lists.map(list => {
    const member = refTo(io === 'output' ? childName(kind, list) : `${childName(kind, list)}Create`)
    return [list.attribute, { type: 'array', items: member, description: list.about }] as const
  })
  return {
    ...describe(
      document,
      io,
      lists.map(list => list.attribute),
    ),
    ...Object.fromEntries(named),
  }
}

function describe(
  document: z.ZodObject,
  io: 'input' | 'output',
  without: readonly string[] = [],
): Record<string, Schema> {
  const attributes = Object.entries(document.shape).filter(([attribute]) => !without.includes(attribute))
  return Object.fromEntries(
    attributes.map(([attribute, schema]) => {
      const { $schema: _, ...rest } = z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: 'any' })
      return [attribute, markOf(schema)?.text === 'secret' ? { ...rest, writeOnly: true } : rest]
    }),
  )
}

function requiredOf(document: z.ZodObject): string[] {
  const attributes = Object.entries(document.shape).filter(([, schema]) => mustBeGiven(schema))
  return attributes.map(([attribute]) => attribute)
}

function withoutDefault({ default: _, ...schema }: Schema): Schema {
  return schema
}

function object(properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema {
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false }
}

function pageOf(items: Schema): Schema {
  return object({ items: { type: 'array', items }, next: { type: ['string', 'null'] }, total: { type: 'integer' } })
}

const trial = { ...refTo('Trial'), description: 'In answers to an apply that is watched' }
const warnings = { type: 'array', items: refTo('Problem'), description: 'In answers to commands' }

const common = {
  name: { type: 'string', maxLength: 128, description: 'What people call it' },
  description: { type: 'string', description: 'What it is for' },
  tags: { type: 'array', items: { type: 'string' }, description: 'Labels to find it by' },
} as const

/** Attributes that follow from other resources. */
const derived: Partial<Record<KindName, Record<string, Schema>>> = {
  eip: {
    state: { type: 'string', enum: ['available', 'associated'] },
    boundTo: { oneOf: [{ type: 'null' }, refTo('ResourceName')], description: 'Who holds it' },
  },
  certificate: {
    names: { type: 'array', items: { type: 'string' }, description: 'The names that it proves' },
    issuer: { type: 'string', description: 'Who vouches for it' },
    notBefore: { type: 'string', format: 'date-time', description: 'From when it is valid' },
    notAfter: { type: 'string', format: 'date-time', description: 'Until when it is valid' },
    fingerprint: { type: 'string', description: 'Its SHA-256' },
    issuance: {
      oneOf: [{ type: 'null' }, refTo('Issuance')],
      description: 'Where it stands, if a directory issues it',
    },
  },
  'policy-test': { verdict: { ...refTo('PolicyStatus'), description: 'How it stands now' } },
  'load-balancer': {
    backendStatus: {
      type: 'object',
      additionalProperties: refTo('BackendStatus'),
      description: 'By backend; also of those that were removed, while they drain',
    },
  },
}
