import type { Client } from '../../client/api-client.ts'
import { ApiError } from '../../client/api-error.ts'
import type { WireProblem } from '../../client/wire.ts'
import type { ChildPath } from '../../model/command.ts'
import type { Shown } from '../server/queries.ts'
import type { Document } from './body-of.ts'

/**
 * Adds what a form says to a list of an aggregate's draft. Where the attribute `each` holds several values, a child is
 * made for each of them: all or, where one is refused, none.
 */
export async function addChildren(
  server: Client,
  { kind, id }: Pick<Shown, 'kind' | 'id'>,
  path: ChildPath,
  body: Document,
  each: string | undefined,
): Promise<void> {
  const values = each === undefined ? undefined : body[each]
  if (each === undefined || !Array.isArray(values)) return void (await server.children.add(kind, id, path, body))
  const bodies = values.map((value: unknown) => ({ ...body, [each]: value }))
  const [first] = bodies
  if (first && bodies.length === 1) return void (await server.children.add(kind, id, path, first))
  const [list = ''] = path
  const { revision, ...present } = (await server.get(kind, id)) as Shown
  const before = present[list] as readonly unknown[]
  try {
    await server.patch(kind, id, { [list]: [...before, ...bodies] }, { ifRevision: revision })
  } catch (error) {
    throw error instanceof ApiError ? seenFromForm(error, list, before.length, values) : error
  }
}

/** A refusal as the form sees it: without the list, and saying which of the values it is about. */
function seenFromForm(error: ApiError, list: string, before: number, values: readonly unknown[]): ApiError {
  const problems = error.problems.map((problem): WireProblem => {
    const [, index, rest] = /^\[(\d+)\]\.?(.*)$/.exec(problem.at.slice(list.length)) ?? []
    const value = values[Number(index) - before]
    if (!problem.at.startsWith(`${list}[`) || typeof value !== 'string') return problem
    return { ...problem, at: rest ?? '', message: `${value}: ${problem.message}` }
  })
  return new ApiError(error.status, { code: error.code as WireProblem['code'], message: error.message, problems })
}
