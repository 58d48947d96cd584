import type { Refused } from '../model/problem.ts'

/** What `ret_code` says when something was not done, and the word that its message begins with. */
const words = {
  1100: 'InvalidRequestFormat',
  1101: 'InvalidRequestMethod',
  1200: 'AuthFailure',
  1300: 'RequestHasExpired',
  1400: 'PermissionDenied',
  2100: 'ResourceNotFound',
  2110: 'ResourceAlreadyExists',
  2500: 'QuotaExceeded',
  5000: 'InternalError',
  5100: 'ServerBusy',
  5200: 'InsufficientResource',
  5300: 'ServiceUpdating',
  5400: 'DependencyExists',
} as const

export type RetCode = keyof typeof words

/** Thrown where a request cannot be done for a reason that only this API knows; what the model refuses says so itself. */
export class Failure extends Error {
  readonly code: RetCode
  /** The message without its first word. */
  readonly text: string
  constructor(code: RetCode, text: string) {
    super(`${words[code]}, ${text}`)
    this.name = 'Failure'
    this.code = code
    this.text = text
  }
}

/** Thrown where several things are wrong with a request; carries all of them. The code is that of the first. */
export class Failures extends Error {
  readonly all: readonly (Failure | Refused)[]
  constructor(all: readonly (Failure | Refused)[]) {
    super(all.map(({ message }) => message).join('; '))
    this.name = 'Failures'
    this.all = all
  }
}

/** Ends a request that cannot be done. The text says what is wrong and what to do, with ids in brackets. */
export function fail(code: RetCode, text: string): never {
  throw new Failure(code, text)
}

/** The code itself, or the one for bugs where a catalogue names a code that this API does not have. */
export function retCodeOf(code: number): RetCode {
  return Object.hasOwn(words, code) ? (code as RetCode) : 5000
}
