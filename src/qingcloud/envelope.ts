import { childListsOf, type ChildList } from '../model/child-lists.ts'
import { problemText, problems, Refused, type Problem } from '../model/problem.ts'
import { kindNames, kinds } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'
import { StoreFailed } from '../store/store-failed.ts'
import { Failure, Failures, retCodeOf, type RetCode } from './failure.ts'

/** What an action answers with, besides what every answer has. */
export type Answer = Readonly<Record<string, unknown>>

/**
 * How an action's parameters call what the model calls otherwise, e.g. `bandwidthMbps: 'bandwidth'`, or
 * `'check.path': 'healthy_check_method'` where several attributes are one parameter.
 */
export type Names = Readonly<Record<string, string>>

/** The answer to something that was done. */
export function success(action: string, answer: Answer): Answer {
  return { action: `${action}Response`, ...answer, ret_code: 0 }
}

/**
 * The answer to what could not be done; null for a bug. `changed` is what the request was to change: what would be wrong
 * elsewhere is told by its name.
 */
export function failure(error: unknown, names: Names = {}, changed?: ReadonlySet<Id>): Answer | null {
  const parts = (error instanceof Failures ? error.all : [error]).flatMap(each => said(each, names, changed) ?? [])
  const [first] = parts
  if (!first) return null
  const sentences = parts.reduce(
    (told: readonly string[], part) => [...told, ...part.sentences.filter(isNew(told))],
    [],
  )
  const { code, message } = new Failure(first.code, sentences.slice(0, mostSentences).join('; '))
  return { message, ret_code: code }
}

/** Whoever sends a thousand wrong entries is not told of each. */
const mostSentences = 20

/** A sentence that was not said, and is neither about a parameter, nor only about ids, of which something was said before. */
function isNew(told: readonly string[]): (each: string) => boolean {
  const parameters = new Set(told.map(parameterOf))
  // Whoever says that a resource is not there says it for every parameter that names it.
  const known = new Set(told.filter(each => parameterOf(each) === undefined).flatMap(idsOf))
  return each => {
    const parameter = parameterOf(each)
    const named = idsOf(each)
    if (told.includes(each) || (parameter !== undefined && parameters.has(parameter))) return false
    // An id that was required and is not there names nothing: that was said.
    if (told.length > 0 && each.includes('[]')) return false
    return named.length === 0 || named.some(id => !known.has(id))
  }
}

function parameterOf(each: string): string | undefined {
  return /^parameter (\[.*?\])/.exec(each)?.[1]
}

function idsOf(each: string): readonly string[] {
  return each.match(/\[[a-z]+-[0-9a-z]{8}\]/g) ?? []
}

/** The code and the sentences of one thing that was thrown; null for a bug. */
function said(error: unknown, names: Names, changed?: ReadonlySet<Id>) {
  if (error instanceof Failure) return { code: error.code, sentences: [error.text] }
  const told = error instanceof Refused ? error.problems : error instanceof StoreFailed ? [error.problem] : []
  if (told.length === 0) return null
  const gravest = told.reduce((a, b) => (problems[b.code].http > problems[a.code].http ? b : a))
  const code: RetCode = retCodeOf(problems[gravest.code].ret)
  return { code, sentences: told.map(problem => sentence(problem, names, changed)) }
}

/** The answer where something of ours went wrong: it says nothing of what. */
export function bug(): Answer {
  return failure(new Refused([{ code: 'internal', at: '' }])) ?? {}
}

function sentence(problem: Problem, names: Names, changed?: ReadonlySet<Id>): string {
  const { at, resource, values } = problem
  const text = values?.['id'] === '' ? 'resource [] does not exist' : problemText(problem, 'en')
  if (resource !== undefined && changed?.has(resource) === false)
    return bracketed(`${resource}${at && `, ${at}`}: ${text}`)
  const subject = at !== '' ? `parameter [${parameterAt(at, names)}] ` : resource === undefined ? '' : `${resource} `
  return bracketed(subject + text)
}

/** `listeners[0].timeoutS` as clients write it: `listeners.1.timeout`. */
function parameterAt(at: string, names: Names): string {
  const path = Object.keys(names).find(name => name.includes('.') && (at === name || at.endsWith(`.${name}`)))
  return (path === undefined ? at : at.slice(0, -path.length) + (names[path] ?? path))
    .replaceAll(/\[(\d+)\]/g, (_, index: string) => `.${Number(index) + 1}`)
    .replaceAll(/[A-Za-z]\w*/g, word => (Object.hasOwn(names, word) ? (names[word] ?? word) : word))
}

const prefixes = kindNames.flatMap(kind => [kinds[kind].prefix ?? [], ...childListsOf(kind).flatMap(prefixesIn)]).flat()
const ids = new RegExp(`(?<![\\w[-])(?:${prefixes.join('|')})-[0-9a-z]{8}(?![\\w-])`, 'g')

/** A text with its ids in brackets, as clients look for them. */
function bracketed(sentenceText: string): string {
  return sentenceText.replaceAll(ids, id => `[${id}]`)
}

function prefixesIn({ prefix, lists }: ChildList): readonly string[] {
  return [prefix, ...lists.flatMap(prefixesIn)]
}
