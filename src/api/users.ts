import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Role } from '../client/wire.ts'
import { credentialText, replaceCredentials } from './credential-file.ts'
import { roles } from './endpoint.ts'
import { keyPrefix } from './keys.ts'

interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly maxmem: number
}
const derive = promisify<string, Buffer, number, Cost, Buffer>(scrypt)

/** What people choose can be guessed, so a guess must cost: 32 MiB and a quarter of a second. */
const cost: Cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const leastPassword = 8

const user = z.strictObject({
  name: z.string(),
  role: z.enum(roles),
  /** scrypt of the password. */
  hash: z.base64(),
  salt: z.base64(),
  createdAt: z.string(),
})

/** Somebody who may sign in, as the file keeps them. */
export type User = z.output<typeof user>

/** The users in the text of their file. */
export function usersIn(text: string): readonly User[] {
  return z.array(user).parse(JSON.parse(text))
}

/** The users of a file; none where there is no file. */
export async function readUsers(file: string): Promise<readonly User[]> {
  return usersIn(await credentialText(file))
}

/** Adds a user to a file, or gives one that is there another password and role. Throws, with what to do, where that cannot be. */
export async function addUser(file: string, name: string, role: Role, password: string): Promise<void> {
  if (!/^[A-Za-z0-9][\w.@-]{0,63}$/.test(name) || name.startsWith(keyPrefix)) {
    throw new Error(
      `${name} is no name for a user: use 1-64 letters, digits and ._@-, and do not begin with ${keyPrefix}`,
    )
  }
  if (password.length < leastPassword) throw new Error(`the password must have at least ${leastPassword} characters`)
  const salt = randomBytes(16)
  const hash = await derive(password.normalize('NFKC'), salt, 32, cost)
  const others = (await readUsers(file)).filter(each => each.name !== name)
  const added: User = {
    name,
    role,
    hash: hash.toString('base64'),
    salt: salt.toString('base64'),
    createdAt: new Date().toISOString(),
  }
  await replaceCredentials(file, [...others, added])
}

/** Takes a user out of a file; says whether they were there. */
export async function removeUser(file: string, name: string): Promise<boolean> {
  const users = await readUsers(file)
  const left = users.filter(each => each.name !== name)
  if (left.length < users.length) await replaceCredentials(file, left)
  return left.length < users.length
}

/** Whether a password is a user's. Takes as long for somebody who is not there: who is cannot be found out. */
export async function isPassword(of: User | undefined, password: string): Promise<boolean> {
  const salt = of ? Buffer.from(of.salt, 'base64') : Buffer.alloc(16)
  const hash = await derive(password.normalize('NFKC'), salt, 32, cost)
  return of !== undefined && timingSafeEqual(hash, Buffer.from(of.hash, 'base64'))
}
