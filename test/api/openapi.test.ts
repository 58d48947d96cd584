import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { examples } from '../../src/api/examples.ts'
import type { openApi } from '../../src/api/openapi.ts'
import { pascal } from '../../src/api/schemas.ts'
import { kindNames, kinds } from '../../src/model/kinds.ts'
import { misfits, type JsonSchema } from './misfits.ts'
import { createAll, order, samples } from './one-of-each.ts'
import { running, type Running } from './running.ts'

type Description = ReturnType<typeof openApi>
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
interface Described {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}
type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>

const golden = join(import.meta.dirname, 'openapi.golden')

async function describe(server: Running) {
  const { body } = await server.ask('GET', '/v1/openapi.json')
  const whole = body as unknown as Description
  const operations = Object.entries(whole.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  )
  return { whole, operations, schemas: whole.components.schemas as Record<string, object> }
}

test('the API is the one that was reviewed (UPDATE_GOLDEN=1 rewrites the outline)', async t => {
  const { operations, schemas } = await describe(await running(t))
  const text = `${[...operations.map(operationLine), '', ...Object.entries(schemas).flatMap(schemaLines)].join('\n')}\n`
  if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, text)
  assert.equal(text, readFileSync(golden, 'utf8'))
})

/** An operation in one line: what it takes, and what it answers. */
function operationLine({ path, method, operation }: Described): string {
  const parameters = (operation.parameters ?? []).filter(each => each.in !== 'path').map(({ name }) => name)
  const [status, answer] = Object.entries(operation.responses)[0] ?? []
  const taken = [typeText(operation.requestBody?.content['application/json']?.schema), ...parameters].filter(Boolean)
  const given = [status, typeText(answer?.content?.['application/json']?.schema)].filter(Boolean)
  return `${method.toUpperCase()} ${path} (${taken.join(', ')}) → ${given.join(' ')}`
}

/** A schema's attributes, one a line; `!` marks what must be there. */
function schemaLines([name, schema]: readonly [string, object]): string[] {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, object>; required?: string[] }
  const attributes = Object.entries(properties).map(
    ([each, type]) => `  ${each}${required.includes(each) ? '!' : ''}: ${typeText(type)}`,
  )
  return [name, ...attributes]
}

/** A schema in some words. */
function typeText(schema: object | undefined): string {
  if (!schema) return ''
  const {
    $ref,
    type,
    items,
    enum: words,
    const: only,
    oneOf,
    anyOf,
    additionalProperties,
    format,
    minimum,
    maximum,
  } = schema as JsonSchema
  if ($ref) return $ref.split('/').at(-1) ?? ''
  const choices = oneOf ?? anyOf
  if (choices) return choices.map(typeText).join(' | ')
  if (words) return words.join(' | ').slice(0, 100)
  if (only !== undefined) return JSON.stringify(only)
  if (items) return `${typeText(items)}[]`
  if (typeof additionalProperties === 'object') return `{ …: ${typeText(additionalProperties)} }`
  const range = minimum === undefined && maximum === undefined ? '' : ` ${minimum ?? ''}..${maximum ?? ''}`
  return [type, format].flat().filter(Boolean).join(' ') + range
}

test('every reference leads somewhere, every schema is used, every name is used once', async t => {
  const { whole, operations, schemas } = await describe(await running(t))
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name ?? '',
  )
  assert.deepEqual(
    references.filter(name => !(name in schemas)),
    [],
  )
  assert.deepEqual(
    Object.keys(schemas).filter(name => !references.includes(name)),
    [],
  )
  const names = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(names).size, names.length)
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter(each => each.in === 'path').map(({ name }) => name)
    assert.deepEqual(declared, inPath, path)
  }
})

test('every kind has its routes', async t => {
  const { operations } = await describe(await running(t))
  const routes = operations.map(({ method, path }) => `${method} ${path}`)
  for (const kind of kindNames) {
    assert.ok(routes.includes(`post /v1/${kinds[kind].plural}`), kind)
    assert.ok(routes.includes(`delete /v1/${kinds[kind].plural}/{id}`), kind)
  }
})

test('every attribute of a kind is described', async t => {
  const { schemas } = await describe(await running(t))
  for (const kind of kindNames) {
    const { properties } = schemas[`${pascal(kind)}Create`] as { properties: Record<string, { description?: string }> }
    const silent = Object.entries(properties).filter(
      ([name, each]) => !each.description && name !== 'id' && name !== 'power',
    )
    assert.deepEqual(
      silent.map(([name]) => `${kind}.${name}`),
      [],
    )
  }
})

test('examples are what they are examples of', async t => {
  const { schemas } = await describe(await running(t))
  for (const kind of kindNames) {
    assert.deepEqual(misfits(schemas, { $ref: `#/components/schemas/${pascal(kind)}Create` }, examples[kind]), [], kind)
  }
})

test('what the API answers is what its description says', async t => {
  const server = await running(t)
  const { schemas, operations } = await describe(server)
  const made = await createAll(server)
  /** Asks, and holds the answer against the description of that very operation. */
  async function check(method: string, template: string, path: string, body?: object) {
    const { status, body: answer } = await server.ask(method, path, body)
    const found = operations.find(each => each.path === template && each.method === method.toLowerCase())
    assert.ok(found, `${method} ${template} is not described`)
    const refused = { $ref: '#/components/schemas/Error' }
    const described = found.operation.responses[String(status)]
    const schema = described ? described.content?.['application/json']?.schema : refused
    if (schema) assert.deepEqual(misfits(schemas, schema, answer), [], `${method} ${path}`)
    assert.ok(described ?? status >= 400, `${method} ${path}: ${status}`)
    return answer
  }
  for (const kind of order) {
    const { plural, spec } = kinds[kind]
    const own = `/v1/${plural}/${made[kind]}`
    await check('GET', `/v1/${plural}`, `/v1/${plural}`)
    await check('PATCH', `/v1/${plural}/{id}`, own, samples[kind].change)
    await check('GET', `/v1/${plural}/{id}`, own)
    await check('PATCH', `/v1/${plural}/{id}`, own, { nonsense: true })
    if (Object.keys(spec.shape).length === 0) continue
    await check('POST', `/v1/${plural}/{id}:plan`, `${own}:plan`)
    await check('POST', `/v1/${plural}/{id}:apply`, `${own}:apply`)
    await check('GET', `/v1/${plural}/{id}/generations`, `${own}/generations`)
  }
  const balancer = '/v1/load-balancers/{id}/listeners'
  const listeners = await check('GET', balancer, balancer.replace('{id}', made['load-balancer']))
  const [listener] = listeners['items'] as { id: string }[]
  const backends = `${balancer.replace('{id}', made['load-balancer'])}/${listener?.id}/backends`
  await check('POST', `${balancer}/{listener}/backends`, backends, { address: '198.51.100.77', port: 1 })
  for (const path of ['/healthz', '/v1/version', '/v1/status', '/v1/operations', '/v1/pending', '/v1/session'])
    await check('GET', path, path)
})

test('the checker of answers finds what is wrong', () => {
  const schemas = {
    A: {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 1 } },
      required: ['n'],
      additionalProperties: false,
    },
  }
  const a = { $ref: '#/components/schemas/A' }
  assert.deepEqual(misfits(schemas, a, { n: 1 }), [])
  for (const wrong of [{}, { n: '1' }, { n: 0 }, { n: 1, m: 1 }, null, []]) {
    assert.notDeepEqual(misfits(schemas, a, wrong), [], JSON.stringify(wrong))
  }
  assert.notDeepEqual(misfits({}, { type: 'array', items: { enum: ['x'] } }, ['y']), [])
  assert.notDeepEqual(misfits({}, { oneOf: [{ type: 'null' }, { type: 'string', pattern: '^a' }] }, 'b'), [])
})
