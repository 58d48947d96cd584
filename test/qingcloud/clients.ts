import { randomBytes } from 'node:crypto'
import { sign } from '../../src/qingcloud/signature.ts'

/** A value as a program hands it to its client. */
export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value }
export type Parameters = Readonly<Record<string, Value>>

/** A request as it goes over the wire. */
export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Key {
  readonly id: string
  readonly secret: string
}

type Pair = readonly [name: string, value: string]

/** How the clients differ: what they add, how they write lists inside objects, how they encode, and where they send it. */
interface Manner {
  readonly path: string
  readonly common: (at: Date) => readonly Pair[]
  readonly scalar: (value: string | number | boolean) => string
  /** A list inside an object. */
  readonly nested: (values: readonly Value[]) => string
  readonly sorted: boolean
}

const manners = {
  python: {
    path: '/iaas/',
    common: () => [
      ['version', '1'],
      ['req_id', randomBytes(16).toString('hex')],
    ],
    scalar: value => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)),
    nested: values => JSON.stringify(values),
    sorted: false,
  },
  cli: {
    path: '/iaas/',
    common: at => [
      ['version', '1'],
      ['req_id', randomBytes(16).toString('hex')],
      ['expires', timeText(new Date(at.getTime() + 20 * 60_000))],
      // What it sends empty though nobody asked for it.
      ['search_word', ''],
      ['instance_id', ''],
    ],
    scalar: value => String(Number(value) === value ? value : typeof value === 'boolean' ? Number(value) : value),
    nested: values => JSON.stringify(values),
    sorted: false,
  },
  go: {
    path: '/iaas',
    common: () => [],
    scalar: value => String(typeof value === 'boolean' ? Number(value) : value).trim(),
    nested: values => values.map(String).join(','),
    sorted: true,
  },
} as const satisfies Readonly<Record<string, Manner>>

export type ClientName = keyof typeof manners
export const clientNames = Object.keys(manners) as readonly ClientName[]

/** A request, signed as a client signs it. */
export function request(
  client: ClientName,
  key: Key,
  action: string,
  parameters: Parameters,
  { method = 'GET', at = new Date(), zone = 'local' }: { method?: Sent['method']; at?: Date; zone?: string } = {},
): Sent {
  const manner: Manner = manners[client]
  const given = Object.entries(parameters).flatMap(([name, value]) => flat(name, value, manner, false))
  const names = new Set(given.map(([name]) => name))
  const pairs: Pair[] = [
    ['action', action],
    ...(zone === '' ? [] : [['zone', zone] as const]),
    ['time_stamp', timeText(at)],
    ['access_key_id', key.id],
    ['signature_method', 'HmacSHA256'],
    ['signature_version', '1'],
    ...manner.common(at).filter(([name]) => !names.has(name)),
    ...given,
  ]
  return signed(manner, key, method, pairs)
}

/** A request of these parameters, signed, and sent as this client does. */
function signed({ path, sorted }: Manner, { secret }: Key, method: Sent['method'], pairs: readonly Pair[]): Sent {
  const ordered = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const canonical = ordered.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
  const signature = sign(secret, 'HmacSHA256', `${method}\n${path}\n${canonical}`)
  const text = [...(sorted ? ordered : pairs), ['signature', signature] as const]
    .map(([name, value]) => `${encoded(name)}=${sorted ? encoded(value) : encoded(value).replaceAll('%20', '+')}`)
    .join('&')
  if (method === 'GET') return { method, url: `${path}?${text}`, headers: { 'content-length': '0' }, body: '' }
  return { method, url: path, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: text }
}

function flat(name: string, value: Value, manner: Manner, inside: boolean): readonly Pair[] {
  if (Array.isArray(value)) {
    const values = value as readonly Value[]
    if (inside) return [[name, manner.nested(values)]]
    return values.flatMap((each, i) => flat(`${name}.${i + 1}`, each, manner, false))
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([field, each]) => flat(`${name}.${field}`, each, manner, true))
  }
  return [[name, manner.scalar(value)]]
}

/** Written from the specification, not taken from what is tested. */
function encoded(value: string): string {
  return [...Buffer.from(value)]
    .map(byte => {
      const char = String.fromCharCode(byte)
      return /[A-Za-z0-9\-_.~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

export function timeText(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z')
}
