import type { Problem } from '../model/problem.ts'

/** Why an attempt to have a certificate issued came to nothing, and before when it makes no sense to try again. */
export class AcmeFailed extends Error {
  readonly problem: Problem
  readonly notBeforeMs: number | null
  constructor(problem: Problem, notBeforeMs: number | null = null) {
    super(problem.code)
    this.name = 'AcmeFailed'
    this.problem = problem
    this.notBeforeMs = notBeforeMs
  }
}

/** A problem document (RFC 7807), as far as ACME uses it. */
export interface ProblemDocument {
  readonly type?: string | undefined
  readonly detail?: string | undefined
  readonly subproblems?: readonly ProblemDocument[] | undefined
}

const prefix = 'urn:ietf:params:acme:error:'

/** The sort of a problem, in a word of RFC 8555. */
export function sortOf({ type = '' }: ProblemDocument): string {
  return type.startsWith(prefix) ? type.slice(prefix.length) : type
}

/** What a problem document says, in one line of bounded length. */
export function wordsOf(document: ProblemDocument): string {
  const { detail = '', subproblems = [] } = document
  const parts = [detail || sortOf(document), ...subproblems.map(each => each.detail ?? '')]
  return parts
    .filter(part => part !== '')
    .join('; ')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 500)
}
