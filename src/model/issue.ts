import type { z } from 'zod'
import { formOf } from './define.ts'
import type { Problem, ProblemCode } from './problem.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** Everything that a schema found wrong with an input, as problems. `at` is where the input stands. */
export function problemsOf(error: z.ZodError, input: unknown, at = ''): readonly Problem[] {
  const found = error.issues.flatMap(issue => [...problemsOfIssue(issue, input, issue.path)])
  const seen = new Map(found.map(p => [`${p.code} ${p.at}`, p]))
  return [...seen.values()].map(p => ({ ...p, at: joinPath(at, p.at) }))
}

/** `listeners` and `[0].port` make `listeners[0].port`; `check` and `fall` make `check.fall`. */
export function joinPath(before: string, after: string): string {
  if (before === '' || after === '' || after.startsWith('[')) return before + after
  return `${before}.${after}`
}

function* problemsOfIssue(issue: Issue, input: unknown, path: Path): Iterable<Problem> {
  const at = pathText(path)
  switch (issue.code) {
    case 'invalid_type':
      if (valueAt(input, path) === undefined) yield { code: 'missing', at }
      else yield { code: 'wrong-type', at, values: { expected: issue.expected } }
      return
    case 'unrecognized_keys':
      for (const key of issue.keys.slice(0, 20)) {
        const field = key.slice(0, 64)
        yield { code: 'unknown-field', at: joinPath(at, field), values: { field } }
      }
      return
    case 'invalid_value':
      if (valueAt(input, path) === undefined) yield { code: 'missing', at }
      else yield { code: 'not-one-of', at, values: { options: issue.values.map(String).join(', ') } }
      return
    case 'too_big':
      yield { code: sizeCodes[issue.origin]?.[1] ?? 'too-big', at, values: { limit: Number(issue.maximum) } }
      return
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) yield { code: 'missing', at }
      else yield { code: sizeCodes[issue.origin]?.[0] ?? 'too-small', at, values: { limit: Number(issue.minimum) } }
      return
    case 'invalid_format':
      yield { code: formatCode(issue.format, issue.pattern), at }
      return
    case 'invalid_union':
      yield* problemsOfUnion(issue, input, path)
      return
    case 'custom':
      yield { code: customCode(issue.params?.['code']), at }
      return
    default:
      yield { code: 'bad-format', at }
  }
}

/** A value that fits no form of a union is told by the form that it comes nearest to: the first that it has the type of. */
function* problemsOfUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  path: Path,
): Iterable<Problem> {
  const options = 'options' in issue ? issue.options : undefined
  if (Array.isArray(options)) {
    const given = valueAt(input, path)
    if (given === undefined) yield { code: 'missing', at: pathText(path) }
    else yield { code: 'not-one-of', at: pathText(path), values: { options: options.map(String).join(', ') } }
    return
  }
  const forms = issue.errors.map(form =>
    form.flatMap(each => [...problemsOfIssue(each, input, [...path, ...each.path])]),
  )
  const nearest = forms.find(form => form.length > 0 && form.every(p => p.code !== 'wrong-type')) ?? forms[0]
  yield* nearest?.slice(0, 1) ?? []
}

const sizeCodes: Readonly<Record<string, readonly [ProblemCode, ProblemCode]>> = {
  string: ['too-short', 'too-long'],
  array: ['too-few', 'too-many'],
}

function formatCode(format: string, pattern: string | undefined): ProblemCode {
  if (format === 'ipv4') return 'not-an-address'
  if (format === 'cidrv4') return 'not-a-prefix'
  const form = pattern === undefined ? undefined : formOf(pattern)
  if (form) return `form-${form}`
  if (pattern?.includes('Cc')) return pattern.includes('\\s') ? 'no-blanks' : 'control-characters'
  return pattern?.includes('{1,5}(-') ? 'not-ports' : 'bad-format'
}

function customCode(code: unknown): ProblemCode {
  return code === 'host-bits' || code === 'not-ports' ? code : 'bad-format'
}

function pathText(path: Path): string {
  return path.reduce<string>((text, part) => joinPath(text, typeof part === 'number' ? `[${part}]` : String(part)), '')
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined
    return Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined
  }, input)
}
