import type { Difference } from '../model/changes.ts'
import { isChild, telling } from '../model/telling.ts'
import { isRecord } from './leaves.ts'
import { printable } from './table.ts'
import type { Step, TopologyPlan } from './topology.ts'
import { labelOfKind, type Language, phrase } from './words.ts'

/** What people call a resource or a child, by id. */
type Call = (id: string) => string

/** Differences, one a line: `+` what is added, `-` what goes, `old → new` what changes. Ids are told by name. */
export function differenceLines(changes: readonly Difference[], call: Call): string[] {
  return changes.map(change => {
    const [hasFrom, hasTo] = ['from' in change, 'to' in change]
    const at = change.at.replaceAll(/[a-z]+-[0-9a-z]{8}/g, id => call(id))
    if (!hasFrom) return `+ ${at} ${valueText(change.to, call)}`
    if (!hasTo) return `- ${at} ${valueText(change.from, call)}`
    return `~ ${at}: ${valueText(change.from, call)} → ${valueText(change.to, call)}`
  })
}

/** A value on one line, without what says nothing: defaults, empty, null, and what is switched on. */
function valueText(value: unknown, call: Call): string {
  if (typeof value === 'string') return printable(value === '' ? '""' : call(value))
  if (Array.isArray(value)) return `[${value.map(each => valueText(each, call)).join(', ')}]`
  if (!isRecord(value)) return String(value)
  const said = Object.entries(telling(value)).filter(([key]) => key !== 'id' || !isChild(value))
  const shown = said.filter(([key, each]) => each !== null && each !== '' && !(key === 'enabled' && each === true))
  return `{${shown.map(([key, each]) => `${key}: ${valueText(each, call)}`).join(', ')}}`
}

const marks = { create: '+', change: '~', publish: '!', delete: '-', keep: ' ' } as const

/** A plan for a person: a line for each resource that something happens to, with its differences, and a sum. */
export function planText({ steps }: TopologyPlan, call: Call, language: Language): string {
  const lines = steps
    .filter(step => step.do !== 'keep')
    .flatMap(step => [
      `${marks[step.do]} ${labelOfKind(step.kind, language)} ${printable(step.name)}${aside(step, language)}`,
      ...detailLines(step, call).map(line => `    ${line}`),
    ])
  const count = (what: Step['do']) => steps.filter(step => step.do === what).length
  const sum = phrase(language, 'plan-sum', {
    create: count('create'),
    change: count('change'),
    publish: count('publish'),
    delete: count('delete'),
    keep: count('keep'),
  })
  return [...lines, sum].join('\n')
}

function aside(step: Step, language: Language): string {
  return step.do === 'publish' ? ` (${phrase(language, 'waiting-draft')})` : ''
}

function detailLines(step: Step, call: Call): string[] {
  if (step.do === 'change') return differenceLines(step.changes, call)
  if (step.do !== 'create') return []
  const said = Object.entries(step.entry.attributes).filter(([key]) => key !== 'name')
  return said.flatMap(([key, value]) => {
    const isList = Array.isArray(value) && value.some(isRecord)
    if (!isList) return [`${key}: ${valueText(value, call)}`]
    return value.map((each: unknown, i) => `${key}[${i}]: ${valueText(each, call)}`)
  })
}
