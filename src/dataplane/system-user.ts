import { readFileSync } from 'node:fs'

/** A user of the machine to run a process as. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** The first of these users that the machine has; null where we may not become it, as in a sandbox without root. */
export function firstUser(...names: readonly string[]): SystemUser | null {
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map(line => line.split(':'))
      .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  )
  const user = names.map(name => users.get(name)).find(each => each !== undefined)
  if (user === undefined || process.getuid?.() !== 0) return null
  return isMapped(user.uid, '/proc/self/uid_map') && isMapped(user.gid, '/proc/self/gid_map') ? user : null
}

function isMapped(id: number, mapFile: string): boolean {
  return readFileSync(mapFile, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .some(([first = 0, , count = 0]) => id >= first && id < first + count)
}
