import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { sections, unsupported } from '../../src/qingcloud/actions.ts'
import type { Action } from '../../src/qingcloud/action.ts'

const document = join(import.meta.dirname, '../../docs/qingcloud.md')
const [start, end] = ['<!-- actions -->', '<!-- /actions -->']

/** What is supported, as the documentation has it. */
function table(): string {
  const parts = Object.entries(sections).map(([title, actions]) => `### ${title}\n\n${actions.map(line).join('\n')}`)
  const missing = [...Map.groupBy(unsupported, ([, reason]) => reason)].map(
    ([reason, entries]) => `- ${entries.map(([name]) => `\`${name}\``).join(', ')}: ${reason}.`,
  )
  return [...parts, `### Not supported\n\n${missing.join('\n')}`].join('\n\n')
}

function line({ name, aliases, parameters, note, needs }: Action): string {
  const also = aliases.length > 0 ? ` (also ${aliases.map(alias => `\`${alias}\``).join(', ')})` : ''
  const takes = Object.entries(parameters.shape).filter(([key]) => !common.has(key))
  const admin = needs === 'admin' ? ' Administrators only.' : ''
  const words = takes.map(([key, schema]) => wordOf(key, schema))
  return `- \`${name}\`${also}${words.length > 0 ? `: ${words.join(', ')}` : ''}.${note === '' ? '' : ` ${note}.`}${admin}`
}

/** What every list takes. */
const common = new Set(['offset', 'limit', 'verbose', 'search_word', 'tags', 'status', 'reverse'])

function wordOf(name: string, schema: z.core.$ZodType): string {
  const required = !z.safeParse(schema, undefined).success
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.def.innerType : schema
  const word = inner instanceof z.ZodArray ? `${name}.n` : name
  return required ? `**${word}**` : word
}

test('the documentation lists what is supported, and nothing else', () => {
  const written = readFileSync(document, 'utf8')
  const [from, to] = [written.indexOf(start), written.indexOf(end)]
  assert.ok(from > 0 && to > from, 'the marks of the table are missing')
  const whole = `${written.slice(0, from)}${start}\n\n${table()}\n\n${written.slice(to)}`
  if (process.env['GOLDEN'] === 'write') writeFileSync(document, whole)
  else assert.ok(written === whole, 'GOLDEN=write node --test test/qingcloud/document.test.ts writes it anew')
})
