import { generateKeyPair, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** The kinds of keys that can be made. */
export const sshKeyTypes = ['ssh-rsa', 'ssh-ed25519'] as const
export type SshKeyType = (typeof sshKeyTypes)[number]

/** A new key pair as OpenSSH reads it: the line of the public key, and the file of the private one. */
export async function makeSshKey(
  type: SshKeyType,
): Promise<{ readonly publicKey: string; readonly privateKey: string }> {
  const generate = promisify(generateKeyPair)
  if (type === 'ssh-rsa') {
    const made = await generate('rsa', { modulusLength: 2048 })
    const { e = '', n = '' } = made.publicKey.export({ format: 'jwk' })
    const blob = Buffer.concat([string(type), number(e), number(n)])
    return {
      publicKey: `${type} ${blob.toString('base64')}`,
      privateKey: made.privateKey.export({ type: 'pkcs1', format: 'pem' }),
    }
  }
  const { publicKey, privateKey } = await generate('ed25519')
  const blob = ed25519Blob(publicKey)
  return { publicKey: `${type} ${blob.toString('base64')}`, privateKey: ed25519File(blob, privateKey) }
}

function ed25519Blob(key: KeyObject): Buffer {
  const { x = '' } = key.export({ format: 'jwk' })
  return Buffer.concat([string('ssh-ed25519'), string(Buffer.from(x, 'base64url'))])
}

/** OpenSSH reads such a key in a format of its own only: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function ed25519File(publicBlob: Buffer, key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' })
  const [open, secret] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const check = randomBytes(4)
  const inner = Buffer.concat([check, check, publicBlob, string(Buffer.concat([secret, open])), string('')])
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(publicBlob),
    string(Buffer.concat([inner, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** As RFC 4251 writes a string: its length, and then itself. */
function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** As RFC 4251 writes a number that is not negative: with a zero before a first bit that is set. */
function number(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url')
  return string((bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
}
