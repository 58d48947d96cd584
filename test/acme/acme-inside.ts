import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireIssuance, WireOf } from '../../src/client/wire.ts'
import { clientNetns, worldServers } from '../../src/demo/world.ts'
import {
  caughtUp,
  client,
  counters,
  playTopologyA,
  proxies,
  startWorld,
  state,
  until,
  up,
} from '../programs/up-stage.ts'
import { layWire, startAuthority, startNames } from './certificate-authority.ts'

/** Runs in a sandbox of its own: `up` on a simulated internet, in which there are directories that issue certificates. */
const place = join(state, '..', 'authority')
mkdirSync(place)
const stopWorld = await startWorld()
layWire()
const program = up()
await caughtUp()
const { balancer = '', balancerEip = '', group = '' } = await playTopologyA()
const { address } = await client.get('eip', balancerEip)
const elsewhere = worldServers[0]!.address
const stopNames = await startNames(address, { 'away.example': elsewhere })
const lasting = await startAuthority(place, 14000, 90 * 86_400)

type Wish = Readonly<Record<string, unknown>>

/** Creates a certificate that a directory is to issue. */
async function order(
  name: string,
  { directory, ca }: { directory: string; ca: string },
  ...names: string[]
): Promise<string> {
  return (await client.create('certificate', { name, acme: { names, directory, directoryCa: ca } })).id
}

async function reaches(id: string, wanted: WireIssuance['state'], reason = /^/): Promise<WireOf<'certificate'>> {
  let last = ''
  const holds = async () => {
    const { issuance } = await client.get('certificate', id)
    last = JSON.stringify(issuance)
    return issuance?.state === wanted && reason.test(issuance.reason)
  }
  await until(`${id} ${wanted} ${reason}`, holds).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${last}`)
  })
  return client.get('certificate', id)
}

/** Publishes what the group of balancer and NAT gateway admits. */
async function admit(...rules: readonly Wish[]): Promise<void> {
  const accepted = rules.map((rule, i) => ({
    direction: 'ingress',
    action: 'accept',
    protocol: 'tcp',
    priority: i,
    ...rule,
  }))
  await client.patch('security-group', group, { rules: accepted })
  await client.apply('security-group', group)
  await caughtUp()
}

async function listenWith(...listeners: readonly Wish[]): Promise<void> {
  await client.patch('load-balancer', balancer, { listeners })
  await client.apply('load-balancer', balancer)
  await caughtUp()
}

const start = promisify(execFile)

/** The servers of the internet are in this process: nothing may keep it from answering. */
async function outside(...argv: string[]): Promise<string> {
  return (await start('ip', ['netns', 'exec', clientNetns, ...argv])).stdout
}

/** What a client of the internet gets by a name, trusting nobody but a root. */
function page(name: string, rootFile: string, ...more: string[]): Promise<string> {
  const who = ['--cacert', rootFile, '--connect-to', `::${address}:`, '--noproxy', '*', '--max-time', '5']
  return outside('curl', '-sS', ...who, ...more, `https://${name}/`)
}

async function pageComes(name: string, rootFile: string): Promise<void> {
  let last = ''
  const holds = async () => {
    last = await page(name, rootFile).catch((error: Error) => error.message)
    return last.includes('"name"')
  }
  await until(`page of ${name}`, holds).catch(async (error: Error) => {
    const { backendStatus } = await client.get('load-balancer', balancer)
    throw new Error(`${error.message}: ${last} ${JSON.stringify(backendStatus)}`)
  })
}

function serverPid(): number {
  const pids = readdirSync('/proc').filter(pid => /^\d+$/.test(pid))
  const isServer = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0run\0server\0')
    } catch {
      return false
    }
  }
  return Number(pids.find(isServer) ?? 0)
}

/** The requests of a directory that do not ask for what it may ask for, and the one that does. */
async function hostileTokens(): Promise<void> {
  const asking = ['curl', '-s', '--noproxy', '*', '--max-time', '5', '-w', ' %{http_code}', '--request-target']
  const ask = (target: string) => outside(...asking, target, `http://${address}/`)
  const well = '/.well-known/acme-challenge'
  const proof = await ask(`${well}/abc_-9`)
  assert.match(proof, /^abc_-9\.[A-Za-z0-9_-]{43} 200$/)
  const thumbprint = proof.slice(7, 50)
  const hostile = [
    'a.b',
    'a%0d%0aX: y',
    '%25%5bsrc%5d',
    '%[src]',
    'a/b',
    '../abc',
    '',
    'a'.repeat(129),
    'abc?x=y z',
    'a;b',
    '"',
  ]
  for (const token of hostile) assert.ok(!(await ask(`${well}/${token}`)).includes(thumbprint), token)
  assert.ok((await ask(`${well}/${'a'.repeat(128)}`)).includes(thumbprint))
}

const backends = worldServers.map(server => ({ address: server.address, port: 80 }))
const check = { protocol: 'http', path: '/healthz', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 }
const [http, https] = [{ port: 80 }, { port: 443 }].map(port => ({ ...port, check, backends }))
const redirect = { port: 80, options: ['redirect-to-https'] }

// What must be done first is said, one thing after the other; then it is issued through a listener that serves pages.
const shop = await order('shop', lasting, 'shop.example', 'www.shop.example')
await reaches(shop, 'waiting', /no published listener uses it/)
await admit({ ports: '443' })
await listenWith({ ...https, protocol: 'https', certificates: [shop] })
await reaches(shop, 'waiting', /no published, enabled HTTP listener on port 80/)
await listenWith({ ...http }, { ...https, protocol: 'https', certificates: [shop] })
await reaches(shop, 'waiting', /lets nobody reach port 80/)
assert.equal(lasting.orders(), 0, 'asked though it could not come to anything')
await assert.rejects(page('shop.example', lasting.rootFile), /certificate/)
// Lists that let nobody in are seen at once; that they keep out the directory itself, only that can tell.
const secure = { ...https, protocol: 'https', certificates: [shop] }
await listenWith({ ...http, deny: ['0.0.0.0/0'] }, secure)
await admit({ ports: '443' }, { ports: '80' })
await reaches(shop, 'waiting', /the lists of lbl-\w+ together let nobody reach port 80/)
assert.equal(lasting.orders(), 0, 'asked though it could not come to anything')
await listenWith({ ...http, allow: ['198.51.100.0/24'] }, secure)
const refused = await reaches(
  shop,
  'failed',
  /could not see that (www\.)?shop\.example leads here: .*(timeout|timed out|refused|connect).* take the lists off it/i,
)
console.error(`the directory says: ${refused.issuance?.reason}`)
await listenWith({ ...http }, secure)
const issued = await reaches(shop, 'valid')
assert.deepEqual([...issued.names].sort(), ['shop.example', 'www.shop.example'])
await caughtUp()
await pageComes('shop.example', lasting.rootFile)
assert.ok((await page('www.shop.example', lasting.rootFile, '--http1.1')).includes('"name"'))
const verdict = await outside(
  'sh',
  '-c',
  `openssl s_client -connect ${address}:443 -servername shop.example -CAfile ${lasting.rootFile} -verify_return_error </dev/null 2>&1`,
)
assert.match(verdict, /Verify return code: 0 \(ok\)/)
await hostileTokens()
const stored = statSync(join(state, 'certificates.sqlite'))
assert.equal(stored.isFile(), true)

// Through one that only redirects; and the server is killed in the middle of it.
const second = await order('second', lasting, 'second.example')
await listenWith(redirect, { ...https, protocol: 'https', certificates: [shop, second] })
const before = lasting.orders()
await until('an order', async () => lasting.orders() > before)
const killed = serverPid()
process.kill(killed, 'SIGKILL')
await until('another server', async () => serverPid() !== 0 && serverPid() !== killed)
await until('an answer', async () => Boolean(await client.get('certificate', second)))
await reaches(second, 'valid')
assert.equal(lasting.orders(), before + 1, 'the order that was begun was not gone on with')
await caughtUp()
await pageComes('second.example', lasting.rootFile)
const redirected = await outside('curl', '-sSI', '--noproxy', '*', '-H', 'Host: shop.example', `http://${address}/a`)
assert.match(redirected, /^location: https:\/\/shop\.example\/a\r$/im)

// A name that leads elsewhere is named.
const away = await order('away', lasting, 'away.example')
await listenWith(redirect, { ...https, protocol: 'https', certificates: [shop, second, away] })
const { issuance } = await reaches(away, 'failed', /could not see that away\.example leads here/)
assert.ok(issuance?.nextAt && Date.parse(issuance.nextAt) > Date.now())

// Renewed in time, under a connection that lives through it, without a reload.
const brief = await startAuthority(place, 14100, 24)
const flash = await order('flash', brief, 'flash.example')
await listenWith(redirect, { ...https, protocol: 'https', certificates: [shop, second, flash] })
const first = await reaches(flash, 'valid')
await caughtUp()
await pageComes('flash.example', brief.rootFile)
const [{ reloads }, processes] = [await counters(), proxies()]
const lived = spawn('ip', [
  'netns',
  'exec',
  clientNetns,
  process.execPath,
  join(import.meta.dirname, 'long-lived.ts'),
  address,
  'flash.example',
])
const report = text(lived.stdout)
await until('renewal', async () => (await client.get('certificate', flash)).fingerprint !== first.fingerprint)
const renewed = await client.get('certificate', flash)
const [from, to] = [Date.parse(first.notBefore), Date.parse(first.notAfter)]
assert.ok(Date.parse(renewed.notBefore) >= from + (to - from) * 0.6, 'renewed too early')
await caughtUp()
await until('the new certificate', async () => (await shown('flash.example')) === renewed.fingerprint)
await sleep(500)
lived.kill('SIGTERM')
await once(lived, 'close')
const how = JSON.parse(await report) as { answers: number; trouble: string }
assert.equal(how.trouble, '')
assert.ok(how.answers > 50, `${how.answers} answers`)
assert.equal((await counters())['reloads'], reloads, 'a renewal reloaded')
assert.deepEqual(proxies(), processes)
const operations = await client.operations({ resource: flash })
assert.ok(operations.items.some(each => each.author === 'acme' && each.do === 'patch'))

async function shown(name: string): Promise<string> {
  const pem = await outside(
    'sh',
    '-c',
    `openssl s_client -connect ${address}:443 -servername ${name} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`,
  )
  return pem.trim().split('=')[1] ?? ''
}

program.kill('SIGTERM')
await once(program, 'exit')
for (const authority of [lasting, brief]) authority.stop()
stopNames()
await stopWorld()
client.close()
