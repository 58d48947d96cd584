import { z } from 'zod'
import { acme } from './acme.ts'
import { defineKind, longText, optionalSecret, secretText } from './define.ts'

export const certificate = defineKind({
  prefix: 'sc',
  plural: 'certificates',
  label: { en: 'Server certificate', zh: '服务器证书' },
  about: {
    en: 'What a balancer proves a name with, to clients that connect by TLS.',
    zh: '负载均衡器在 TLS 连接中向客户端证明域名身份的凭据。',
  },
  now: z.strictObject({
    chain: longText(65536).describe(
      'PEM: the certificate, then those that vouch for it; with acme a placeholder when left out, until one is issued',
    ),
    key: secretText(16384).describe(
      'PEM: its private key, not encrypted; never told again; with acme made when left out',
    ),
    acme: acme.nullable().default(null).describe('Has it issued and renewed by itself, by ACME; uploaded when null'),
    accountKey: optionalSecret(16384).describe(
      'PEM: what proves to the directory who asks, a private key on P-256; with acme one for all certificates when left out',
    ),
  }),
  spec: z.strictObject({}),
  fixed: [],
  columns: ['names', 'notAfter', 'issuance'],
})

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** The names that it proves. */
  readonly names: readonly string[]
  readonly issuer: string
  /** RFC 3339, UTC, as the next. */
  readonly notBefore: string
  readonly notAfter: string
  /** SHA-256 of the certificate, as hexadecimal pairs. */
  readonly fingerprint: string
}
