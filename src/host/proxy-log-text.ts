import type { ProxyListener, ProxyLog } from './proxy.ts'

/** The name of the ring that holds the newest lines of a process. */
export const accessRing = 'access'

/** How long a line may be; what is longer is cut. */
const longest = 2048
/** The lines of a second or so at full speed, or of days at rest. */
const ringBytes = 4 * 1024 * 1024
/** What waits for a syslog server that does not take it; beyond that lines are lost, and nobody waits. */
const queueBytes = 1024 * 1024
const queue = 'syslog'

/** By which name a balancer is known to a syslog server. */
export function logGlobalLines(name: string, log: ProxyLog | undefined): string[] {
  return log?.remote ? [`  log-send-hostname ${name}`] : []
}

/** The rings that lines go to: one to be read, and one that a syslog server is sent over TCP. */
export function logSections(log: ProxyLog | undefined): string[] {
  return [...(log?.local ? localRing : []), ...(log?.remote?.protocol === 'tcp' ? remoteRing(log.remote) : [])]
}

const localRing = [`ring ${accessRing}`, '  format timed', `  maxlen ${longest + 256}`, `  size ${ringBytes}`, '']

function remoteRing({ address, port, format }: NonNullable<ProxyLog['remote']>): string[] {
  return [
    `ring ${queue}`,
    `  format ${format}`,
    `  maxlen ${longest + 256}`,
    `  size ${queueBytes}`,
    '  timeout connect 5s',
    '  timeout server 30s',
    `  server syslog ${address}:${port} log-proto octet-count`,
    '',
  ]
}

/** What a listener writes, and where to. */
export function logLines({ mode }: Pick<ProxyListener, 'mode'>, log: ProxyLog | undefined): string[] {
  if (!log) return []
  const { local, remote } = log
  const address = remote?.protocol === 'tcp' ? `ring@${queue}` : `${remote?.address}:${remote?.port}`
  return [
    ...(local ? [`  log ring@${accessRing} len ${longest} local0`] : []),
    ...(remote ? [`  log ${address} len ${longest} format ${remote.format} local0`] : []),
    `  option ${mode}log`,
  ]
}
