import type { Problem } from '../model/problem.ts'
import type { Phrase } from './words.ts'

/** Something wrong with what was typed or with a file: a sentence and its values. */
export interface Complaint {
  readonly say: Phrase
  readonly values: Readonly<Record<string, string | number>>
  /** What the server would say; its sentence is the value `text`. */
  readonly problem?: Problem
}

/** Thrown for what is wrong before the server was asked to change anything; carries all of it. Exit code 2. */
export class Misuse extends Error {
  readonly complaints: readonly Complaint[]
  constructor(complaints: readonly Complaint[]) {
    super(complaints.map(each => each.say).join(', '))
    this.name = 'Misuse'
    this.complaints = complaints
  }
}
