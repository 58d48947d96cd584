import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { dirname, join } from 'node:path'
import { refusalToListen } from '../api/serve.ts'
import type { AgentOptions, ServerOptions, UpOptions } from '../cli/programs.ts'
import { firstUser } from '../dataplane/system-user.ts'
import { cidr, contains, ipv4 } from '../model/address.ts'
import { selfArgv } from './launch.ts'
import { closedOnTheWay, makePlaces, placesOf, type Places } from './places.ts'
import { listenOf, poolsIn } from './pools.ts'
import type { ServerSurroundings } from './server.ts'
import { supervise } from './supervise.ts'
import { unitName, unitText } from './systemd.ts'

/** What a machine says of itself, for `up` to check its options against. */
export interface MachineFacts {
  readonly isRoot: boolean
  /** Whether there is an interface of that name. */
  readonly hasLink: (name: string) => boolean
  /** The next hop of the machine's own default route; null where it has none. */
  readonly defaultGateway: string | null
  /** Why the API may not listen on this address; null where it may. */
  readonly refusalToListen: (host: string) => string | null
}

/** Everything that is wrong with what `up` was asked for, one sentence each; nothing when it may start. */
export function upProblems(options: UpOptions, facts: MachineFacts): string[] {
  const problems: string[] = []
  const gateway = options.gateway ?? facts.defaultGateway
  if (!facts.isRoot) problems.push('up changes the network of this machine: run it as root')
  if (!facts.hasLink(options.uplink)) problems.push(`uplink: there is no interface ${options.uplink}; see \`ip link\``)
  if (options.address === null) {
    problems.push('address: give Causeway an address of its own on the uplink, e.g. --address 192.0.2.2/24')
  } else if (!isInterfaceAddress(options.address)) {
    problems.push(`address: ${options.address} is not an address with its length, e.g. 192.0.2.2/24`)
  }
  if (gateway === null)
    problems.push('gateway: this machine has no default route to take it from; give one, e.g. --gateway 192.0.2.1')
  else if (!ipv4.safeParse(gateway).success) problems.push(`gateway: ${gateway} is not an IPv4 address`)
  else if (options.address !== null && isInterfaceAddress(options.address) && !contains(options.address, gateway)) {
    problems.push(`gateway: ${gateway} does not lie in the network of ${options.address}`)
  }
  const { pools, wrong } = poolsIn(options.pool)
  for (const text of wrong) problems.push(`pool: ${text} is not [name=]prefix[,prefix…], e.g. bgp=203.0.113.0/24`)
  if (pools.length === 0 && wrong.length === 0)
    problems.push('pool: give at least one prefix of public addresses, e.g. --pool 203.0.113.0/28')
  const listen = listenOf(options.listen)
  const refusal = listen && facts.refusalToListen(listen.host)
  if (!listen) problems.push(`listen: ${options.listen} is not address:port, e.g. 127.0.0.1:7480`)
  if (refusal) problems.push(`listen: ${refusal}`)
  if (!options.state.startsWith('/')) problems.push(`state: ${options.state} is not an absolute path`)
  return problems
}

/** Runs server and agent on this machine until the signal aborts. The data plane goes on without them. */
export async function runUp(options: UpOptions, version: string, signal: AbortSignal): Promise<number> {
  const places = placesOf(options.state)
  const facts = await machineFacts(options.uplink, places)
  const problems = upProblems(options, facts)
  // Not HAProxy's: what it is talked into must not reach the model.
  const user = firstUser('causeway', 'nobody')
  const closed = user && closedOnTheWay(places, user)
  if (closed)
    problems.push(
      `state: ${closed} is closed to the user that the server runs as (${user.uid}); open it by \`chmod o+x\`, or choose another state directory`,
    )
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return 2
  if (options.systemd) return install(options)
  const gateway = options.gateway ?? facts.defaultGateway
  makePlaces(places, user)
  const reserved = [options.address?.split('/')[0] ?? '', gateway ?? '']
  const server: ServerOptions & ServerSurroundings = { ...options, reserved, user, version, aloud: true }
  const agent: AgentOptions = { ...options, gateway, host: hostname() }
  const charges = [
    { name: 'server', start: () => start(selfArgv('server', server)) },
    { name: 'agent', start: () => start(selfArgv('agent', agent)) },
  ]
  await supervise(charges, message => console.error(`causeway: ${message}`), signal)
  return 0
}

function start([program, ...args]: readonly [string, ...string[]]): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
}

function isInterfaceAddress(text: string): boolean {
  const [address = '', length = ''] = text.split('/')
  return ipv4.safeParse(address).success && /^\d{1,2}$/.test(length) && cidr.safeParse(`0.0.0.0/${length}`).success
}

const run = promisify(execFile)

async function machineFacts(uplink: string, { keys, users }: Places): Promise<MachineFacts> {
  const isRoot = process.getuid?.() === 0
  const links = await ip(['link'])
  const routes = await ip(['route', 'show', 'default', 'dev', uplink])
  const names = new Set(links.map(link => link['ifname']))
  const gateway = routes.map(route => route['gateway']).find(each => typeof each === 'string')
  return {
    isRoot,
    hasLink: name => names.has(name),
    defaultGateway: typeof gateway === 'string' ? gateway : null,
    // Only root may see who there is.
    refusalToListen: host => (isRoot ? refusalToListen(host, { keysFile: keys, usersFile: users }) : null),
  }
}

async function ip(args: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { stdout } = await run('ip', ['-j', ...args]).catch(() => ({ stdout: '' }))
  return JSON.parse(stdout.trim() || '[]') as Readonly<Record<string, unknown>>[]
}

/** Puts a unit where systemd finds it and starts it. */
async function install(options: UpOptions): Promise<number> {
  const launcher = join(dirname(process.argv[1] ?? ''), '..', 'causeway')
  const file = `/etc/systemd/system/${unitName}`
  if (!existsSync('/run/systemd/system')) {
    console.error(
      'systemd: this machine was not started by systemd; leave --systemd out and keep `up` running by your own means',
    )
    return 1
  }
  if (existsSync(file)) copyFileSync(file, `${file}.before`)
  writeFileSync(file, unitText(launcher, upArguments(options)))
  for (const args of [['daemon-reload'], ['enable', '--now', unitName]]) await run('systemctl', args)
  console.error(`causeway: ${file} is written and started; see \`systemctl status ${unitName}\``)
  return 0
}

/** The arguments that mean these options. */
export function upArguments({ uplink, address, gateway, pool, zone, state, listen }: UpOptions): string[] {
  return [
    'up',
    '--uplink',
    uplink,
    ...(address === null ? [] : ['--address', address]),
    ...(gateway === null ? [] : ['--gateway', gateway]),
    ...pool.flatMap(each => ['--pool', each]),
    '--zone',
    zone,
    '--state',
    state,
    '--listen',
    listen,
  ]
}
