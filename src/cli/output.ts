import { Option } from 'commander'
import { z } from 'zod'
import { standingOf } from '../client/standing.ts'
import type { BackendStatus, WireOf, WireResource } from '../client/wire.ts'
import { kinds } from '../model/kinds.ts'
import { slimmed } from '../model/telling.ts'
import { attributesOf } from './attributes.ts'
import { brief, cellOf, childCell, gridOf, type Reading, stateOf } from './cells.ts'
import { directoryOf } from './directory.ts'
import { childListsOf, type ChildList } from '../model/child-lists.ts'
import { labelOf, stateLabel } from './labels.ts'
import { isRecord } from './leaves.ts'
import { named } from './directory.ts'
import type { Session } from './session.ts'
import { tableText } from './table.ts'
import { topologyText } from './topology-file.ts'
import { phrase, type Language } from './words.ts'

/** The forms that output may take. */
const formats = ['table', 'wide', 'json', 'yaml'] as const
export type Format = (typeof formats)[number]

/** The option that chooses a form of output. */
export function outputOption(): Option {
  return new Option('-o, --output <form>', 'how to print: yaml can be applied again').choices(formats).default('table')
}

/** Prints resources; `all` is where names are looked up. One alone is shown whole, with its children. */
export function printResources(
  list: readonly WireResource[],
  all: readonly WireResource[],
  format: Format,
  { terminal, language }: Session,
  alone = false,
): void {
  if (format === 'json') return terminal.out(JSON.stringify(alone ? list[0] : list, null, 2))
  if (format === 'yaml') return terminal.out(topologyText(list, all))
  const reading = { directory: directoryOf(all), language, wide: format === 'wide' }
  const [only] = list
  if (alone && only) return terminal.out(detailText(only, reading))
  terminal.out(tableText(gridOf(list, reading)))
}

/** A resource whole: its attributes one a line, then a table for each list of children. */
function detailText(resource: WireResource, reading: Reading): string {
  const { language } = reading
  const lists = childListsOf(resource.kind)
  const plain = Object.keys(attributesOf(resource.kind)).filter(key => !lists.some(list => list.attribute === key))
  // What nobody sets and a list tells of it all the same.
  const told = kinds[resource.kind].columns.filter(key => !Object.hasOwn(attributesOf(resource.kind), key))
  const rows = [
    ['kind', kinds[resource.kind].label[language]] as const,
    ['id', resource.id] as const,
    ['state', stateOf(resource, language)] as const,
    ...plain.map(key => [key, cellOf(resource, key, reading)] as const),
    ...told.map(key => [key, cellOf(resource, key, reading)] as const),
    ['generation', String(resource.generation)] as const,
    ['createdAt', resource.createdAt] as const,
  ]
  const widest = tableText({ heads: ['', ''], rows: rows.map(([key, cell]) => [labelOf(key, language), cell]) })
  const tables = lists.flatMap(list => childTables(resource, list, childrenOf(resource, list), '', reading))
  return [widest.replace(/^\s*\n/, ''), ...tables, ...removedTable(resource, language)].join('\n\n')
}

/** Backends that a balancer has no more and that still have connections. */
function removedTable(resource: WireResource, language: Language): string[] {
  if (resource.kind !== 'load-balancer') return []
  const rows = Object.entries(resource.backendStatus)
    .filter(([, { removedFrom }]) => removedFrom === resource.id)
    .map(([id, status]) => [id, stateLabel(status.state, language), reasonOf(status, language)])
  if (rows.length === 0) return []
  const table = tableText({ heads: ['id', 'state', 'reason'].map(key => labelOf(key, language)), rows })
  return [`${phrase(language, 'removed-backends')}\n${table}`]
}

/** How a backend is, why, and as whom it sees us. */
function statusCells(balancer: WireOf<'load-balancer'>, id: string, language: Language): readonly string[] {
  const { backendStatus: statuses, live } = balancer
  const status = statuses[id]
  if (!status) return ['–', '–', '–']
  const { listeners } = live ?? balancer
  const fellows = listeners.find(({ backends }) => backends.some(each => each.id === id))?.backends ?? []
  const standing = standingOf(id, fellows, statuses)
  const reason = standing ? phrase(language, standing) : reasonOf(status, language)
  return [stateLabel(status.state, language), reason, brief(status.seenAs)]
}

/** Why a backend is as it is; of one that drains, what is left. */
function reasonOf({ state, reason, sessions, drainEndsAt }: BackendStatus, language: Language): string {
  if (state !== 'draining') return brief(reason)
  const left = { en: `${sessions} connections left`, zh: `剩余 ${sessions} 个连接` }[language]
  if (drainEndsAt === undefined) return left
  return { en: `${left}, until ${drainEndsAt}`, zh: `${left}，最迟 ${drainEndsAt} 断开` }[language]
}

type Child = Readonly<Record<string, unknown>>

function childrenOf(parent: object, list: ChildList): readonly Child[] {
  const value: unknown = (parent as Child)[list.attribute]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function childTables(
  resource: WireResource,
  list: ChildList,
  children: readonly Child[],
  of: string,
  reading: Reading,
): string[] {
  const { language } = reading
  if (children.length === 0) return []
  const inner = new Set(list.lists.map(each => each.attribute))
  const plain = Object.keys(list.member.shape).filter(key => !inner.has(key))
  const filled = plain.filter(key => key === 'id' || children.some(child => brief(child[key]) !== '–'))
  const told = reading.wide || filled.length <= mostColumns ? filled : filled.filter(isTelling(list, children))
  const hasStatus = resource.kind === 'load-balancer' && list.attribute === 'backends'
  const extra = hasStatus ? ['state', 'reason', 'seenAs'] : []
  const rows = children.map(child => {
    const shown = named(list.member, child, reading.directory) as Child
    const state =
      resource.kind === 'load-balancer' && hasStatus ? statusCells(resource, String(child['id']), language) : []
    return [...told.map(key => childCell(key, shown[key], language)), ...state]
  })
  const title = `${labelOf(list.attribute, language)}${of}`
  const own = `${title}\n${tableText({ heads: [...told, ...extra].map(key => labelOf(key, language)), rows })}`
  const below = children.flatMap(child =>
    list.lists.flatMap(each => childTables(resource, each, childrenOf(child, each), ` · ${callOf(child)}`, reading)),
  )
  return [own, ...below]
}

/** Beyond so many columns, those are left out in which every child is as its schema has it. */
const mostColumns = 14

/** Whether a column tells anything: what is always looked for, and what differs from the default somewhere. */
function isTelling({ member }: ChildList, children: readonly Child[]): (key: string) => boolean {
  const slim = slimmed(z.array(member), children) as readonly Child[]
  return key => ['id', 'protocol', 'port', 'check'].includes(key) || slim.some(child => child[key] !== undefined)
}

/** What to call a child: its name, else its port, else its id. */
function callOf(child: Child): string {
  return String(child['name'] || child['port'] || child['id'])
}
