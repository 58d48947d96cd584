import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientNetns } from '../../src/demo/world.ts'
import { certificateFor } from '../certificate-maker.ts'
import { until } from '../programs/up-stage.ts'

/** Out in the internet, with a wire of its own to where the server is: only that part is not through the edge. */
const home = '172.31.0.2'

/** A directory that issues certificates, Debian's `pebble`, which looks at what names lead to from where clients are. */
export interface Authority {
  /** Its URL, and who vouches for it, as PEM. */
  readonly directory: string
  readonly ca: string
  /** The file with the root of what it issues. */
  readonly rootFile: string
  /** How many orders it was given. */
  orders(): number
  stop(): void
}

/** Lays the wire from here to the directories. */
export function layWire(): void {
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })
  ip('link', 'add', 'acme0', 'type', 'veth', 'peer', 'name', 'acme1', 'netns', clientNetns)
  ip('addr', 'add', '172.31.0.1/30', 'dev', 'acme0')
  ip('link', 'set', 'acme0', 'up')
  ip('-n', clientNetns, 'addr', 'add', `${home}/30`, 'dev', 'acme1')
  ip('-n', clientNetns, 'link', 'set', 'acme1', 'up')
  ip('-n', clientNetns, 'link', 'set', 'lo', 'up')
}

/** Starts a directory whose certificates are valid for so many seconds. */
export async function startAuthority(place: string, port: number, validS: number): Promise<Authority> {
  const made = certificateFor({ names: [home] })
  const [cert, key, config] = ['cert.pem', 'key.pem', 'pebble.json'].map(file => join(place, `${port}-${file}`))
  writeFileSync(cert!, made.chain)
  writeFileSync(key!, made.key)
  const pebble = {
    listenAddress: `${home}:${port}`,
    managementListenAddress: `${home}:${port + 1000}`,
    certificate: cert,
    privateKey: key,
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    certificateValidityPeriod: validS,
  }
  writeFileSync(config!, JSON.stringify({ pebble }))
  const log: string[] = []
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1' }
  const child = inClientNetns(['pebble', '-config', config!, '-dnsserver', `${home}:8053`], env)
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (part: Buffer) => log.push(...part.toString().split('\n')))
  const rootFile = join(place, `${port}-root.pem`)
  await until('root of the directory', async () => {
    const root = execFileSync('curl', ['-sk', '--noproxy', '*', `https://${home}:${port + 1000}/roots/0`])
    writeFileSync(rootFile, root)
    return root.includes('BEGIN CERTIFICATE')
  })
  return {
    directory: `https://${home}:${port}/dir`,
    ca: made.chain,
    rootFile,
    orders: () => log.filter(line => /Added order "/.test(line)).length,
    stop: () => child.kill('SIGKILL'),
  }
}

/** Starts the DNS of the internet, in which every name leads to one address but for those that lead elsewhere. */
export async function startNames(all: string, others: Readonly<Record<string, string>>): Promise<() => void> {
  const own = ['-management', `${home}:8055`, '-dns01', `${home}:8053`, '-defaultIPv4', all, '-defaultIPv6', '']
  const child = inClientNetns(['pebble-challtestsrv', ...own, '-http01', '', '-https01', '', '-tlsalpn01', ''])
  const tell = (host: string, address: string) => {
    const body = JSON.stringify({ host: `${host}.`, addresses: [address] })
    execFileSync('curl', ['-sf', '--noproxy', '*', '-d', body, `http://${home}:8055/add-a`])
  }
  for (const [host, address] of Object.entries(others)) await until(host, async () => (tell(host, address), true))
  return () => void child.kill('SIGKILL')
}

function inClientNetns(argv: readonly string[], env = process.env): ChildProcess {
  return spawn('ip', ['netns', 'exec', clientNetns, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], env })
}
