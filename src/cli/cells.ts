import type { PolicyStatus } from '../client/policy-wire.ts'
import type { WireIssuance, WireOf, WireResource } from '../client/wire.ts'
import { kinds } from '../model/kinds.ts'
import { attributesOf } from './attributes.ts'
import { type Directory, named } from './directory.ts'
import { issuanceLabel, labelOf, stateLabel, verdictLabel } from './labels.ts'
import { isRecord } from './leaves.ts'
import { printable, type Grid } from './table.ts'
import { phrase, type Language } from './words.ts'

/** What cells need to be read by a person. */
export interface Reading {
  readonly directory: Directory
  readonly language: Language
  /** Whether every attribute is shown. */
  readonly wide: boolean
}

/** A list of resources of one kind as a table; `wide` shows every attribute. */
export function gridOf(list: readonly WireResource[], reading: Reading): Grid {
  const [first] = list
  if (!first) return { heads: [], rows: [] }
  const columns = reading.wide
    ? [...new Set([...kinds[first.kind].columns, ...Object.keys(attributesOf(first.kind)), 'generation', 'createdAt'])]
    : kinds[first.kind].columns
  const shown = ['id', 'name', 'state', ...columns.filter(each => each !== 'name')]
  return {
    heads: shown.map(each => labelOf(each, reading.language)),
    rows: list.map(each => shown.map(attribute => cellOf(each, attribute, reading))),
  }
}

/** One attribute of a resource, as a cell. */
export function cellOf(resource: WireResource, attribute: string, reading: Reading): string {
  if (attribute === 'state') return stateOf(resource, reading.language)
  const value: unknown = Object.hasOwn(resource, attribute) ? resource[attribute as keyof WireResource] : undefined
  if (attribute === 'issuance') return issuanceOf(value, reading.language)
  if (attribute === 'verdict') return verdictOf(value, reading.language)
  if (attribute === 'accessLog') return logOf(value as WireOf<'load-balancer'>['accessLog'], reading.language)
  if (attribute === 'notAfter') return `${brief(value)}${expiryOf(resource, reading.language)}`
  if (attribute === 'boundTo') return isRecord(value) ? reading.directory.nameOf(String(value['id'])) : '–'
  const schema = attributesOf(resource.kind)[attribute]
  const text = brief(schema ? named(schema, value, reading.directory) : value)
  return reading.wide ? text : text.replaceAll(pem, (_, what: string) => `${what.toLowerCase()} (PEM)`)
}

/** What tells a person nothing: they ask for it whole with `-o wide`, or as JSON. */
const pem = /-----BEGIN ([A-Z ]+)-----.*?-----END \1-----/gs

/** Where a certificate stands that a directory issues. */
function issuanceOf(value: unknown, language: Language): string {
  if (!isRecord(value)) return '–'
  const { state, reason, nextAt } = value as unknown as WireIssuance
  const next = nextAt && phrase(language, state === 'valid' ? 'renewed-at' : 'tried-at', { at: nextAt })
  const more = [reason, next].filter(Boolean).join('; ')
  return `${issuanceLabel(state, language)}${more && ` (${more})`}`
}

/** Where the access log of a balancer goes. */
function logOf({ local, remote }: WireOf<'load-balancer'>['accessLog'], language: Language): string {
  const places = [
    ...(local ? [phrase(language, 'log-local')] : []),
    ...(remote ? [phrase(language, 'log-remote', { ...remote, port: String(remote.port) })] : []),
  ]
  return places.join(', ') || phrase(language, 'log-off')
}

/** How a policy test stands, since when, and why. */
function verdictOf(value: unknown, language: Language): string {
  if (!isRecord(value)) return '–'
  const { state, since, reason, tried } = value as unknown as PolicyStatus
  const when = since === null ? '' : phrase(language, 'since', { since })
  const how = tried?.asStated === true && state === 'holds' ? `, ${phrase(language, 'by-packets')}` : ''
  return printable(`${verdictLabel(state, language)}${when ? ` ${when}` : ''}${how}${reason ? `: ${reason}` : ''}`)
}

/** Says where a certificate ends soon, or has ended. */
function expiryOf({ warnings = [] }: WireResource, language: Language): string {
  const codes = warnings.map(({ code }) => code)
  if (codes.includes('ended')) return language === 'zh' ? ' （已过期）' : ' (expired)'
  if (!codes.includes('ends-soon')) return ''
  return language === 'zh' ? ' （即将到期）' : ' (ends soon)'
}

/** Whether a resource works, and whether its draft waits for an apply. */
export function stateOf({ status, applied, warnings = [] }: WireResource, language: Language): string {
  const draft = language === 'zh' ? '，草稿未应用' : ', draft waits'
  const reason = status.reason && status.phase !== 'active' ? ` (${status.reason})` : ''
  const isShort = warnings.some(({ code }) => code === 'connections-run-out' || code === 'ports-run-out')
  const shortage = isShort ? phrase(language, 'runs-out') : ''
  return `${stateLabel(status.phase, language)}${reason}${shortage}${applied ? '' : draft}`
}

/** One attribute of a child, as a cell. */
export function childCell(attribute: string, value: unknown, language: Language): string {
  if (!isRecord(value)) return brief(value)
  if (attribute === 'check') return checkOf(value, language)
  return attribute === 'clientLimits' ? limitsOf(value, language) : brief(value)
}

/** What one client may do, each by its name: a figure alone does not say which. */
function limitsOf(limits: Readonly<Record<string, unknown>>, language: Language): string {
  const set = Object.entries(limits).filter(([, most]) => most !== null)
  return set.map(([name, most]) => `${labelOf(name, language)} ${String(most)}`).join(', ') || '–'
}

/** How backends are asked, in words. */
function checkOf(check: Readonly<Record<string, unknown>>, language: Language): string {
  const { protocol, path, intervalS, fall, rise } = check
  if (protocol === 'none') return 'none'
  const what = protocol === 'http' || protocol === 'https' ? `${protocol} ${String(path)}` : String(protocol)
  return phrase(language, 'check', { what, every: String(intervalS), fall: String(fall), rise: String(rise) })
}

/** A value in a few characters; lists of objects by their names, or by how many they are. */
export function brief(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? '✓' : '✗'
  if (Array.isArray(value)) {
    if (!value.some(isRecord)) return value.length === 0 ? '–' : value.map(String).join(', ')
    const names = value.map((each: unknown) => (isRecord(each) ? each['name'] : ''))
    return names.every(Boolean) ? names.join(', ') : String(value.length)
  }
  if (isRecord(value)) {
    const said = Object.values(value).map(brief)
    return said.filter(each => each !== '–').join(' ') || '–'
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
