import { createHash, createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import type { CertificateFacts } from './certificate.ts'
import type { NowOf } from './kinds.ts'
import type { Problem } from './problem.ts'

type Pair = Pick<NowOf<'certificate'>, 'chain' | 'key'>

/** What is wrong with a certificate and its key at any time: they are no PEM, or do not belong together. */
export function pairProblems({ chain, key }: Pair): readonly Problem[] {
  const read = certificatesIn(chain)
  const own = keyIn(key)
  const problems = [read, own].flatMap(each => ('code' in each ? each : []))
  if ('code' in read || 'code' in own) return problems
  const [leaf] = read.certificates
  return leaf?.checkPrivateKey(own.key) === true ? [] : [{ code: 'key-mismatched', at: 'key' }]
}

/** What is wrong with a certificate at a time, given in RFC 3339; nothing where it cannot be read. */
export function validityProblems(chain: string, now: string): readonly Problem[] {
  if ('code' in certificatesIn(chain)) return []
  const { notBefore, notAfter } = factsOf(chain)
  // Not as texts: one with a fraction of a second comes before the same without.
  const at = Date.parse(now)
  if (at > Date.parse(notAfter)) return [{ code: 'certificate-expired', at: 'chain', values: { notAfter } }]
  return at < Date.parse(notBefore) ? [{ code: 'certificate-not-yet-valid', at: 'chain', values: { notBefore } }] : []
}

/** What clients may miss in a certificate's text: that of its issuer, or the order in which each vouches for the one before it. */
export function chainProblems(chain: string): readonly Problem[] {
  const read = certificatesIn(chain)
  const certificates = 'code' in read ? [] : read.certificates
  const [leaf] = certificates
  if (!leaf) return []
  const lacking = missingIssuer(chain)
  if (lacking) return [{ code: 'chain-incomplete', at: 'chain', values: { issuer: lacking.issuer } }]
  const stranger = certificates.findIndex((each, i) => i > 0 && !certificates[i - 1]?.checkIssued(each))
  return stranger < 0 ? [] : [{ code: 'chain-disordered', at: 'chain', values: { number: stranger + 1 } }]
}

/** Who vouches for a checked certificate and is not in its text; `url` is where the certificate says that it is to be had. Null where nobody is missing. */
export function missingIssuer(chain: string): { readonly issuer: string; readonly url: string | null } | null {
  const read = certificatesIn(chain)
  const [leaf, ...others] = 'code' in read ? [] : read.certificates
  if (!leaf || leaf.subject === leaf.issuer || others.some(each => leaf.checkIssued(each))) return null
  const [, url = null] = /^CA Issuers - URI:(https?:\S+)$/m.exec(leaf.infoAccess ?? '') ?? []
  return { issuer: issuerOf(leaf), url }
}

/** What is wrong with certificates that somebody is to be known by. */
export function rootProblems(text: string): readonly Problem[] {
  const read = certificatesIn(text)
  return 'code' in read ? [read] : []
}

/** What is wrong with the key of an account. */
export function accountKeyProblems(text: string): readonly Problem[] {
  const at = 'accountKey'
  const own = keyIn(text)
  if ('code' in own) return [{ ...own, at }]
  return own.key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? [] : [{ code: 'account-key-kind', at }]
}

/** The thumbprint of a checked account key (RFC 7638), by which its owner is known in proofs. */
export function thumbprintOf(accountKey: string): string {
  const { crv, kty, x, y } = createPublicKey(accountKey).export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

/** Whether somebody else vouches for a checked certificate. */
export function isVouchedFor(chain: string): boolean {
  const leaf = leafOf(chain)
  return !leaf.checkIssued(leaf)
}

/** What a checked certificate says of itself. */
export function factsOf(chain: string): CertificateFacts {
  const leaf = leafOf(chain)
  return {
    names: namesOf(leaf),
    issuer: issuerOf(leaf),
    notBefore: timeText(leaf.validFromDate),
    notAfter: timeText(leaf.validToDate),
    fingerprint: leaf.fingerprint256,
  }
}

function issuerOf({ issuer }: X509Certificate): string {
  return issuer.replaceAll('\n', ', ')
}

function leafOf(chain: string): X509Certificate {
  const read = certificatesIn(chain)
  const leaf = 'code' in read ? undefined : read.certificates[0]
  if (leaf === undefined) throw new Error('a certificate in the model cannot be read')
  return leaf
}

/** A checked certificate and its key as one text that holds nothing else, without blank lines, whatever was uploaded. */
export function bundleOf({ chain, key }: Pair): string {
  const [read, own] = [certificatesIn(chain), keyIn(key)]
  if ('code' in read || 'code' in own) throw new Error('a certificate in the model cannot be read')
  const parts = [...read.certificates.map(String), own.key.export({ type: 'pkcs8', format: 'pem' })]
  return parts.map(part => `${part.trim()}\n`).join('')
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g

interface Read {
  readonly certificates: readonly X509Certificate[]
}

/** What was read lately: the same few are asked about for every backend of a balancer. */
const known = new Map<string, Read>()
const mostKnown = 100

function certificatesIn(chain: string): Read | Problem {
  const read = known.get(chain) ?? readIn(chain)
  if ('code' in read) return read
  known.delete(chain)
  known.set(chain, read)
  for (const oldest of known.keys()) if (known.size > mostKnown) known.delete(oldest)
  return read
}

function readIn(chain: string): Read | Problem {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(chain)) return { code: 'key-in-chain', at: 'chain' }
  const blocks = chain.match(certificateBlock) ?? []
  if (blocks.length === 0) return { code: 'no-certificate-pem', at: 'chain' }
  const certificates: X509Certificate[] = []
  for (const [i, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block))
    } catch {
      return { code: 'certificate-unreadable', at: 'chain', values: { number: i + 1 } }
    }
  }
  return { certificates }
}

function keyIn(text: string): { readonly key: KeyObject } | Problem {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return { code: 'no-key-pem', at: 'key' }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text))
    return { code: 'key-encrypted', at: 'key' }
  try {
    const key = createPrivateKey(text)
    return isStrong(key) ? { key } : { code: 'key-weak', at: 'key' }
  } catch {
    return { code: 'key-unreadable', at: 'key' }
  }
}

/** Whether TLS libraries of today take it: a weaker one would keep the whole balancer from starting. */
function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048
  if (type === 'ec') return ['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? '')
  return type === 'ed25519'
}

function namesOf({ subjectAltName = '', subject }: X509Certificate): readonly string[] {
  const names = subjectAltName.split(', ').flatMap(each => /^(?:DNS|IP Address):(.+)$/.exec(each)?.[1] ?? [])
  const common = /^CN=(.+)$/m.exec(subject)?.[1]
  return names.length > 0 || common === undefined ? names : [common]
}

/** Whole seconds, as certificates have them. */
function timeText(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z')
}
