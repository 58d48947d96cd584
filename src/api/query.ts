import { Refused, type Problem } from '../model/problem.ts'
import { numberOf, timeOf, wordOf, type Endpoint, type Schema } from './endpoint.ts'

/** All that is wrong with a query: names that the endpoint does not know, and values that are not as it describes them. */
export function queryProblems(
  query: Readonly<Record<string, string>>,
  parameters: NonNullable<Endpoint['query']> = {},
): readonly Problem[] {
  const known = Object.keys(parameters).join(', ') || '–'
  return Object.entries(query)
    .flatMap(([name, text]): readonly Problem[] => {
      const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
      if (!parameter) return [{ code: 'unknown-parameter', at: '', values: { name: name.slice(0, 64), known } }]
      return valueProblems(name, text, parameter.schema)
    })
    .slice(0, 20)
}

function valueProblems(name: string, text: string, schema: Schema): readonly Problem[] {
  const { type, format, enum: words, minimum = 0, maximum = 1e9 } = schema
  try {
    if (type === 'integer') numberOf(name, text, 0, Number(minimum), Number(maximum))
    if (type === 'boolean') wordOf(name, text, 'true', ['true', 'false'])
    if (Array.isArray(words)) wordOf(name, text, '', words as readonly string[])
    if (format === 'date-time') timeOf(name, text)
    return []
  } catch (error) {
    if (error instanceof Refused) return error.problems
    throw error
  }
}
