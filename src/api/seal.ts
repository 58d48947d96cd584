import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chown, mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const algorithm = 'aes-256-gcm'
const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16]

/** Where the key is that secrets beside it are sealed with: whoever copies one file of the two has no secret. */
function sealFile(keysFile: string): string {
  return join(dirname(keysFile), 'keys.seal')
}

/** The key that secrets of a keys file are sealed with; made when there is none. */
export async function sealingKey(keysFile: string): Promise<Buffer> {
  const path = sealFile(keysFile)
  const directory = dirname(path)
  await mkdir(directory, { recursive: true })
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    // Written by root it belongs to whoever owns the directory: the server runs without privileges.
    if (process.getuid?.() === 0) {
      const { uid, gid } = await stat(directory)
      await chown(path, uid, gid)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return keyIn(await readFile(path, 'utf8'), path)
}

/** The same for whoever only reads; null where there is none. */
export function knownSealingKey(keysFile: string): Buffer | null {
  const path = sealFile(keysFile)
  try {
    return keyIn(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function keyIn(text: string, path: string): Buffer {
  const key = Buffer.from(text, 'base64')
  if (key.length === keyBytes) return key
  throw new Error(`${path} holds no key; put it back from a backup, or delete it and make new access keys`)
}

/** A secret, sealed for the access key that it belongs to: no other can take it. */
export function seal(key: Buffer, owner: string, secret: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(owner))
  return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** A sealed secret; null where it was sealed with another key, for another owner, or was changed. */
export function unseal(key: Buffer, owner: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length < nonceBytes + tagBytes) return null
  const [nonce, text, tag] = [
    bytes.subarray(0, nonceBytes),
    bytes.subarray(nonceBytes, -tagBytes),
    bytes.subarray(-tagBytes),
  ]
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(owner))
    .setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
