import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { makeSshKey } from '../../src/qingcloud/ssh-key.ts'

/** The parts of something in OpenSSH's manner: each after its length. */
function parts(blob: Buffer): Buffer[] {
  if (blob.length === 0) return []
  const length = blob.readUInt32BE()
  assert.ok(length <= blob.length - 4)
  return [blob.subarray(4, 4 + length), ...parts(blob.subarray(4 + length))]
}

function publicParts(line: string): Buffer[] {
  const [type, key = '', ...rest] = line.split(' ')
  const found = parts(Buffer.from(key, 'base64'))
  assert.equal(found[0]?.toString(), type)
  assert.deepEqual(rest, [])
  return found.slice(1)
}

const ed25519 = (open: Buffer | undefined) => ({ kty: 'OKP', crv: 'Ed25519', x: open?.toString('base64url') ?? '' })

function fits(algorithm: string | null, open: KeyObject, secret: KeyObject): boolean {
  const text = Buffer.from('signed by the one, verified by the other')
  return verify(algorithm, text, open, sign(algorithm, text, secret))
}

test('an RSA key signs what its public line verifies', async () => {
  const { publicKey, privateKey } = await makeSshKey('ssh-rsa')
  const [e, n] = publicParts(publicKey)
  assert.equal(n?.[0], 0, 'the number is not negative')
  const jwk = { kty: 'RSA', e: e?.toString('base64url') ?? '', n: n?.subarray(1).toString('base64url') ?? '' }
  assert.equal(n?.length, 257)
  assert.ok(fits('sha256', createPublicKey({ key: jwk, format: 'jwk' }), createPrivateKey(privateKey)))
})

test('an Ed25519 key is written as OpenSSH reads it, and signs what its public line verifies', async () => {
  const { publicKey, privateKey } = await makeSshKey('ssh-ed25519')
  const [begin, ...lines] = privateKey.trimEnd().split('\n')
  assert.equal(begin, '-----BEGIN OPENSSH PRIVATE KEY-----')
  assert.equal(lines.pop(), '-----END OPENSSH PRIVATE KEY-----')
  const file = Buffer.from(lines.join(''), 'base64')
  const magic = 'openssh-key-v1\0'
  assert.equal(file.subarray(0, magic.length).toString(), magic)
  const [cipher, kdf, options] = parts(file.subarray(magic.length, magic.length + 20))
  assert.deepEqual([cipher, kdf, options].map(String), ['none', 'none', ''])
  assert.equal(file.readUInt32BE(magic.length + 20), 1, 'one key')
  const [blob, inner] = parts(file.subarray(magic.length + 24))
  assert.equal(blob?.toString('base64'), publicKey.split(' ')[1])
  assert.equal(inner?.readUInt32BE(0), inner?.readUInt32BE(4), 'the check is there twice')
  assert.equal((inner?.length ?? 1) % 8, 0)
  const padding = [...(inner?.subarray(8 + 15 + 36 + 68 + 4) ?? [])]
  assert.deepEqual(
    padding,
    padding.map((_, i) => i + 1),
  )
  const [type, open, both] = parts(inner?.subarray(8, 8 + 15 + 36 + 68) ?? Buffer.alloc(0))
  assert.equal(type?.toString(), 'ssh-ed25519')
  assert.deepEqual(publicParts(publicKey), [open])
  const secret = { ...ed25519(open), d: both?.subarray(0, 32).toString('base64url') ?? '' }
  assert.deepEqual(both?.subarray(32), open)
  const [publicObject, privateObject] = [
    createPublicKey({ key: ed25519(open), format: 'jwk' }),
    createPrivateKey({ key: secret, format: 'jwk' }),
  ]
  assert.ok(fits(null, publicObject, privateObject))
})
