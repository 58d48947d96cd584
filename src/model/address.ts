import { z } from 'zod'

/** An IPv4 address in dotted form, e.g. `192.0.2.7`. */
export const ipv4 = z.ipv4()

/** An IPv4 prefix with no host bits set, e.g. `10.0.0.0/24`. A bare address is read as its /32. */
export const cidr = z
  .string()
  .transform(text => (text.includes('/') ? text : `${text}/32`))
  .pipe(z.cidrv4())
  .refine(text => parseCidr(text).base === parseCidr(text).first, {
    message: 'host-bits',
    params: { code: 'host-bits' },
  })

/** A prefix as numbers: `base` is the address as written, `first`..`last` the range that it covers, all unsigned 32 bit. */
export interface Prefix {
  readonly base: number
  readonly first: number
  readonly last: number
  readonly bits: number
}

/** `192.0.2.7` as an unsigned 32-bit number. Expects a checked address. */
export function addressNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** The dotted form of an unsigned 32-bit number. */
export function addressText(n: number): string {
  return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')
}

/** Reads `a.b.c.d/n`, or `a.b.c.d` as a /32. Expects checked text. */
export function parseCidr(text: string): Prefix {
  const [address = '', length = '32'] = text.split('/')
  const bits = Number(length)
  const base = addressNumber(address)
  const size = 2 ** (32 - bits)
  const first = Math.floor(base / size) * size
  return { base, first, last: first + size - 1, bits }
}

/** Whether two prefixes share an address. */
export function overlaps(a: string, b: string): boolean {
  const [x, y] = [parseCidr(a), parseCidr(b)]
  return x.first <= y.last && y.first <= x.last
}

/** Whether `inner`, an address or a prefix, lies within the prefix `outer`. */
export function contains(outer: string, inner: string): boolean {
  const [x, y] = [parseCidr(outer), parseCidr(inner)]
  return x.first <= y.first && y.last <= x.last
}

/** What RFC 1918 leaves to everybody's own networks: nobody on the internet has such an address. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const

/** Whether an address, or all of a prefix, is private. */
export function isPrivate(inner: string): boolean {
  return privateRanges.some(range => contains(range, inner))
}

/** The first usable host address of a prefix: its gateway by default. */
export function firstHost(text: string): string {
  const { first, bits } = parseCidr(text)
  return addressText(bits >= 31 ? first : first + 1)
}

/** The host addresses of a prefix in order, without network and broadcast address where it has them. */
export function* hostsOf(text: string): Iterable<string> {
  const { first, last, bits } = parseCidr(text)
  const [from, to] = bits >= 31 ? [first, last] : [first + 1, last - 1]
  for (let n = from; n <= to; n++) yield addressText(n)
}

/** Whether another host can have this address: not this host, nor none, many or all. */
export function isHost(address: string): boolean {
  const first = addressNumber(address) >>> 24
  return first !== 0 && first !== 127 && first < 224
}
