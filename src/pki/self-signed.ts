import { randomBytes } from 'node:crypto'
import { distinguishedName, explicit, integer, pem, sequence, subjectAltNames, time } from './der.ts'
import { ecdsaWithSha256, newKey, publicPart, signed } from './key.ts'

const lifetimeMs = 90 * 86_400_000

/** Who vouches for a placeholder, for people who look into it. */
const issuer = 'Causeway placeholder'

/** A certificate that nobody vouches for, and its key: what a listener shows until the real one is there. `now` in RFC 3339. */
export function selfSigned(names: readonly string[], now: string): { readonly chain: string; readonly key: string } {
  const key = newKey()
  const until = new Date(Date.parse(now) + lifetimeMs).toISOString()
  const body = sequence(
    explicit(0, integer(2)),
    // Positive and never empty, whatever was drawn.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    sequence(time(now), time(until)),
    distinguishedName(issuer),
    publicPart(key),
    explicit(3, sequence(subjectAltNames(names))),
  )
  return { chain: pem('CERTIFICATE', signed(body, key)), key }
}
