import { z } from 'zod'
import type { AccessKey, NewAccessKey } from '../client/access-key.ts'
import { problemsOf } from '../model/issue.ts'
import { Refused } from '../model/problem.ts'
import { wholePage } from './answer.ts'
import { roles, type Endpoint } from './endpoint.ts'
import { addKey, readKeys, removeKey } from './keys.ts'
import type { OperationLog } from './operations.ts'
import { refTo } from './schemas.ts'

const wish = z.strictObject({ role: z.enum(roles) })

/** Access keys: who may ask from elsewhere. Without a file there is no place to keep any, and nothing here. */
export function keyEndpoints(keysFile: string | undefined, log: OperationLog): Endpoint[] {
  if (keysFile === undefined) return []
  const common = { tag: 'system', needs: 'admin' } as const
  return [
    {
      ...common,
      method: 'GET',
      path: '/v1/keys',
      name: 'listKeys',
      about: 'Lists access keys, without their secrets',
      answers: { status: 200, about: 'Them', schema: refTo('AccessKeyPage') },
      async handle() {
        const keys = await readKeys(keysFile)
        return { status: 200, body: wholePage(keys.map(viewOf)) }
      },
    },
    {
      ...common,
      method: 'POST',
      path: '/v1/keys',
      name: 'createKey',
      about: 'Makes an access key; its secret is told only in this answer. With the first, everyone must sign in',
      body: refTo('AccessKeyCreate'),
      answers: { status: 201, about: 'Made', schema: refTo('NewAccessKey') },
      async handle({ body, author, caller: { from } }) {
        const read = wish.safeParse(body)
        if (!read.success) throw new Refused(problemsOf(read.error, body))
        const { id, secret } = await addKey(keysFile, read.data.role)
        const made = (await readKeys(keysFile)).find(key => key.id === id)
        if (!made) throw new Error(`the key ${id} was made and is not there`)
        log.noteKey('create', id, author, from)
        return { status: 201, body: { ...viewOf(made), secret } satisfies NewAccessKey }
      },
    },
    {
      ...common,
      method: 'DELETE',
      path: '/v1/keys/{id}',
      name: 'deleteKey',
      about: 'Takes an access key away; what it could do ends at once',
      answers: { status: 204, about: 'Taken away', schema: null },
      async handle({ params, author, caller: { from } }) {
        const id = params['id'] ?? ''
        if (!(await readKeys(keysFile)).some(key => key.id === id)) {
          throw new Refused([{ code: 'not-found', at: '', values: { kind: 'key', id: id.slice(0, 64) } }])
        }
        await removeKey(keysFile, id)
        log.noteKey('delete', id, author, from)
        return { status: 204 }
      },
    },
  ]
}

function viewOf({ id, role, createdAt, sealed }: Awaited<ReturnType<typeof readKeys>>[number]): AccessKey {
  return { id, role, createdAt, signs: sealed !== undefined }
}
