import { z } from 'zod'
import { formOf, markOf, mustBeGiven } from '../model/define.ts'
import { problemText } from '../model/problem.ts'
import { defaultOf } from '../model/telling.ts'
import { formsOf } from './assignment.ts'
import { coreOf, isNullable } from './attributes.ts'
import { isRecord } from './leaves.ts'

/** How a value of an attribute is written, and what stands there where nothing is said, on one line. */
export function valueText(schema: z.core.$ZodType, isNew: boolean, form = formText(coreOf(schema))): string {
  const values = isNullable(schema) ? `${form}, or null` : form
  const usual = usualText(defaultOf(schema))
  if (usual !== undefined) return `${values}; default ${usual}`
  return isNew && mustBeGiven(schema) ? `${values}; must be given` : values
}

/** The words that an attribute chooses among, one or several of them; none where it is no choice. */
export function choicesOf(schema: z.core.$ZodType): readonly string[] {
  const core = coreOf(schema)
  if (core instanceof z.ZodArray) return choicesOf(core.element)
  if (core instanceof z.ZodEnum) return core.options.map(String)
  return core instanceof z.ZodLiteral ? [...core.values].map(String) : []
}

function formText(core: z.core.$ZodType): string {
  const { ref, text } = markOf(core) ?? {}
  if (ref) return `${ref.join(' or ')} by name or id`
  if (text) return 'text, or @ and the path of a file'
  if (core instanceof z.ZodArray) return listText(core)
  if (core instanceof z.ZodDiscriminatedUnion) return formsOf(core).join(', ')
  if (core instanceof z.ZodUnion) return core.options.map(formText).join(', or ')
  if (core instanceof z.ZodBoolean) return 'true, false'
  if (core instanceof z.ZodNumber) return `${core.minValue} to ${core.maxValue}`
  const choices = choicesOf(core)
  return choices.length > 0 ? choices.join(', ') : textForm(core)
}

function listText(list: z.ZodArray): string {
  const element = coreOf(list.element)
  const { maxItems } = z.toJSONSchema(list, { io: 'input', unrepresentable: 'any' })
  const most = maxItems === undefined ? '' : `, ${maxItems} at most`
  if (!(element instanceof z.ZodObject)) return `${formText(element)}; several with commas${most}`
  return `'[{${Object.keys(element.shape)
    .map(name => `${name}: …`)
    .join(', ')}}]'${most}`
}

/** Text of a form; where that has a sentence of its own, with it. */
function textForm(core: z.core.$ZodType): string {
  const { format, pattern } = z.toJSONSchema(core, { io: 'output', unrepresentable: 'any' })
  if (format === 'ipv4') return 'address'
  if (format === 'cidrv4') return 'prefix or address'
  if (pattern?.includes('{1,5}(-')) return 'port, or range as 8000-8010'
  const form = pattern === undefined ? undefined : formOf(String(new RegExp(pattern)))
  return form ? `text; ${problemText({ code: `form-${form}`, at: '' }, 'en')}` : 'text'
}

function usualText(usual: unknown): string | undefined {
  if (usual === undefined || usual === '') return undefined
  if (Array.isArray(usual)) return usual.length > 0 ? usual.join(',') : undefined
  if (isRecord(usual)) return usual['type'] === undefined ? undefined : usualText(usual['type'])
  return typeof usual === 'string' ? usual : JSON.stringify(usual)
}
