import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { der, distinguishedName, explicit, integer, oid, pem, sequence, subjectAltNames, time } from '../src/pki/der.ts'
import { ecdsaWithSha256, signed } from '../src/pki/key.ts'

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
  /** Where the certificate of the issuer is to be had, as it says. */
  readonly issuerAt?: string
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
    distinguishedName(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(subjectAltNames(names), ...(wish.issuerAt === undefined ? [] : [issuersAt(wish.issuerAt)]))),
  )
  const whole = signed(body, issuer.key, algorithm)
  return { chain: pem('CERTIFICATE', whole), key: key.export({ type: 'pkcs8', format: 'pem' }) }
}

/** Authority Information Access, RFC 5280, 4.2.2.1. */
function issuersAt(url: string): Buffer {
  const access = sequence(oid('2b06010505073002'), der(0x86, Buffer.from(url)))
  return sequence(oid('2b06010505070101'), der(0x04, sequence(access)))
}

/** A private key on P-256. */
export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

const rsaWithSha256 = sequence(oid('2a864886f70d01010b'), der(0x05))
