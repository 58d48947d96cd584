import { dirname } from 'node:path'
import type { Problem } from '../model/problem.ts'

/** Thrown where a commit could not be written, and so changed nothing: the disk's doing, not the user's and not ours. */
export class StoreFailed extends Error {
  readonly problem: Problem
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`nothing was changed: cannot write to the store ${path}: ${reason}`, { cause })
    this.name = 'StoreFailed'
    this.problem = isFull(cause)
      ? { code: 'disk-full', at: '', values: { where: dirname(path) } }
      : { code: 'store-failed', at: '', values: { where: path, reason } }
  }
}

/** SQLITE_FULL, see https://www.sqlite.org/rescode.html#full; extended codes keep the primary one in their lowest byte. */
const full = 13

/** Whether it was a full disk that something failed of. */
export function isFull(cause: unknown): boolean {
  const { errcode, code } = (cause ?? {}) as { readonly errcode?: number; readonly code?: string }
  return (errcode !== undefined && (errcode & 0xff) === full) || code === 'ENOSPC' || code === 'EDQUOT'
}
