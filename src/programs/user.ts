import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { addUser, readUsers, removeUser } from '../api/users.ts'
import type { UserOptions } from '../cli/programs.ts'
import { placesOf } from './places.ts'

/** Adds, lists or removes people who may sign in. A running server heeds it at once. */
export async function runUser(options: UserOptions): Promise<number> {
  const { users: file } = placesOf(options.state)
  switch (options.do) {
    case 'add':
      try {
        await addUser(file, options.name, options.role, await passwordOf(options.name))
      } catch (error) {
        console.error((error as Error).message)
        return 2
      }
      return 0
    case 'list':
      for (const { name, role, createdAt } of await readUsers(file)) console.log(`${name}  ${role}  ${createdAt}`)
      return 0
    case 'remove':
      if (await removeUser(file, options.name)) return 0
      console.error(`there is no user ${options.name}`)
      return 1
  }
}

/** The password that somebody types without seeing it, or the first line of what is piped in. */
async function passwordOf(name: string): Promise<string> {
  const isPerson = process.stdin.isTTY
  if (isPerson) process.stderr.write(`password for ${name}: `)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isPerson })
  for await (const line of lines) {
    if (isPerson) process.stderr.write('\n')
    lines.close()
    return line
  }
  return ''
}
