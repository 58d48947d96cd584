import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** What a certificate for a test says. */
interface Wish {
  readonly names?: readonly string[]
  /** RFC 3339. */
  readonly notBefore?: string
  readonly notAfter?: string
  /** The key that it is about; a new one on P-256 when left out. */
  readonly key?: KeyObject
  /** Who vouches for it; itself when left out. */
  readonly issuer?: Issuer
}

interface Issuer {
  readonly name: string
  readonly key: KeyObject
}

/** A certificate and its key, as PEM. */
export type Made = Readonly<Record<'chain' | 'key', string>>

/** A certificate as its parts are laid down in RFC 5280, with nothing that TLS does not ask for. */
export function certificateFor(wish: Wish = {}): Made {
  const {
    names = ['shop.example'],
    notBefore = '2020-01-01T00:00:00Z',
    notAfter = '2049-12-31T00:00:00Z',
    key = newKey(),
  } = wish
  const subject = names[0] ?? ''
  const issuer = wish.issuer ?? { name: subject, key }
  const algorithm = issuer.key.asymmetricKeyType === 'rsa' ? rsaWithSha256 : ecdsaWithSha256
  const body = sequence(
    explicit(0, integer(2)),
    integer(1 + Math.floor(Math.random() * 2 ** 31)),
    algorithm,
    nameOf(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(subjectAltNames(names))),
  )
  const signature = sign('sha256', body, issuer.key)
  const der = sequence(body, algorithm, value(0x03, Buffer.from([0]), signature))
  return { chain: pem('CERTIFICATE', der), key: key.export({ type: 'pkcs8', format: 'pem' }) }
}

/** A private key on P-256. */
export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function value(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]) => value(0x30, ...parts)
const explicit = (n: number, part: Buffer) => value(0xa0 + n, part)
const oid = (hex: string) => value(0x06, Buffer.from(hex, 'hex'))
const commonName = oid('550403')
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const rsaWithSha256 = sequence(oid('2a864886f70d01010b'), value(0x05))

function integer(n: number): Buffer {
  const hex = n.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return value(0x02, bytes[0]! < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]))
}

function nameOf(text: string): Buffer {
  return sequence(value(0x31, sequence(commonName, value(0x0c, Buffer.from(text)))))
}

function time(rfc3339: string): Buffer {
  return value(0x18, Buffer.from(rfc3339.replaceAll(/[-:T]|\.\d+/g, '')))
}

function subjectAltNames(names: readonly string[]): Buffer {
  const list = sequence(...names.map(name => value(0x82, Buffer.from(name))))
  return sequence(oid('551d11'), value(0x04, list))
}
