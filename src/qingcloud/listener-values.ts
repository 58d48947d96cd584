import type { Listener } from '../model/model.ts'
import { fail } from './failure.ts'

type Stickiness = Listener['stickiness']
type Check = Listener['check']

/** The cookie of the balancer's own, where a client names none. */
const usualCookie = 'CWSRV'

/**
 * What `session_sticky` means: nothing, `insert|seconds`, `insert|cookie|seconds`, `prefix|cookie`, `rewrite|cookie`,
 * `backend|cookie|seconds`; and `source|seconds`, which only Causeway has.
 */
export function stickinessOf(written: string, at: string): object {
  const [type, ...rest] = written.split('|')
  const [first, second] = rest
  switch (`${type} ${rest.length}`) {
    case ' 0':
      return { type: 'none' }
    case 'insert 0':
    case 'source 0':
      return { type }
    case 'insert 1':
      return { type, cookie: usualCookie, lifetimeS: secondsOf(first, at) }
    case 'source 1':
      return { type, lifetimeS: secondsOf(first, at) }
    case 'prefix 1':
    case 'rewrite 1':
    case 'backend 1':
      return { type, cookie: first }
    case 'insert 2':
    case 'backend 2':
      return { type, cookie: first, lifetimeS: secondsOf(second, at) }
    default:
      return fail(
        1100,
        `parameter [${at}] must be empty, insert|seconds, insert|cookie|seconds, prefix|cookie, rewrite|cookie, backend|cookie|seconds or source|seconds`,
      )
  }
}

function secondsOf(written: string | undefined, at: string): number {
  return /^\d{1,10}$/.test(written ?? '') ? Number(written) : fail(1100, `parameter [${at}] must end in whole seconds`)
}

/** Stickiness as clients write it. */
export function stickinessText(stickiness: Stickiness): string {
  switch (stickiness.type) {
    case 'none':
      return ''
    case 'source':
      return `source|${stickiness.lifetimeS}`
    case 'insert': {
      const { cookie, lifetimeS } = stickiness
      return cookie === usualCookie ? `insert|${lifetimeS}` : `insert|${cookie}|${lifetimeS}`
    }
    case 'backend':
      return `backend|${stickiness.cookie}|${stickiness.lifetimeS}`
    case 'prefix':
    case 'rewrite':
      return `${stickiness.type}|${stickiness.cookie}`
  }
}

/** What `healthy_check_method` means: `tcp`, `udp`, `icmp`, `http|/path`, `http|/path|host`, the same of https; empty for no check. */
export function checkOf(written: string, at: string): Partial<Check> {
  const [protocol, ...rest] = written.split('|')
  switch (protocol) {
    case 'http':
    case 'https': {
      const host = rest.length > 1 ? rest.pop() : ''
      // A path may hold the sign that separates.
      return { protocol, path: rest.join('|') || '/', host: host ?? '' }
    }
    case 'tcp':
    case 'udp':
    case 'icmp':
      if (rest.length === 0) return { protocol }
      break
    case '':
      if (rest.length === 0) return { protocol: 'none' }
  }
  return fail(1100, `parameter [${at}] must be empty, tcp, udp, icmp, http|/path or http|/path|host`)
}

/** A check as clients write it. */
export function checkText({ protocol, path, host }: Check): string {
  if (protocol === 'none') return ''
  if (protocol !== 'http' && protocol !== 'https') return protocol
  return `${protocol}|${path}${host === '' && !path.includes('|') ? '' : `|${host}`}`
}

/** What `healthy_check_option` means: `interval|timeout|fall|rise`. */
export function timesOf(written: string, at: string): Partial<Check> {
  if (!/^\d{1,6}(\|\d{1,6}){3}$/.test(written)) fail(1100, `parameter [${at}] must be interval|timeout|fall|rise`)
  const [intervalS, timeoutS, fall, rise] = written.split('|').map(Number)
  return { intervalS, timeoutS, fall, rise } as Partial<Check>
}

/** How a check is timed, as clients write it. */
export function timesText({ intervalS, timeoutS, fall, rise }: Check): string {
  return [intervalS, timeoutS, fall, rise].join('|')
}

type Header = Listener['headers'][number] | 'x-forwarded-for'
const headerBits: Readonly<Record<Header, number>> = {
  'x-forwarded-for': 1,
  'qc-lbid': 2,
  'qc-lbip': 4,
  // The last two are only Causeway's.
  'x-forwarded-proto': 8,
  'x-forwarded-port': 16,
}

const optionBits: Readonly<Record<Listener['options'][number], number>> = {
  'any-url': 1,
  transparent: 2,
  compress: 4,
  'no-insecure-ciphers': 8,
  'compatible-ciphers': 16,
  'redirect-to-https': 32,
  'refuse-when-down': 64,
  'drop-proxy-header': 128,
  'strong-ciphers': 256,
}

/** Which headers `forwardfor` asks for. */
export function headersOf(sum: number, at: string): Pick<Listener, 'forwardedFor' | 'headers'> {
  const headers = wordsIn(sum, headerBits, at)
  return {
    forwardedFor: headers.includes('x-forwarded-for'),
    headers: headers.filter(header => header !== 'x-forwarded-for'),
  }
}

/** `forwardfor` of a listener. */
export function headerSum({ forwardedFor, headers }: Pick<Listener, 'forwardedFor' | 'headers'>): number {
  return (forwardedFor ? headerBits['x-forwarded-for'] : 0) + sumOf(headers, headerBits)
}

/** What `listener_option` asks for. */
export function optionsOf(sum: number, at: string): Listener['options'] {
  return wordsIn(sum, optionBits, at)
}

/** `listener_option` of a listener. */
export function optionSum(options: Listener['options']): number {
  return sumOf(options, optionBits)
}

function wordsIn<Word extends string>(sum: number, bits: Readonly<Record<Word, number>>, at: string): Word[] {
  const words = (Object.keys(bits) as Word[]).filter(word => (sum & bits[word]) !== 0)
  if (sum < 0 || sumOf(words, bits) !== sum) {
    fail(1100, `parameter [${at}] must be a sum of ${Object.values(bits).join(', ')}`)
  }
  return words
}

function sumOf<Word extends string>(words: readonly Word[], bits: Readonly<Record<Word, number>>): number {
  return words.reduce((sum, word) => sum + bits[word], 0)
}

const protocols: readonly string[] = ['http', 'https', 'tcp', 'ssl', 'udp'] satisfies readonly Listener['protocol'][]

/** What `scene` means. */
export const scenes = { 0: 'default', 1: 'keep-alive', 11: 'cut-when-down' } as const satisfies Readonly<
  Record<number, Listener['scene']>
>

/** The protocol that backends are spoken to in: TLS ends at the balancer. */
export function backendProtocol(protocol: Listener['protocol']): string {
  return protocol === 'https' ? 'http' : protocol === 'ssl' ? 'tcp' : protocol
}

/**
 * Refuses a `backend_protocol` that does not go with the listener's: clients name what backends get, or repeat the listener's. Of
 * a listener whose protocol is none, only that is wrong.
 */
export function expectBackendProtocol(protocol: string, written: string | undefined, at: string): void {
  if (!protocols.includes(protocol)) return
  const spoken = backendProtocol(protocol as Listener['protocol'])
  if (written !== undefined && written !== spoken && written !== protocol) {
    fail(1100, `parameter [${at}] must be [${spoken}] with listener_protocol [${protocol.slice(0, 64)}]`)
  }
}
