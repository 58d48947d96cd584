import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { roles, type Role } from './endpoint.ts'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)

const accessKey = z.strictObject({
  id: z.string(),
  role: z.enum(roles),
  /** scrypt of the secret. */
  hash: z.base64(),
  salt: z.base64(),
  createdAt: z.string(),
})

/** A key as its file keeps it: its secret cannot be read back. */
export type AccessKey = z.output<typeof accessKey>

/** The access keys of a file; none where there is no file. */
export async function readKeys(file: string): Promise<readonly AccessKey[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  return z.array(accessKey).parse(JSON.parse(text))
}

/** Adds a key to a file and returns what its owner must keep; the secret is told only here. */
export async function addKey(file: string, role: Role): Promise<{ readonly id: string; readonly secret: string }> {
  const id = `key-${randomBytes(5).toString('hex')}`
  const secret = randomBytes(24).toString('base64url')
  const salt = randomBytes(16)
  const hash = await derive(secret, salt, 32)
  const key: AccessKey = {
    id,
    role,
    hash: hash.toString('base64'),
    salt: salt.toString('base64'),
    createdAt: new Date().toISOString(),
  }
  await writeKeys(file, [...(await readKeys(file)), key])
  return { id, secret }
}

/** Takes a key out of a file. */
export async function removeKey(file: string, id: string): Promise<void> {
  await writeKeys(
    file,
    (await readKeys(file)).filter(key => key.id !== id),
  )
}

async function writeKeys(file: string, keys: readonly AccessKey[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

/** Checks `<id>:<secret>` against keys. Deriving is slow by design, so what was right once is remembered. */
export function keyChecker(keys: readonly AccessKey[]): (credentials: string) => Promise<AccessKey | undefined> {
  const right = new Map<string, AccessKey>()
  return async credentials => {
    const known = right.get(credentials)
    if (known) return known
    const [, id, secret] = /^([^:]+):([^:]{1,128})$/.exec(credentials) ?? []
    const key = keys.find(each => each.id === id)
    if (!key || secret === undefined) return undefined
    const hash = await derive(secret, Buffer.from(key.salt, 'base64'), 32)
    if (!timingSafeEqual(hash, Buffer.from(key.hash, 'base64'))) return undefined
    right.set(credentials, key)
    return key
  }
}
