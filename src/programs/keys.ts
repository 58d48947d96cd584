import { addKey, readKeys, removeKey } from '../api/keys.ts'
import type { KeysOptions } from '../cli/programs.ts'
import { placesOf } from './places.ts'

/** Creates, lists or deletes access keys. A running server heeds it at once. */
export async function runKeys(options: KeysOptions): Promise<number> {
  const { keys: file } = placesOf(options.state)
  switch (options.do) {
    case 'create': {
      const { id, secret } = await addKey(file, options.role)
      console.log(`${id}:${secret}`)
      return 0
    }
    case 'list':
      for (const { id, role, createdAt, sealed } of await readKeys(file)) {
        console.log(
          `${id}  ${role}  ${createdAt}${sealed === undefined ? '  cannot sign; make a new one for that' : ''}`,
        )
      }
      return 0
    case 'delete':
      if (!(await readKeys(file)).some(({ id }) => id === options.id)) {
        console.error(`there is no key ${options.id}`)
        return 1
      }
      await removeKey(file, options.id)
      return 0
  }
}
