import { parse } from 'yaml'
import { kinds, type KindName } from '../../src/model/kinds.ts'
import { certificateFor, type Made } from '../certificate-maker.ts'
import { emptyModel, put, type Model, type Resource } from '../../src/model/model.ts'

/**
 * A model from YAML: a map of resources by id, each flat with its kind. Kinds that an id tells need not be named.
 * Drafts are live. A certificate says only what names it is for: `{ $for: [shop.example] }`.
 */
export function modelOf(yaml: string): Model {
  const entries = Object.entries((parse(yaml) ?? {}) as Record<string, Record<string, unknown>>)
  return entries.map(([id, body]) => resourceOf(id, body)).reduce((model, resource) => put(model, resource), emptyModel)
}

function resourceOf(id: string, { $for: names, ...rest }: Record<string, unknown>): Resource {
  const body = names ? { ...rest, ...certificateNamed(id, names as string[]) } : rest
  const kind = kindOf(id)
  const { now, spec } = kinds[kind]
  const only = (shape: object) => Object.fromEntries(Object.entries(body).filter(([key]) => key in shape))
  const unknown = Object.keys(body).filter(key => !(key in now.shape) && !(key in spec.shape))
  if (unknown.length > 0) throw new Error(`${id} has no attribute ${unknown.join(', ')}`)
  const live = spec.parse(only(spec.shape))
  return {
    kind,
    id,
    name: id,
    description: '',
    tags: [],
    createdAt: '2026-01-01T00:00:00Z',
    now: now.parse(only(now.shape)),
    draft: live,
    live,
    generation: 1,
    revision: 1,
    liveRevision: 1,
  } as Resource
}

/** The same each time that it is asked for. */
function certificateNamed(id: string, names: readonly string[]): Made {
  return certificates.getOrInsertComputed(`${id} ${names.join()}`, () => certificateFor({ names }))
}

const certificates = new Map<string, Made>()

function kindOf(id: string): KindName {
  const prefix = id.slice(0, id.lastIndexOf('-'))
  const found = Object.entries(kinds).find(([, kind]) => kind.prefix === prefix)
  return found ? (found[0] as KindName) : 'zone'
}
