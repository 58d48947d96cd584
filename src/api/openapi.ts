import { kindNames, kinds } from '../model/kinds.ts'
import type { Endpoint, Parameter } from './endpoint.ts'
import { examples } from './examples.ts'
import { pascal, refTo, schemas } from './schemas.ts'

/** The description of the API, OpenAPI 3.1, from the very endpoints that serve it. */
export function openApi(endpoints: readonly Endpoint[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const path = (paths[endpoint.path] ??= {})
    path[endpoint.method.toLowerCase()] = describe(endpoint)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Causeway',
      version,
      description: 'A self-hosted cloud network. Edits change drafts; an apply publishes them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ accessKey: [] }, {}],
    tags: [
      { name: 'system', description: 'The server itself' },
      ...kindNames.map(kind => ({ name: kinds[kind].plural, description: kinds[kind].about.en })),
    ],
    paths: { ...paths, ...plainPaths },
    components: {
      securitySchemes: {
        accessKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access key: <id>:<secret>. Not needed on loopback',
        },
      },
      responses: {
        Refused: {
          description: 'Refused, with all that is wrong; nothing was changed',
          content: json(refTo('Error')),
        },
      },
      schemas: schemas(),
    },
  }
}

function describe({ name, tag, about, path, query = {}, headers = {}, body, answers }: Endpoint) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, each = '']) => parameter('path', each, idParameter))
  return {
    operationId: name,
    tags: [tag],
    summary: about,
    parameters: [
      ...inPath,
      ...Object.entries(query).map(([each, what]) => parameter('query', each, what)),
      ...Object.entries(headers).map(([each, what]) => parameter('header', each, what)),
    ],
    ...(body ? { requestBody: { required: true, content: json(body, exampleOf(name)) } } : {}),
    responses: {
      [answers.status]: {
        description: answers.about,
        ...(answers.schema ? { content: json(answers.schema) } : {}),
      },
      default: { $ref: '#/components/responses/Refused' },
    },
  }
}

const idParameter: Parameter = { about: 'Its id', schema: { type: 'string' } }

function parameter(where: 'path' | 'query' | 'header', name: string, { about, schema }: Parameter) {
  return { name, in: where, required: where === 'path', description: about, schema }
}

function json(schema: unknown, example?: unknown) {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
}

function exampleOf(operation: string): unknown {
  const kind = kindNames.find(each => `create${pascal(each)}` === operation)
  return kind && examples[kind]
}

/** What does not answer JSON. */
const plainPaths = {
  '/v1/events': {
    get: {
      operationId: 'streamEvents',
      tags: ['system'],
      summary: 'Streams what happens, as server-sent events; after a reset event everything must be read again',
      parameters: [
        parameter('header', 'Last-Event-ID', { about: 'Resumes after this event', schema: { type: 'string' } }),
      ],
      responses: {
        200: { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      },
    },
  },
  '/v1/openapi.json': {
    get: {
      operationId: 'getOpenApi',
      tags: ['system'],
      summary: 'This description',
      responses: { 200: { description: 'It', content: json({ type: 'object' }) } },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags: ['system'],
      summary: 'Figures in the text format of Prometheus',
      responses: { 200: { description: 'They', content: { 'text/plain': { schema: { type: 'string' } } } } },
    },
  },
} as const
