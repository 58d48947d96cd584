import { digestOf } from './digest.ts'
import { logGlobalLines, logLines, logSections } from './proxy-log-text.ts'
import { certificateList, listenerLines, type ListenerPlace } from './proxy-listener-text.ts'
import { clientTable } from './proxy-limit-text.ts'
import {
  checkedLines,
  hasTable,
  numberText,
  peersSection,
  poolLines,
  servedBy,
  serverText,
  settingsText,
} from './proxy-pool-text.ts'
import type { ProxyConfig, ProxyListener, ProxyPool } from './proxy.ts'
import { literal } from './proxy-words.ts'

/** Where one HAProxy process keeps its files. */
export interface ProxyPaths {
  /** The runtime socket. */
  readonly socket: string
  /** The states of servers that a new process starts from: every server must be in it, down until a check says otherwise. */
  readonly stateFile: string
  /** The directory of its certificates, and of each listener's list of them. */
  readonly certificates: string
  /** Whom it becomes once it listens; null to stay who it is. No part of the structure: nobody is reloaded for it. */
  readonly user: { readonly uid: number; readonly gid: number } | null
}

/** The description by which a running process says which structure it has; {@link proxyStructure} follows. */
export const descriptionPrefix = 'cw:'

/** The haproxy.cfg of a balancer; its structure's digest can be read back by `show info`. */
export function proxyText(name: string, config: ProxyConfig, paths: ProxyPaths): string {
  const place = { name: config.nodes[0] ?? name, certificates: paths.certificates }
  return [
    'global',
    `  node ${name}`,
    `  description ${descriptionPrefix}${proxyStructure(config)}`,
    `  stats socket ${literal(paths.socket)} mode 600 level admin expose-fd listeners`,
    `  server-state-file ${literal(paths.stateFile)}`,
    ...(config.certificates.length > 0 ? [`  crt-base ${literal(paths.certificates)}`] : []),
    ...(paths.user ? [`  uid ${paths.user.uid}`, `  gid ${paths.user.gid}`] : []),
    ...globalLines(config, peerName(config, name)),
    ...logGlobalLines(name, config.log),
    '',
    ...logSections(config.log),
    'defaults',
    '  load-server-state-from-file global',
    ...sourceLines(config),
    '',
    ...peersLines(name, config),
    ...config.listeners.flatMap(listener => sectionsOf(listener, config, place)),
    ...(config.checked ?? []).flatMap(pool => [`backend ${pool.id}`, ...checkedLines(pool), ...serverLines(pool), '']),
  ].join('\n')
}

/** A digest of all but servers and the content of certificates: what a running process cannot change without a reload. */
export function proxyStructure(config: ProxyConfig): string {
  const place = { name: '', certificates: '' }
  const listeners = config.listeners.flatMap(listener => [
    listener.id,
    ...listenerLines(listener, config.headerBytes, place),
    ...(listener.tls ? [certificateList(listener.tls)] : []),
    ...listener.pools.flatMap(pool => [pool.id, ...poolLines(listener, pool), settingsText(pool), `${pool.firstPort}`]),
  ])
  const checked = (config.checked ?? []).flatMap(pool => [pool.id, ...checkedLines(pool), settingsText(pool)])
  const shared = [...sourceLines(config), ...(remembers(config) ? config.nodes.slice(1) : [])]
  const { log } = config
  const logs = log ? [...logGlobalLines('', log), ...logSections(log), ...logLines({ mode: 'tcp' }, log)] : []
  return digestOf([...globalLines(config, firstPeer), ...shared, ...listeners, ...checked, ...logs].join('\n'))
}

/** The files beside the configuration, by their names in the directory of certificates; keys are in them. */
export function proxyFiles(config: ProxyConfig): ReadonlyMap<string, string> {
  const lists = config.listeners.flatMap(({ id, tls }) => (tls ? [[`${id}.list`, certificateList(tls)] as const] : []))
  return new Map([...config.certificates.map(({ id, pem }) => [`${id}.pem`, pem] as const), ...lists])
}

const usualBuffer = 114_688

function globalLines(config: ProxyConfig, peer: string): string[] {
  return [
    `  maxconn ${config.maxConnections}`,
    // Not as many as the machine has cores, which is HAProxy's own choice: there are many balancers on a machine.
    '  nbthread 2',
    // Where the limit of open files cannot be raised, fewer connections are better than no balancer.
    '  no strict-limits',
    // What a reload replaced may finish its connections, but not stay for ever.
    '  hard-stop-after 10m',
    // A response of 100 KB in one piece costs HAProxy a third of what default buffers take. Not more: libc maps what is 128 KB or larger anew each time.
    `  tune.bufsize ${Math.max(usualBuffer, config.headerBytes + 4096)}`,
    // A new process asks every backend at once instead of spreading the first checks over the interval.
    '  max-spread-checks 200ms',
    `  localpeer ${peer}`,
    // WebSockets come over HTTP/1.1, as everywhere: clients that are told they may use HTTP/2 for them often cannot.
    '  h2-workaround-bogus-websocket-clients',
  ]
}

/** Whether processes of a balancer remember which client goes where. */
export function remembers(config: ProxyConfig): boolean {
  return config.listeners.some(({ pools }) => pools.some(hasTable))
}

/** Where none is chosen, too: then connections to backends may share their ports with listeners that come later. */
function sourceLines({ source }: ProxyConfig): string[] {
  return [`  source ${source ?? '0.0.0.0'}`]
}

/** Those who tell each other which client goes where: the processes of all nodes, and on a reload the old and the new one. */
function peersLines(name: string, config: ProxyConfig): string[] {
  if (!remembers(config)) return []
  const place = (node: string) => `abns@${peerSocket(node)}`
  const peers = config.nodes.map(node => `  server ${peerName(config, node)}${node === name ? '' : ` ${place(node)}`}`)
  return [`peers ${peersSection}`, `  bind ${place(name)}`, ...peers, `  server ${agentPeer} ${place(agentPeer)}`, '']
}

/** Whoever tells a new process that nobody knows more than it does. Nobody listens at its address. */
export const agentPeer = 'agent'

/** The abstract socket at which a node's process is told which client goes where. */
export function peerSocket(node: string): string {
  return `${node}-clients`
}

const firstPeer = 'local'

/** What processes call a node among themselves. The first is called the same however many there are: they may become more while it runs. */
export function peerName({ nodes }: ProxyConfig, node: string): string {
  const index = nodes.indexOf(node)
  return index < 1 ? firstPeer : `node${index + 1}`
}

function sectionsOf(listener: ProxyListener, { headerBytes, log }: ProxyConfig, place: ListenerPlace): string[] {
  const [own, ...others] = listener.pools
  return [
    `listen ${listener.id}`,
    ...listenerLines(listener, headerBytes, place),
    ...logLines(listener, log),
    ...poolLines(listener, own),
    ...serverLines(own),
    '',
    ...clientTable(listener),
    ...others.flatMap(pool => [
      `backend ${pool.id}`,
      `  mode ${listener.mode}`,
      ...poolLines(listener, pool),
      ...serverLines(pool),
      '',
    ]),
  ]
}

function serverLines(pool: ProxyPool): string[] {
  return servedBy(pool).map(
    server => `  server ${server.id} ${serverText(pool, server)} weight ${server.weight}${numberText(pool, server.id)}`,
  )
}
