import { parseAllDocuments, stringify } from 'yaml'
import { kindNames, kinds } from '../model/kinds.ts'
import { slimmed } from '../model/telling.ts'
import { attributesOf, type Document, kindOf, nearest, valueOf } from './attributes.ts'
import type { Complaint } from './complaint.ts'
import { type Directory, directoryOf, named } from './directory.ts'
import { type Entry, told } from './entry.ts'
import { isRecord } from './leaves.ts'
import { withoutIds } from './pairing.ts'

/** What a topology file says, and all that is wrong with its form. */
export interface TopologyFile {
  readonly entries: readonly Entry[]
  readonly complaints: readonly Complaint[]
  /** Whether every section could be read; else names that seem to be missing may be in those that could not. */
  readonly whole: boolean
}

/** Reads a topology: a section per kind, each a list of resources. YAML, and so JSON too. */
export function parseTopology(text: string, file: string): TopologyFile {
  const complaints: Complaint[] = []
  const documents = parseAllDocuments(text, { prettyErrors: true })
  const entries: Entry[] = []
  for (const [i, document] of (Array.isArray(documents) ? documents : []).entries()) {
    const place = i === 0 ? '' : `document ${i + 1}, `
    const [wrong] = document.errors
    if (wrong) {
      complaints.push({ say: 'bad-yaml', values: { at: `${place}${file}`, why: wrong.message.trim() } })
      continue
    }
    const sections: unknown = document.toJS()
    if (sections === null) continue
    if (!isRecord(sections)) {
      complaints.push({ say: 'not-a-topology', values: { at: `${place}${file}`, kind: 'vpcs, subnets, …' } })
      continue
    }
    for (const [word, list] of Object.entries(sections)) entries.push(...parseSection(word, list, place, complaints))
  }
  const whole = !complaints.some(
    ({ say }) => say === 'bad-yaml' || say === 'not-a-topology' || say === 'unknown-section',
  )
  return { entries, complaints: [...complaints, ...clashes(entries)], whole }
}

function* parseSection(word: string, list: unknown, place: string, complaints: Complaint[]): Iterable<Entry> {
  const kind = kindOf(word)
  if (!kind) {
    const all = kindNames.map(name => kinds[name].plural)
    const near = nearest(word, [...all, ...kindNames]) ?? ''
    complaints.push({ say: 'unknown-section', values: { at: `${place}${word}`, near, all: all.join(', ') } })
    return
  }
  if (!Array.isArray(list) || !list.every(isRecord)) {
    complaints.push({ say: 'not-a-topology', values: { at: `${place}${word}`, kind: kinds[kind].plural } })
    return
  }
  const known = attributesOf(kind)
  for (const [i, attributes] of list.entries()) {
    const at = `${place}${word}[${i}]`
    const name = typeof attributes['name'] === 'string' ? attributes['name'] : ''
    for (const key of Object.keys(attributes)) {
      if (key === 'id' || Object.hasOwn(known, key)) continue
      const near = nearest(key, Object.keys(known)) ?? ''
      const values = { at, kind, word: key, near, all: Object.keys(known).join(', ') }
      complaints.push(told({ name }, { say: 'unknown-attribute', values }))
    }
    if (!name && typeof attributes['id'] !== 'string' && attributes['isDefault'] !== true) {
      complaints.push({ say: 'needs-a-name', values: { at } })
    }
    yield { kind, at, name: name || defaultName(attributes), attributes }
  }
}

/** What to call an entry that has no name of its own. */
function defaultName(attributes: Readonly<Record<string, unknown>>): string {
  if (typeof attributes['id'] === 'string') return attributes['id']
  return typeof attributes['vpc'] === 'string' ? `default of ${attributes['vpc']}` : 'default'
}

function clashes(entries: readonly Entry[]): readonly Complaint[] {
  const keyOf = ({ kind, name, attributes }: Entry) => [kind, name, attributes['id'], attributes['vpc']].join(' ')
  const first = new Map(entries.toReversed().map(entry => [keyOf(entry), entry]))
  return entries
    .filter(entry => first.get(keyOf(entry)) !== entry)
    .map(({ at, kind, name }) => ({ say: 'named-twice', values: { at, kind, word: name } }))
}

/** Resources as a topology file that, applied to the server that they came from, changes nothing. */
export function topologyText(documents: readonly Document[], all: readonly Document[]): string {
  const directory = directoryOf(all)
  const sections = kindNames
    .map(kind => [kinds[kind].plural, documents.filter(each => each.kind === kind)] as const)
    .filter(([, list]) => list.length > 0)
    .map(([plural, list]) => [plural, list.map(each => entryOf(each, all, directory))] as const)
  return stringify(Object.fromEntries(sections), { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()
}

function entryOf(document: Document, all: readonly Document[], directory: Directory): Record<string, unknown> {
  const { kind, id, name } = document
  const isDefault = valueOf(document, 'isDefault') === true
  const goesById = kinds[kind].prefix === null || (!isDefault && directory.nameOf(id) !== name)
  const attributes = Object.entries(attributesOf(kind))
    .filter(([key]) => !isPointless(document, key, all))
    .map(
      ([key, schema]) => [key, slimmed(schema, withoutIds(named(schema, valueOf(document, key), directory)))] as const,
    )
  return { ...(goesById ? { id } : {}), ...Object.fromEntries(attributes) }
}

/** Whether an attribute says nothing that a reader of the file needs: empty words, and defaults of the VPC. */
function isPointless(document: Document, key: string, all: readonly Document[]): boolean {
  const value = valueOf(document, key)
  if (value === undefined) return true
  if (key === 'name' || key === 'description') return value === ''
  if (key === 'tags') return Array.isArray(value) && value.length === 0
  if (key === 'isDefault') return value === false
  // What a directory issues is no wish: another one is issued wherever the file is applied.
  if (key === 'chain') return valueOf(document, 'acme') !== null
  if (key === 'acme' || key === 'accountKey') return value === null
  // Nodes that wait for an apply have no addresses yet: whoever applies the file gives them some.
  if (key === 'nodeAddresses')
    return Array.isArray(value) && value.length !== Number(valueOf(document, 'nodeCount')) - 1
  const table = key === 'routeTable' && document.kind === 'subnet' ? all.find(each => each.id === value) : undefined
  return table !== undefined && valueOf(table, 'isDefault') === true
}
