import { danglingProblems } from '../check.ts'
import { joinPath } from '../issue.ts'
import { kinds, type KindName } from '../kinds.ts'
import type { Raw } from './body.ts'
import type { Work } from './work.ts'

/** Adds the references of a body that lead nowhere, where the rest of it is wrong already: all mistakes are told at once. */
export function tellDangling(work: Work, kind: KindName, body: Raw, at = ''): void {
  const told = new Set(work.problems.map(problem => problem.at))
  const { now, spec } = kinds[kind]
  const dangling = [now, spec].flatMap(schema => [...danglingProblems(work.model, schema, body)])
  const placed = dangling.slice(0, 100).map(problem => ({ ...problem, at: joinPath(at, problem.at) }))
  work.problems.push(...placed.filter(problem => !told.has(problem.at)))
}
