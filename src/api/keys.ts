import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Role } from '../client/wire.ts'
import { credentialText, replaceCredentials } from './credential-file.ts'
import { roles } from './endpoint.ts'
import { seal, sealingKey } from './seal.ts'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)

const accessKey = z.strictObject({
  id: z.string(),
  role: z.enum(roles),
  /** scrypt of the secret. */
  hash: z.base64(),
  salt: z.base64(),
  createdAt: z.string(),
  /** The secret itself, sealed: who checks signatures needs it. Keys made before there were signatures have none. */
  sealed: z.base64().optional(),
})

/** A key as its file keeps it: its secret cannot be read back from this file alone. */
export type AccessKey = z.output<typeof accessKey>

/** What the ids of keys begin with. */
export const keyPrefix = 'key-'

/** The keys in the text of their file. */
export function keysIn(text: string): readonly AccessKey[] {
  return z.array(accessKey).parse(JSON.parse(text))
}

/** The access keys of a file; none where there is no file. */
export async function readKeys(file: string): Promise<readonly AccessKey[]> {
  return keysIn(await credentialText(file))
}

/** Adds a key to a file and returns what its owner must keep; the secret is told only here. */
export async function addKey(file: string, role: Role): Promise<{ readonly id: string; readonly secret: string }> {
  const id = `${keyPrefix}${randomBytes(5).toString('hex')}`
  const secret = randomBytes(24).toString('base64url')
  const salt = randomBytes(16)
  const hash = await derive(secret, salt, 32)
  const key: AccessKey = {
    id,
    role,
    hash: hash.toString('base64'),
    salt: salt.toString('base64'),
    createdAt: new Date().toISOString(),
    sealed: seal(await sealingKey(file), id, secret),
  }
  await replaceCredentials(file, [...(await readKeys(file)), key])
  return { id, secret }
}

/** Takes a key out of a file. */
export async function removeKey(file: string, id: string): Promise<void> {
  const keys = await readKeys(file)
  await replaceCredentials(
    file,
    keys.filter(key => key.id !== id),
  )
}

/** Whether a secret is that of a key. Deriving is slow by design, so what was right once is remembered. */
export function secretChecker(): (key: AccessKey, secret: string) => Promise<boolean> {
  const right = new WeakMap<AccessKey, string>()
  return async (key, secret) => {
    const known = right.get(key)
    if (known === secret) return true
    if (secret.length > 128) return false
    const hash = await derive(secret, Buffer.from(key.salt, 'base64'), 32)
    if (!timingSafeEqual(hash, Buffer.from(key.hash, 'base64'))) return false
    right.set(key, secret)
    return true
  }
}
