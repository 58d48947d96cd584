/** The parts of a JSON schema that our descriptions use. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly maxItems?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly format?: string
}

/** Where a value is not what a JSON schema says: enough of the standard for our own descriptions. */
export function misfits(named: Readonly<Record<string, object>>, schema: object, value: unknown, at = '$'): string[] {
  const rule = schema as JsonSchema
  const inner = (each: JsonSchema, part: unknown, where: string) => misfits(named, each, part, where)
  const found: string[] = []
  if (rule.$ref !== undefined) {
    const target = named[rule.$ref.split('/').at(-1) ?? '']
    found.push(...(target ? inner(target, value, at) : [`${at}: ${rule.$ref} leads nowhere`]))
  }
  const types = typeof rule.type === 'string' ? [rule.type] : rule.type
  if (types && !types.some(type => isOf(type, value))) return [...found, `${at}: not ${types.join(' or ')}`]
  if ('const' in rule && value !== rule.const) found.push(`${at}: not ${String(rule.const)}`)
  if (rule.enum && !rule.enum.includes(value)) found.push(`${at}: not one of ${rule.enum.join(', ')}`)
  const choices = rule.oneOf ?? rule.anyOf
  if (choices && !choices.some(each => inner(each, value, at).length === 0)) found.push(`${at}: fits no choice`)
  for (const each of rule.allOf ?? []) found.push(...inner(each, value, at))
  if (typeof value === 'string') {
    if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(value))
      found.push(`${at}: not like ${rule.pattern}`)
    if (rule.maxLength !== undefined && value.length > rule.maxLength) found.push(`${at}: too long`)
  }
  if (typeof value === 'number') {
    if (rule.minimum !== undefined && value < rule.minimum) found.push(`${at}: too small`)
    if (rule.maximum !== undefined && value > rule.maximum) found.push(`${at}: too big`)
  }
  if (Array.isArray(value)) {
    if (rule.maxItems !== undefined && value.length > rule.maxItems) found.push(`${at}: too many`)
    for (const [i, each] of value.entries()) if (rule.items) found.push(...inner(rule.items, each, `${at}[${i}]`))
  } else if (typeof value === 'object' && value !== null) {
    for (const name of rule.required ?? []) if (!(name in value)) found.push(`${at}.${name}: missing`)
    for (const [name, each] of Object.entries(value)) {
      const property = rule.properties?.[name] ?? rule.additionalProperties
      if (property === false) found.push(`${at}.${name}: not described`)
      else if (typeof property === 'object') found.push(...inner(property, each, `${at}.${name}`))
    }
  }
  return found
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
