import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { bits, oid, sequence } from './der.ts'

/** A new private key on P-256, as PEM. */
export function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
}

/** The public half of a private key, as certificates hold it. */
export function publicPart(key: string): Buffer {
  return createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' })
}

/** What a key on P-256 signs with, as certificates name it. */
export const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

/** A body with its signature, as certificates and requests for them are laid down. */
export function signed(body: Buffer, key: string | KeyObject, algorithm = ecdsaWithSha256): Buffer {
  return sequence(body, algorithm, bits(sign('sha256', body, key)))
}
