import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addKey } from '../src/api/keys.ts'
import type { ServerOptions } from '../src/cli/programs.ts'
import { placesOf } from '../src/programs/places.ts'
import type { ServerSurroundings } from '../src/programs/server.ts'
import { encoded, sign, textToSign } from '../src/qingcloud/signature.ts'
import { cpuMs, end } from './processes.ts'
import { startSelf, until } from './site.ts'
import { judged, median, type Table } from './table.ts'

const connections = 16
const [warmUp, measured] = [1_000, 5_000]
const few = 10
const many = 10_000
const [warmUpCreations, creations] = [50, 300]

type Parameters = Readonly<Record<string, string | number>>

interface Key {
  readonly id: string
  readonly secret: string
}

/** The QingCloud-compatible API of real servers on their databases, over the loopback: how much they answer, and what a creation costs. */
export async function measureQingcloud(): Promise<readonly Table[]> {
  const small = await startInstallation(7480)
  const large = await startInstallation(7481)
  try {
    const first = await small.allocate(few)
    const firstOfMany = await large.allocate(100)
    for (let made = 100; made < many; made += 100) await large.allocate(100)
    const turns: [small: number, large: number][] = []
    for (let i = 0; i < warmUpCreations + creations; i++) {
      const turn: [number, number] = [await timed(() => small.allocate(1)), await timed(() => large.allocate(1))]
      if (i >= warmUpCreations) turns.push(turn)
    }
    const ratio = median(turns.map(([one, other]) => other / one))
    const row = (about: string, { perSecond, perCore }: Rate, target?: number) => [
      about,
      perSecond.toFixed(0),
      target === undefined ? perCore.toFixed(0) : judged(perCore, target, 'more', 0),
    ]
    return [
      {
        mark: 'qingcloud-calls',
        head: ['signed calls over the loopback', 'answered/s', 'of a whole core/s'],
        rows: [
          row('one EIP by its id', await throughput(small, { 'eips.1': first }), 3000),
          row('a page of twenty EIPs', await throughput(small, { limit: 20 })),
          row(`one of ${many} by its id`, await throughput(large, { 'eips.1': firstOfMany }), 3000),
          row(`a page of twenty out of ${many}`, await throughput(large, { limit: 20, offset: many / 2 })),
        ],
      },
      {
        mark: 'qingcloud-creation',
        head: ['a signed creation, on the disk when answered', `ms, median of ${creations}`, 'ratio'],
        rows: [
          [`under ${few} EIPs`, median(turns.map(([one]) => one)).toFixed(2), '1'],
          [`under ${many} EIPs`, median(turns.map(([, other]) => other)).toFixed(2), judged(ratio, 1.5, 'less')],
        ],
      },
    ]
  } finally {
    await small.close()
    await large.close()
  }
}

/** A server that is up. */
interface Installation {
  readonly port: number
  readonly server: ChildProcess
  readonly sign: (action: string, parameters: Parameters) => string
  /** Buys so many EIPs at once; answers with the id of the first. */
  allocate(count: number): Promise<string>
  close(): Promise<void>
}

async function startInstallation(port: number): Promise<Installation> {
  const places = placesOf(mkdtempSync(join(tmpdir(), 'causeway-bench-')))
  const key = await addKey(places.keys, 'operator')
  const options: ServerOptions & ServerSurroundings = {
    state: places.state,
    listen: `127.0.0.1:${port}`,
    zone: 'local',
    pool: ['bench=198.18.0.0/16'],
    reserved: [],
    user: null,
    version: 'bench',
    aloud: false,
  }
  const server = startSelf('server', options)
  let line: Line | null = null
  await until(async () => {
    line = await open(port).catch(() => null)
    return line !== null
  })
  const sign = (action: string, parameters: Parameters) => signed(port, key, action, parameters)
  return {
    port,
    server,
    sign,
    async allocate(count) {
      // A connection that was not used for a while is closed by the server.
      if (!line || line.socket.destroyed) line = await open(port)
      const said = await line.ask(sign('AllocateEips', { bandwidth: 10, count }))
      return (JSON.parse(said) as { eips: string[] }).eips[0] ?? ''
    },
    async close() {
      line?.socket.destroy()
      await end(server)
      rmSync(places.state, { recursive: true, force: true })
    },
  }
}

interface Rate {
  readonly perSecond: number
  /** Calls by the processor time that the server took for them. */
  readonly perCore: number
}

/** How many calls are answered while every connection always waits for one. All are signed beforehand: the client's work is not ours. */
async function throughput({ port, server, sign }: Installation, parameters: Parameters): Promise<Rate> {
  const requests = Array.from({ length: 200 }, (_, i) => sign('DescribeEips', { ...parameters, nonce: i }))
  const lines = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const pid = server.pid ?? 0
  let sent = 0
  const run = async (total: number) => {
    sent = 0
    const work = async (line: Line) => {
      while (sent < total) await line.ask(requests[sent++ % requests.length] ?? '')
    }
    await Promise.all(lines.map(work))
  }
  await run(warmUp)
  const [from, busy] = [performance.now(), cpuMs(pid)]
  await run(measured)
  const [ms, cpu] = [performance.now() - from, cpuMs(pid) - busy]
  for (const { socket } of lines) socket.destroy()
  return { perSecond: (measured / ms) * 1000, perCore: (measured / cpu) * 1000 }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** A connection on which one request follows the answer to another. */
interface Line {
  readonly socket: Socket
  ask(request: string): Promise<string>
}

async function open(port: number): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let [received, wanted] = ['', -1]
  let answered = Promise.withResolvers<string>()
  socket.setEncoding('latin1')
  socket.on('close', () => answered.reject(new Error('the server closed the connection')))
  answered.promise.catch(() => {})
  socket.on('data', (part: string) => {
    received += part
    if (wanted < 0) {
      const head = received.indexOf('\r\n\r\n')
      if (head < 0) return
      wanted = head + 4 + Number(/content-length: (\d+)/i.exec(received)?.[1])
    }
    if (received.length < wanted) return
    const body = received.slice(received.indexOf('\r\n\r\n') + 4)
    ;[received, wanted] = ['', -1]
    answered.resolve(body)
  })
  return {
    socket,
    async ask(request) {
      answered = Promise.withResolvers<string>()
      socket.write(request)
      const body = await answered.promise
      if (!body.endsWith('"ret_code":0}')) throw new Error(`refused: ${body}`)
      return body
    },
  }
}

function signed(port: number, { id, secret }: Key, action: string, parameters: Parameters): string {
  const wire = new Map<string, string>([
    ['access_key_id', id],
    ['action', action],
    // However busy the machine is, what was signed beforehand holds until it is sent.
    ['expires', moment(Date.now() + 3600_000)],
    ['signature_method', 'HmacSHA256'],
    ['signature_version', '1'],
    ['time_stamp', moment(Date.now())],
    ['zone', 'local'],
    ...Object.entries(parameters).map(([name, value]) => [name, String(value)] as const),
  ])
  const signature = sign(secret, 'HmacSHA256', textToSign('GET', '/iaas/', wire))
  const query = [...wire, ['signature', signature] as const]
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&')
  return `GET /iaas/?${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
}

function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
