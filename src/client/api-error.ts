import type { WireError, WireProblem } from './wire.ts'

/** A request that the server refused, with all that is wrong, in the language that was asked for. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problems: readonly WireProblem[]
  /** How many seconds to wait before asking again; undefined where the server did not say. */
  readonly retryAfterS: number | undefined
  constructor(status: number, { code, message, problems }: WireError, retryAfterS?: number) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.problems = problems
    this.retryAfterS = retryAfterS
  }
}

/** The error that an answer which is no success stands for; `retryAfter` is that header, in seconds. */
export function errorOf(status: number, text: string, retryAfter?: string | string[]): Error {
  try {
    const seconds = /^\d{1,9}$/.test(String(retryAfter)) ? Number(retryAfter) : undefined
    return new ApiError(status, JSON.parse(text) as WireError, seconds)
  } catch {
    return new Error(
      `the server answered ${status} with something that is no answer of Causeway: ${text.slice(0, 200)}`,
    )
  }
}
