import { goesWith } from './idle.ts'

/** Another attribute of the same object, and the values of it that are meant. */
export interface Condition {
  readonly while: string
  readonly is: readonly string[]
}

const http: Condition = { while: 'protocol', is: ['http', 'https'] }
const tls: Condition = { while: 'protocol', is: ['https', 'ssl'] }
const proxied: Condition = { while: 'protocol', is: ['http', 'https', 'tcp', 'ssl'] }
const ports: Condition = { while: 'protocol', is: ['tcp', 'udp'] }
const icmp: Condition = { while: 'protocol', is: ['icmp'] }
const redirects: Condition = { while: 'options', is: ['redirect-to-https'] }
const asked: Condition = { while: 'protocol', is: ['tcp', 'http', 'https', 'udp', 'icmp'] }

/** Whether a document, or what is known of it, is such that the attribute matters. */
export function isMet(condition: Condition, document: Readonly<Record<string, unknown>>): boolean {
  return [document[condition.while]].flat().some(each => condition.is.includes(String(each)))
}

/** What matters only sometimes, by the list of children or the attribute that it is part of. */
const conditions: Readonly<Record<string, Readonly<Record<string, Condition>>>> = {
  listeners: {
    lastPort: ports,
    certificates: tls,
    tls,
    http2: { while: 'protocol', is: ['https'] },
    forwardedFor: http,
    headers: http,
    redirectStatus: redirects,
    redirectPort: redirects,
    via: { while: 'protocol', is: ['tcp'] },
    retryOn: http,
    proxyProtocol: proxied,
    acceptProxy: proxied,
    tunnelTimeoutS: proxied,
    clientLimits: proxied,
    retries: proxied,
    queueS: proxied,
    slowStartS: proxied,
  },
  check: {
    path: http,
    host: http,
    accept: http,
    expect: { while: 'protocol', is: ['http', 'https', 'udp'] },
    send: { while: 'protocol', is: ['udp'] },
    intervalS: asked,
    timeoutS: asked,
    fall: asked,
    rise: asked,
  },
  backends: { backupTier: { while: 'backup', is: ['true'] } },
  'load-balancer': { nodeAddresses: { while: 'nodeCount', is: ['2', '3', '4', '5', '6', '7', '8'] } },
  rules: { ports, icmpType: icmp, icmpCode: icmp, header: { while: 'type', is: ['header'] } },
}

/** While what an attribute matters; undefined for one that always does. `where` is the list or the attribute that it is part of. */
export function conditionOf(where: string, attribute: string): Condition | undefined {
  return conditions[where]?.[attribute]
}

type Protocols = readonly string[]

/** The protocols of listeners that values go with, by what has them: on others they are refused, or do nothing. */
const protocols: Readonly<Record<string, Readonly<Record<string, Protocols>>>> = {
  'listeners.options': { ...goesWith, transparent: ports.is, 'redirect-to-https': ['http'] },
  'listeners.scene': goesWith,
  'listeners.balance': { leastconn: proxied.is },
  'stickiness.type': { insert: http.is, rewrite: http.is, prefix: http.is, backend: http.is },
  'check.protocol': { udp: ['udp'], icmp: ['udp'] },
}

/** The protocols that a value of an attribute is for; undefined where it is for all. `where` as for {@link conditionOf}. */
export function protocolsOf(where: string, attribute: string, value: string): Protocols | undefined {
  return protocols[`${where}.${attribute}`]?.[value]
}
