import type { ProxyListener, ProxyPool, ProxyRule, ProxyTls } from './proxy.ts'
import { clientLimitLines } from './proxy-limit-text.ts'
import { literal } from './proxy-words.ts'

/** Where a listener finds what is not in the configuration itself. */
export interface ListenerPlace {
  /** The balancer's id. */
  readonly name: string
  /** The directory of its certificates. */
  readonly certificates: string
}

/** How a listener takes connections: what a `listen` section has more than the pool that bears its name. */
export function listenerLines(listener: ProxyListener, headerBytes: number, place: ListenerPlace): string[] {
  const { mode, port, lastPort, acceptProxy, tls, timeoutS } = listener
  const ports = lastPort === null ? port : `${port}-${lastPort}`
  return [
    `  mode ${mode}`,
    `  bind :${ports}${acceptProxy ? ' accept-proxy' : ''}${tls ? tlsText(listener, tls, place) : ''}`,
    `  timeout client ${timeoutS}s`,
    ...clientLimitLines(listener),
    ...(mode === 'http' ? httpLines(listener, headerBytes, place.name) : tcpLines(listener)),
    ...listener.pools.flatMap(pool => useLines(listener, pool)),
    ...standInLines(listener, listener.pools[0].id, ''),
  ]
}

/** The names of the files that prove names at a listener, one a line. */
export function certificateList({ certificates }: ProxyTls): string {
  return certificates.map(id => `${id}.pem\n`).join('')
}

function tlsText({ id, mode }: ProxyListener, tls: ProxyTls, { certificates }: ListenerPlace): string {
  const oldest = tls.ciphers === 'strong' && tls.minVersion < '1.2' ? '1.2' : tls.minVersion
  const isOld = oldest < '1.2'
  return [
    ` ssl crt-list ${literal(`${certificates}/${id}.list`)}`,
    `ssl-min-ver TLSv${oldest}`,
    // The library forbids the old versions at its usual level.
    `ciphers ${ciphers[tls.ciphers]}${isOld || tls.ciphers === 'compatible' ? ':@SECLEVEL=0' : ''}`,
    ...(mode === 'http' ? [`alpn ${tls.http2 ? 'h2,' : ''}http/1.1`] : []),
  ].join(' ')
}

/** Lists of the library's, for TLS up to 1.2; what 1.3 has is all good. */
const ciphers = {
  all: 'ALL:!aNULL:!eNULL',
  compatible: 'ALL:!aNULL:!eNULL',
  'no-insecure': 'HIGH:!aNULL:!eNULL:!MD5:!3DES:!RC4:!PSK:!SRP',
  strong: 'ECDHE+AESGCM:ECDHE+CHACHA20',
} as const

const compressed = [
  'text/html text/plain text/css text/javascript text/xml',
  'application/javascript application/json application/xml image/svg+xml',
].join(' ')

function httpLines(
  { proofFor, tls, redirect, forwardedFor, headers, options }: ProxyListener,
  headerBytes: number,
  name: string,
) {
  const values = {
    'x-forwarded-proto': `X-Forwarded-Proto ${tls ? 'https' : 'http'}`,
    'x-forwarded-port': 'X-Forwarded-Port %[dst_port]',
    'qc-lbid': `QC-LBID ${name}`,
    'qc-lbip': 'QC-LBIP %[dst]',
  } as const
  return [
    '  option idle-close-on-response',
    ...(options.includes('any-url') ? ['  option accept-invalid-http-request'] : []),
    ...(proofFor === null ? [] : [proofLine(proofFor)]),
    `  http-request return status 431 if { req.hdrs,length gt ${headerBytes} }`,
    ...(redirect ? redirectLines(redirect) : []),
    ...(options.includes('drop-proxy-header') ? ['  http-request del-header Proxy'] : []),
    ...(forwardedFor ? ['  option forwardfor'] : []),
    ...headers.map(header => `  http-request set-header ${values[header]}`),
    ...(options.includes('compress') ? ['  compression algo gzip', `  compression type ${compressed}`] : []),
  ]
}

/**
 * Proves to a directory that asks over HTTP (RFC 8555, 8.3) that its account is ours. A proof is the token that the request brings and
 * the account's thumbprint: nothing need be told to the process while a certificate is issued.
 */
function proofLine(thumbprint: string): string {
  const asked = literal('^/\\.well-known/acme-challenge/[A-Za-z0-9_-]{1,128}$')
  const proof = literal(`%[path,field(4,/)].${thumbprint}`)
  return `  http-request return status 200 content-type text/plain lf-string ${proof} if { path -m reg -- ${asked} }`
}

function redirectLines({ status, port }: NonNullable<ProxyListener['redirect']>): string[] {
  const host = `%[req.hdr(host),host_only]${port === 443 ? '' : `:${port}`}`
  return [
    '  http-request return status 400 unless { req.hdr(host) -m found }',
    `  http-request redirect code ${status} location 'https://${host}%[pathq]'`,
  ]
}

function tcpLines({ options, pools }: ProxyListener): string[] {
  if (!options.includes('refuse-when-down')) return []
  return [`  tcp-request connection reject if ${pools.map(({ id }) => `{ nbsrv(${id}) eq 0 }`).join(' ')}`]
}

/** Leads what is for a pool, under a condition, to those that stand in for it, where they alone have anybody left. */
function standInLines({ pools }: ProxyListener, main: string, condition: string): string[] {
  return pools
    .filter(({ standsInFor }) => standsInFor[0] === main)
    .map(({ id, standsInFor }) => {
      const left = [...standsInFor.map(each => `{ nbsrv(${each}) eq 0 }`), `{ nbsrv(${id}) gt 0 }`]
      return `  use_backend ${id} if ${condition}${left.join(' ')}`
    })
}

/** Leads what a policy matches to its pool. */
function useLines(listener: ProxyListener, { id, match }: ProxyPool): string[] {
  if (!match) return []
  const rules = match.rules.map(rule => ({ rule, tests: testsOf(listener, rule) }))
  const named = (name: (rule: ProxyRule) => string) =>
    rules.flatMap(({ rule, tests }) => tests.map(test => `  acl ${name(rule)} ${test}`))
  if (match.operator === 'or') {
    const lines = named(() => id)
    return lines.length > 0 ? [...lines, ...standInLines(listener, id, `${id} `), `  use_backend ${id} if ${id}`] : []
  }
  // What can never be true makes the whole so.
  if (rules.length === 0 || rules.some(({ tests }) => tests.length === 0)) return []
  const name = (rule: ProxyRule) => `${id}_${rule.id}`
  const all = rules.map(({ rule }) => name(rule)).join(' ')
  return [...named(name), ...standInLines(listener, id, `${all} `), `  use_backend ${id} if ${all}`]
}

/** A rule as conditions, one of which must hold; none where the protocol of the listener has nothing to look at. */
function testsOf({ mode }: ProxyListener, { type, header, words }: ProxyRule): readonly string[] {
  const any = literal(words.map(word => (words.length > 1 ? `(?:${word})` : word)).join('|'))
  switch (type) {
    case 'source':
      return inParts(words, mostWords).map(part => `src -- ${part.join(' ')}`)
    case 'domain':
      return [`${mode === 'http' ? 'req.hdr(host),host_only' : 'ssl_fc_sni'} -m reg -i -- ${any}`]
    case 'url':
      return mode === 'http' ? [`pathq -m reg -- ${any}`] : []
    case 'header':
      return mode === 'http' ? [`req.hdr(${header}) -m reg -- ${any}`] : []
  }
}

/** HAProxy takes 64 words in a line. */
const mostWords = 50

function inParts<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}
