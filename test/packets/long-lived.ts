/** Run by changes.test.ts in a namespace: one client that never stops, and at the end says what it went through. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as connectHttp2, constants, type ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a client went through. */
export interface Lived {
  /** Words that came back, or requests that were answered. */
  readonly heard: number
  /** Everything that went wrong. */
  readonly failures: readonly string[]
}

export type Life = (typeof lives)[number]
const lives = ['tcp', 'udp', 'websocket', 'openssl', 'http2', 'knock'] as const

const [kind = '', address = '', port = '', ms = ''] = process.argv.slice(2)
const ends = performance.now() + Number(ms)
const refused = constants.NGHTTP2_REFUSED_STREAM
const failures: string[] = []
let heard = 0
const isOver = () => performance.now() >= ends
const fail = (what: string) => void failures.push(`${what} after ${heard} words`)

/** One connection over which a word is said ten times a second; each must come back, in order and within five seconds. */
async function talk(say: (word: string) => void, onText: (hear: (text: string) => void) => void): Promise<void> {
  let text = ''
  onText(part => (text += part))
  for (let i = 0; !isOver() && failures.length === 0; i++) {
    const word = `word-${i};`
    say(word)
    const late = performance.now() + 5000
    while (!text.includes(word)) {
      if (failures.length > 0) return
      if (performance.now() > late) return fail(`${word} never came back`)
      await sleep(10)
    }
    text = text.slice(text.indexOf(word) + word.length)
    heard++
    await sleep(100)
  }
}

async function tcp(): Promise<void> {
  const socket = connect(Number(port), address)
  socket.on('error', error => fail(error.message)).on('close', () => isOver() || fail('closed'))
  await talk(
    word => socket.write(word),
    hear => socket.on('data', (part: Buffer) => hear(part.toString())),
  )
  socket.removeAllListeners('close').destroy()
}

/** One flow of datagrams: each must be answered, and always by who answered the first. */
async function udp(): Promise<void> {
  const socket = createSocket('udp4')
  socket.on('error', error => fail(error.message))
  socket.bind(0)
  await once(socket, 'listening')
  let first = ''
  while (!isOver() && failures.length === 0) {
    const answer = new Promise<string>(resolve => socket.once('message', text => resolve(text.toString())))
    socket.send('word', Number(port), address)
    const said = await Promise.race([answer, sleep(5000, null)])
    if (said === null) return fail('a word was never answered')
    first ||= said
    if (said !== first) return fail(`${first} became ${said}`)
    heard++
    await sleep(100)
  }
  socket.close()
}

async function websocket(): Promise<void> {
  const socket = new WebSocket(`ws://${address}:${port}/`)
  socket.addEventListener('close', () => isOver() || fail('closed'))
  await new Promise(resolve => socket.addEventListener('open', resolve))
  await talk(
    word => socket.send(word),
    hear => socket.addEventListener('message', ({ data }) => hear(String(data))),
  )
  socket.close()
}

async function openssl(): Promise<void> {
  const child = spawn('openssl', ['s_client', '-quiet', '-connect', `${address}:${port}`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.on('close', () => isOver() || fail('closed'))
  child.stdin.on('error', () => {})
  await talk(
    word => child.stdin.write(word),
    hear => child.stdout.on('data', (part: Buffer) => hear(part.toString())),
  )
  child.removeAllListeners('close').kill()
}

/**
 * Streams of HTTP/2 over one connection, over another only where the server asked for that. What it refused for that reason was never
 * looked at, and is asked again, as browsers and curl do.
 */
async function http2(): Promise<void> {
  let session: ClientHttp2Session | undefined
  const current = () => {
    if (session && !session.closed && !session.destroyed) return session
    const made = connectHttp2(`https://${address}:${port}`, { rejectUnauthorized: false })
    made.on('goaway', () => made.close()).on('error', error => fail(`session: ${error.message}`))
    return (session = made)
  }
  /** Whether it was answered; not where it was refused. */
  const ask = () =>
    new Promise<boolean>(resolve => {
      let status = 0
      const stream = current().request({ ':path': '/' })
      stream.on('response', headers => (status = Number(headers[':status'])))
      stream.on('error', error => stream.rstCode === refused || fail(error.message))
      stream.on('close', () => {
        const isRefused = stream.rstCode === refused && status === 0
        if (status === 200) heard++
        else if (!isRefused) fail(`status ${status}`)
        resolve(!isRefused)
      })
      stream.resume()
    })
  const client = async () => {
    for (; !isOver(); await sleep(10)) {
      for (let times = 1; !(await ask()); times++) if (times === 3) return fail('refused three times')
    }
  }
  await Promise.all([client(), client(), client()])
  session?.destroy()
}

/** A connection after the other: each must be taken, and greeted. */
async function knock(): Promise<void> {
  for (; !isOver(); await sleep(20)) {
    await new Promise<void>(resolve => {
      const socket = connect({ host: address, port: Number(port), timeout: 3000 })
      const end = (what?: string) => {
        socket
          .removeAllListeners()
          .on('error', () => {})
          .destroy()
        if (what === undefined) heard++
        else fail(what)
        resolve()
      }
      socket.once('data', () => end())
      socket.once('timeout', () => end('timeout')).once('end', () => end('closed'))
      socket.once('error', error => end(error.message))
    })
  }
}

const run: Readonly<Record<Life, () => Promise<void>>> = { tcp, udp, websocket, openssl, http2, knock }
const life = lives.find(each => each === kind)
if (life) {
  await run[life]()
  console.log(JSON.stringify({ heard, failures: failures.slice(0, 20) } satisfies Lived))
  process.exit()
}
