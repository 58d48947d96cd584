import { closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { bindMount, close, open, setns, shareMounts, unmount, unshareNetwork } from './libc.ts'

const directory = '/run/netns'
const ownNamespace = '/proc/thread-self/ns/net'

/** Where the names of namespaces are, made if need be. */
export function netnsDirectory(): string {
  mkdirSync(directory, { recursive: true })
  return directory
}

/** The file of a namespace, by name as `ip netns` has it, or by path. */
export function netnsPath(name: string): string {
  return name.startsWith('/') ? name : `${directory}/${name}`
}

/** Whether a namespace of that name, or at that path, is there to be entered. */
function netnsExists(name: string): boolean {
  return namespaceId(netnsPath(name)) !== null
}

/** The kernel's number of a namespace; null where the path is no namespace's. */
export function namespaceId(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  // Namespaces live on a file system of their own; a name whose mount is gone is an ordinary empty file.
  return found?.dev === statSync(ownNamespace).dev ? String(found.ino) : null
}

/** The names of all namespaces that begin with the prefix, in order. */
export function listNetns(prefix: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter(name => name.startsWith(prefix) && netnsExists(name))
    .sort()
}

/**
 * Runs a synchronous function inside a network namespace. Only the calling thread enters: nothing in the function may
 * start a thread, and sockets that it opens stay where they were opened.
 */
export function enter<T>(netns: number, run: () => T): T {
  return returning(() => {
    setns(netns)
    return run()
  })
}

/** Creates a namespace under a name that `ip netns` knows. It is entered meanwhile, and the function run inside. */
export function createNetns<T>(name: string, run: () => T): T {
  netnsDirectory()
  const path = netnsPath(name)
  if (existsSync(path)) unlinkSync(path)
  shareOnce()
  closeSync(openSync(path, 'wx', 0o444))
  try {
    return returning(() => {
      unshareNetwork()
      bindMount(ownNamespace, path)
      return run()
    })
  } catch (error) {
    unlinkSync(path)
    throw error
  }
}

/** Takes a namespace's name away. The kernel keeps the namespace while something holds it open. */
export function deleteNetns(name: string): void {
  const path = netnsPath(name)
  if (namespaceId(path) !== null) unmount(path)
  if (existsSync(path)) unlinkSync(path)
}

let shared: bigint | undefined

/** Once for each directory that was there: a test may put another in its place. */
function shareOnce(): void {
  const { ino } = statSync(directory, { bigint: true })
  if (shared === ino) return
  shareMounts(directory)
  shared = statSync(directory, { bigint: true }).ino
}

/** Runs something that may leave the thread in another namespace, and takes the thread home. */
function returning<T>(run: () => T): T {
  const home = open(ownNamespace)
  try {
    return run()
  } finally {
    goBack(home)
    close(home)
  }
}

/** A thread that cannot go home would work in a stranger's namespace from now on: better no process at all. */
function goBack(home: number): void {
  try {
    setns(home)
  } catch {
    process.abort()
  }
}
