import type { Role } from '../client/wire.ts'
import { freshly } from './credential-file.ts'
import { keysIn, removeKey, type AccessKey } from './keys.ts'
import { knownSealingKey, unseal } from './seal.ts'

/** An access key, for whoever checks what it signed. */
interface Signer {
  readonly id: string
  readonly role: Role
  /** Null where it cannot sign: it was made before secrets were kept, or the file that opens them is gone. */
  readonly secret: string | null
  readonly createdAt: string
}

/** The access keys of a file as those that can sign; read again whenever they change. Without a file there are none. */
export interface Signers {
  find(id: string): Signer | undefined
  all(): readonly Signer[]
  remove(ids: readonly string[]): Promise<void>
}

export function signersOf(keysFile: string | undefined): Signers {
  const keys = keysFile === undefined ? () => [] : freshly(keysFile, keysIn)
  const known = new WeakMap<readonly AccessKey[], ReadonlyMap<string, Signer>>()

  function signers(): ReadonlyMap<string, Signer> {
    const list = keys()
    const found = known.get(list) ?? opened(list, keysFile)
    known.set(list, found)
    return found
  }

  return {
    find: id => signers().get(id),
    all: () => [...signers().values()],
    async remove(ids) {
      for (const id of ids) if (keysFile !== undefined) await removeKey(keysFile, id)
    },
  }
}

function opened(keys: readonly AccessKey[], keysFile: string | undefined): ReadonlyMap<string, Signer> {
  const sealing = keysFile === undefined || keys.length === 0 ? null : knownSealingKey(keysFile)
  return new Map(
    keys.map(({ id, role, createdAt, sealed }) => {
      const secret = sealing && sealed !== undefined ? unseal(sealing, id, sealed) : null
      return [id, { id, role, createdAt, secret }]
    }),
  )
}
