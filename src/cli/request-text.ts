import type { WireRepair, WireRequest } from '../client/diagnosis.ts'
import { kindNames, kinds } from '../model/kinds.ts'
import { isRecord } from './leaves.ts'

/** A repair as a line that a shell does: every command only where the one before it was done. */
export function repairText({ requests }: WireRepair, nameOf: (id: string) => string): string {
  const variables = new Set(requests.flatMap(each => each.as ?? []))
  return requests.map(each => commandText(each, { nameOf, variables })).join(' && ')
}

interface Shell {
  readonly nameOf: (id: string) => string
  /** What earlier commands called the ids of what they made. */
  readonly variables: ReadonlySet<string>
}

/** A request as the command that makes it. */
function commandText({ method, path, body, as }: WireRequest, shell: Shell): string {
  const [, plural = '', id = '', action = '', place = ''] =
    /^\/v1\/([^/:]+)(?:\/([^/:]+))?(?::(\w+))?(?:\/(.+))?$/.exec(path) ?? []
  const kind = kindNames.find(each => kinds[each].plural === plural) ?? plural
  const name = id === '' ? '' : quoted(shell.nameOf(decodeURIComponent(id)))
  const child = place === '' ? '' : ` ${quoted(decodeURIComponent(place))}`
  const said = isRecord(body) ? Object.entries(body).map(([key, value]) => ` ${assigned(key, value, shell)}`) : []
  const verb = action || verbOf(method, id, place)
  const words = `causeway ${verb} ${kind}${name === '' ? '' : ` ${name}`}${child}${said.join('')}`
  return as === undefined ? words : `${as.toUpperCase()}=$(${words})`
}

function verbOf(method: WireRequest['method'], id: string, place: string): string {
  if (method === 'DELETE') return 'delete'
  if (method === 'PATCH') return 'set'
  return id === '' ? 'create' : place === '' ? 'apply' : 'add'
}

function assigned(key: string, value: unknown, shell: Shell): string {
  const name = /^\{(\w+)\}$/
  const text = valueText(value, shell)
  // What the shell fills in must not be held back from it.
  if ([value].flat().some(each => typeof each === 'string' && shell.variables.has(name.exec(each)?.[1] ?? ''))) {
    return `${key}="${text}"`
  }
  return quoted(`${key}=${text}`)
}

function valueText(value: unknown, shell: Shell): string {
  if (value === null) return ''
  if (Array.isArray(value)) return value.map(each => valueText(each, shell)).join(',')
  if (isRecord(value)) {
    return Object.values(value)
      .map(each => valueText(each, shell))
      .join(':')
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const variable = /^\{(\w+)\}$/.exec(text)?.[1]
  return variable !== undefined && shell.variables.has(variable) ? `$${variable.toUpperCase()}` : shell.nameOf(text)
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
