import { protocolsOf } from './matters.ts'

/** What words mean that do not say it themselves, by the list of children or the attribute that has them, and the attribute. */
const meanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'listeners.balance': {
    roundrobin: 'one after the other, by weight',
    leastconn: 'the one with the fewest connections',
    source: 'the same for the same client address, while backends stay the same',
  },
  'listeners.via': {
    auto: 'the kernel, unless something is asked for that only HAProxy does',
    kernel: 'the kernel; what only HAProxy does is refused',
    proxy: 'HAProxy',
  },
  'listeners.options': {
    'any-url': 'lets pass what HTTP forbids in a URL',
    transparent: 'shows backends the address of the client',
    compress: 'compresses text for clients that can read it',
    'strong-ciphers': 'speaks strong ciphers only; goes before the other two',
    'no-insecure-ciphers': 'speaks no insecure ciphers',
    'compatible-ciphers': 'speaks old ciphers, too, for old clients',
    'redirect-to-https': 'answers with the same URL of HTTPS; no backends',
    'refuse-when-down': 'closes connections at once where no backend is left',
    'drop-proxy-header': 'takes the Proxy header away, by which programs can be misled',
  },
  'listeners.scene': {
    default: 'neither of these',
    'keep-alive': 'keeps a connection to a backend for its client',
    'cut-when-down': 'ends the connections of a backend that becomes unavailable',
  },
  'stickiness.type': {
    none: 'no client is kept',
    source: 'goes by the address of the client',
    insert: 'the balancer adds a cookie',
    rewrite: "replaces the value of a backend's cookie",
    prefix: "writes before the value of a backend's cookie, which the backend does not see",
    backend: "leaves a backend's cookie alone and remembers it",
  },
}

/** What a value of an attribute means, and which protocols it is for; undefined where its word says it. */
export function meaningOf(where: string, attribute: string, value: string): string | undefined {
  const meaning = meanings[`${where}.${attribute}`]?.[value]
  const only = protocolsOf(where, attribute, value)
  return meaning && only ? `${meaning} (${only.join(', ')})` : meaning
}
