import { readFileSync, statSync } from 'node:fs'
import { chown, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The text of a file; of one that is not there, an empty list. */
export async function credentialText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
}

/**
 * Replaces a file of credentials: only its owner may read it. Written by root it belongs to whoever owns its directory,
 * as the server runs without privileges and reads it again when it changes.
 */
export async function replaceCredentials(path: string, entries: readonly object[]): Promise<void> {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true })
  await writeFile(`${path}.new`, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 })
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(directory)
    await chown(`${path}.new`, uid, gid)
  }
  await rename(`${path}.new`, path)
}

/** What a file says, read again whenever it was replaced: what is taken out of it ends at once. */
export function freshly<T>(path: string, parse: (text: string) => T): () => T {
  let known: { readonly mark: string; readonly value: T } | undefined
  return () => {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true })
    const mark = found ? `${found.ino} ${found.mtimeNs} ${found.size}` : ''
    if (known?.mark !== mark) known = { mark, value: parse(found ? readFileSync(path, 'utf8') : '[]') }
    return known.value
  }
}
