import { z } from 'zod'
import { formed, longText } from './define.ts'

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
/** At least two labels, of which the last is no number: neither an address nor a pattern can be proved over HTTP. */
const dnsName = z
  .string()
  .max(253)
  .overwrite(name => name.toLowerCase())
  .regex(formed('name', new RegExp(`^(?:${label}\\.)+(?!\\d+$)${label}$`)))

/** Where certificates come from unless another directory is named. */
const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory'

/** A certificate that is issued, and renewed, by a directory that speaks ACME (RFC 8555). */
export const acme = z.strictObject({
  names: z.array(dnsName).min(1).max(100).describe('The DNS names that it is to prove; they must lead to the balancer'),
  email: z
    .string()
    .max(254)
    .regex(formed('email', /^[^\s@,;:<>"\\?&]+@[^\s@,;:<>"\\?&]+$/))
    .nullable()
    .default(null)
    .describe('Whom the directory may write to'),
  directory: z
    .string()
    .max(512)
    .regex(formed('https', /^https:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:\/[\x21-\x7e]*)?$/))
    .default(letsEncrypt)
    .describe('The URL of the directory that issues it'),
  directoryCa: longText(65536)
    .nullable()
    .default(null)
    .describe('PEM: who vouches for the directory itself, where that is a private one'),
})
