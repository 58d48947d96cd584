import { distinguishedName, explicit, integer, oid, sequence, setOf, subjectAltNames } from './der.ts'
import { publicPart, signed } from './key.ts'

const extensionRequest = oid('2a864886f70d01090e')

/** Asks for a certificate of some names with this key: a PKCS #10 request, in DER. */
export function signingRequest(names: readonly string[], key: string): Buffer {
  const attributes = explicit(0, sequence(extensionRequest, setOf(sequence(subjectAltNames(names)))))
  // Names stand in the extension only: a common name may have 64 characters, a name of the DNS 253.
  return signed(sequence(integer(0), distinguishedName(''), publicPart(key), attributes), key)
}
