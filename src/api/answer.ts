import type { Page, WireError, WireProblem } from '../client/wire.ts'
import type { Words } from '../model/define.ts'
import { problems, problemText, type Problem } from '../model/problem.ts'

export type Language = keyof Words

/** What a handler answers with; a body of undefined is none. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The caller's language, by Accept-Language; English unless Chinese is preferred. */
export function languageOf(header: string | undefined): Language {
  const wishes = (header ?? '').split(',').map(part => {
    const [tag = '', ...rest] = part.trim().toLowerCase().split(';')
    const q = rest.map(p => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find(value => value !== undefined)
    return { tag, q: q === undefined ? 1 : Number(q) }
  })
  const best = (prefix: string) =>
    Math.max(0, ...wishes.filter(w => w.tag === prefix || w.tag.startsWith(`${prefix}-`)).map(w => w.q))
  return best('zh') > best('en') ? 'zh' : 'en'
}

/** A problem in the caller's language. */
export function wireProblem(problem: Problem, language: Language): WireProblem {
  const { code, at, resource } = problem
  return { code, at, ...(resource === undefined ? {} : { resource }), message: problemText(problem, language) }
}

/** The answer to a request that cannot be done: the status is that of its gravest problem. */
export function refusal(list: readonly Problem[], language: Language): Answer {
  const gravest = list.reduce((a, b) => (problems[b.code].http > problems[a.code].http ? b : a))
  const told = list.map(problem => wireProblem(problem, language))
  const body: WireError = {
    code: gravest.code,
    message: told.map(({ at, message }) => (at ? `${at}: ${message}` : message)).join(language === 'zh' ? '；' : '; '),
    problems: told,
  }
  return { status: problems[gravest.code].http, body }
}

/** A list that has one page only. */
export function wholePage<T>(items: readonly T[]): Page<T> {
  return { items, next: null, total: items.length }
}
