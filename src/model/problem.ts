import type { Words } from './define.ts'
import type { Id } from './model.ts'

/** What is wrong with a request or a model, where, and the values that its sentence needs. */
export interface Problem {
  readonly code: ProblemCode
  /** The attribute that is wrong, e.g. `listeners[0].port`; empty for the whole resource. */
  readonly at: string
  /** The resource that is wrong, where it exists already. */
  readonly resource?: Id
  readonly values?: Readonly<Record<string, string | number>>
}

interface Entry {
  /** The HTTP status of a refusal whose gravest problem this is. */
  readonly http: number
  /** The `ret_code` of the QingCloud-compatible API. */
  readonly ret: number
  /** Sentences; `{name}` stands for one of the problem's values. Say what is wrong and what to do. */
  readonly words: Words
}

/** Every problem that a user can meet, in one table. */
export const problems = {
  'wrong-type': { http: 400, ret: 1100, words: { en: 'must be {expected}', zh: '应为{expected}' } },
  'unknown-field': { http: 400, ret: 1100, words: { en: 'there is no attribute {field} here', zh: '没有名为 {field} 的属性' } },
  'missing': { http: 400, ret: 1100, words: { en: 'is required', zh: '必填' } },
  'not-found': { http: 404, ret: 2100, words: { en: 'there is no {kind} {id}', zh: '不存在{kind} {id}' } },
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof problems

/** A problem's sentence in a language. */
export function problemText(problem: Problem, language: keyof Words): string {
  return problems[problem.code].words[language].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(problem.values?.[name] ?? whole),
  )
}

/** Thrown at the edges when a user's request cannot be done; carries all that is wrong. */
export class Refused extends Error {
  readonly problems: readonly Problem[]
  constructor(list: readonly Problem[]) {
    super(list.map(p => `${p.at ? `${p.at}: ` : ''}${problemText(p, 'en')}`).join('; '))
    this.name = 'Refused'
    this.problems = list
  }
}
