import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where the processes of one balancer keep their things. */
export interface ProxyFiles {
  readonly config: string
  readonly state: string
  readonly socket: string
  readonly pids: string
  readonly log: string
  /** Which servers were taken out, and when. */
  readonly drains: string
  /** What earlier processes wrote to the access log. */
  readonly access: string
  /** A directory. */
  readonly certificates: string
}

/** The files of a balancer in the driver's directory. */
export function filesOf(directory: string, name: string): ProxyFiles {
  const base = `${directory}/${name}`
  return {
    config: `${base}.cfg`,
    state: `${base}.state`,
    socket: `${base}.sock`,
    pids: `${base}.pids`,
    log: `${base}.log`,
    drains: `${base}.drains`,
    access: `${base}.access`,
    certificates: `${base}.certs`,
  }
}

/**
 * What HAProxy is started with besides its configuration. Buffers that are free stay in pools of the process: the C library would give
 * the larger ones back to the kernel and take them again, a page fault or more per request.
 */
export const proxyArguments = ['-db', '-dMglobal'] as const

/**
 * Starts HAProxy where the calling thread is, in the files of its balancer, with further arguments. It outlives us: it has
 * a session of its own and writes to a file.
 */
export function spawnProxy(path: string, files: ProxyFiles, takeOver: readonly string[]): ChildProcess {
  truncateLog(files, 0)
  const log = openSync(files.log, 'a', 0o600)
  try {
    const child = spawn(path, [...proxyArguments, '-f', files.config, ...takeOver], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      env: {},
    })
    child.unref()
    if (child.pid !== undefined) writeFileSync(files.pids, [child.pid, ...processesOf(files)].join('\n'))
    return child
  } finally {
    closeSync(log)
  }
}

/** Empties a balancer's log where it is longer than so many bytes: HAProxy adds a line whenever a backend comes or goes. */
export function truncateLog({ log }: ProxyFiles, maxBytes: number): void {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) truncateSync(log)
}

/** The processes of a balancer that live, youngest first: the one that serves and those that finish after a reload. */
export function processesOf(files: ProxyFiles): number[] {
  if (!existsSync(files.pids)) return []
  return readFileSync(files.pids, 'utf8')
    .split('\n')
    .map(Number)
    .filter(pid => pid > 0 && isOurs(pid, files))
}

/** A number may have gone to somebody else's process since it was written down. */
function isOurs(pid: number, files: ProxyFiles): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(files.config)
  } catch {
    return false
  }
}

/** Ends processes of a balancer at once, by force where they do not obey within a second. */
export async function stopProcesses(pids: readonly number[], files: ProxyFiles): Promise<void> {
  for (const pid of pids) if (isOurs(pid, files)) process.kill(pid, 'SIGTERM')
  for (let waited = 0; pids.some(pid => isOurs(pid, files)); waited += 10) {
    if (waited === 1000) for (const pid of pids) if (isOurs(pid, files)) process.kill(pid, 'SIGKILL')
    if (waited > 3000) throw new Error(`haproxy does not end: process ${pids.join(', ')} of ${files.config}`)
    await sleep(10)
  }
}

/** Lets processes of a balancer finish what they have, for so long at most; from now on they take no more connections. */
export async function finishProcesses(pids: readonly number[], files: ProxyFiles, mostMs: number): Promise<void> {
  for (const pid of pids) if (isOurs(pid, files)) process.kill(pid, 'SIGUSR1')
  for (let waited = 0; waited < mostMs && pids.some(pid => isOurs(pid, files)); waited += 10) await sleep(10)
}

/** What HAProxy complained of when it started. */
export function complaintOf(files: ProxyFiles): string {
  const alerts = readFileSync(files.log, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('[ALERT]'))
  return alerts.slice(0, 3).join('; ').slice(0, 500) || 'it ended without a word'
}
