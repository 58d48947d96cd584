import type { WireError, WireProblem } from './wire.ts'

/** A request that the server refused, with all that is wrong, in the language that was asked for. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problems: readonly WireProblem[]
  constructor(status: number, { code, message, problems }: WireError) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.problems = problems
  }
}

/** The error that an answer which is no success stands for. */
export function errorOf(status: number, text: string): Error {
  try {
    return new ApiError(status, JSON.parse(text) as WireError)
  } catch {
    return new Error(
      `the server answered ${status} with something that is no answer of Causeway: ${text.slice(0, 200)}`,
    )
  }
}
