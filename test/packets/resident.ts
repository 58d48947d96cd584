/** A thread that lives in one network namespace and does there what it is asked: no process is needed per packet. */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { open as openFile, setns } from '../../src/dataplane/libc.ts'
import { serveHttp, serveHttps, serveProxied, serveTcp, serveUdp, type Service } from './services.ts'
import { askDns } from './ask-dns.ts'
import { syslogByTcp, syslogByUdp } from './syslog.ts'
import type { Ask, Ending, Got, Logged, Opened } from './talk.ts'

interface Numbered {
  readonly id: number
  readonly ask: Ask
}

const endings: Readonly<Record<string, Ending>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'reset',
}

const home = parentPort!
const services = new Map<number, Service>()
const logs = new Map<number, readonly Logged[]>()
const flows = new Map<number, Socket>()
let flowCount = 0

setns(openFile((workerData as { readonly path: string }).path))
home.on('message', ({ id, ask }: Numbered) => {
  answer(ask).then(
    said => home.postMessage({ id, answer: said }, []),
    (error: Error) => home.postMessage({ id, error: `${ask.do}: ${error.message}` }, []),
  )
})

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.do) {
    case 'open':
      return openFlow(ask.address, ask.port, ask.timeoutMs)
    case 'say':
      return say(flows.get(ask.flow), ask.timeoutMs)
    case 'hang-up':
      flows.get(ask.flow)?.destroy()
      return flows.delete(ask.flow)
    case 'get':
      return getPage(ask.url, ask.timeoutMs)
    case 'measure':
      return measure(ask.url, ask.ms)
    case 'ask-udp':
      return askUdp(ask.address, ask.port, ask.timeoutMs, ask.from)
    case 'ask-dns':
      return askDns(ask)
    case 'flood-udp':
      return floodUdp(ask.address, ask.from, ask.count, ask.perSecond)
    case 'serve-http':
      return serve(ask.port, await serveHttp(ask.port, ask.name, ask.address))
    case 'serve-https':
      return serve(ask.port, await serveHttps(ask.port, ask.name, ask))
    case 'serve-proxied':
      return serve(ask.port, await serveProxied(ask.port, ask.name))
    case 'serve-tcp':
      return serve(ask.port, await serveTcp(ask.port, ask.name))
    case 'serve-udp':
      return serve(-ask.port, await serveUdp(ask.port, ask.name))
    case 'serve-syslog': {
      const syslog = await (ask.by === 'udp' ? syslogByUdp(ask.port) : syslogByTcp(ask.port))
      logs.set(ask.port, syslog.heard)
      return serve(ask.port, syslog)
    }
    case 'read-syslog':
      return [...(logs.get(ask.port) ?? [])]
    case 'set-health':
      return services.get(ask.port)?.setHealth(ask.status)
    case 'stop':
      // Of UDP by its negative.
      await services.get(ask.port)?.close()
      return services.delete(ask.port)
    case 'read':
      return readFileSync(ask.file, 'utf8')
  }
}

function serve(key: number, service: Service): true {
  services.set(key, service)
  return true
}

function openFlow(host: string, port: number, timeoutMs: number): Promise<Opened> {
  const flow = ++flowCount
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (ending: Ending, seenAs = '') => {
      socket.setTimeout(0)
      if (ending === 'ok') flows.set(flow, socket)
      else socket.destroy()
      resolve({ ending, flow, seenAs })
    }
    socket.once('timeout', () => end(socket.connecting ? 'timeout' : 'ok'))
    socket.on('error', (error: NodeJS.ErrnoException) => end(endings[error.code ?? ''] ?? 'reset'))
    socket.once('data', greeting => end('ok', greeting.toString().trim()))
    socket.once('close', () => end('reset'))
  })
}

function say(socket: Socket | undefined, timeoutMs: number): Promise<boolean> {
  if (!socket || socket.destroyed) return Promise.resolve(false)
  return new Promise(resolve => {
    const timer = setTimeout(() => end(false), timeoutMs)
    const end = (heard: boolean) => {
      clearTimeout(timer)
      socket.off('data', hear).off('close', lose)
      resolve(heard)
    }
    const hear = () => end(true)
    const lose = () => end(false)
    socket.on('data', hear).on('close', lose)
    socket.write('still there?\n')
  })
}

function getPage(url: string, timeoutMs: number): Promise<Got> {
  return new Promise(resolve => {
    const request = get(url, { agent: false, timeout: timeoutMs }, response => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? null, body: Buffer.concat(parts).toString() }))
      response.on('error', error => resolve({ status: null, body: error.message }))
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: null, body: endings[error.code ?? ''] ?? error.message }),
    )
  })
}

async function measure(url: string, ms: number): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false }, resolve).on('error', reject)
  })
  response.on('error', () => {})
  let bytes = 0
  response.on('data', (part: Buffer) => (bytes += part.length))
  await sleep(ms / 5)
  const [before, from] = [bytes, performance.now()]
  await sleep((ms * 4) / 5)
  const rate = ((bytes - before) * 1000) / (performance.now() - from)
  response.destroy()
  return rate
}

/** The echo, or null where none came. */
function askUdp(address: string, port: number, timeoutMs: number, from: number): Promise<string | null> {
  const socket = createSocket('udp4')
  return new Promise(resolve => {
    const end = (heard: string | null) => {
      clearTimeout(timer)
      socket.close()
      resolve(heard)
    }
    const timer = setTimeout(() => end(null), timeoutMs)
    socket.once('message', message => end(message.toString()))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'refused' : null))
    // Connected, so that a refusal is heard of.
    socket.bind(from, () =>
      socket.connect(port, address, () =>
        socket.send('who am I?', error => {
          // What our own group forbids to leave is refused at once.
          if (error) end(null)
        }),
      ),
    )
  })
}

async function floodUdp(address: string, from: number, count: number, perSecond: number): Promise<number> {
  const socket = createSocket('udp4')
  let [last, due] = [performance.now(), 0]
  for (let sent = 0; sent < count; await sleep(5)) {
    const now = performance.now()
    // Who was kept waiting does not make up for it: what comes at once stays within what a second allows.
    due = Math.min(due + ((now - last) / 1000) * perSecond, perSecond / 20)
    last = now
    for (; due >= 1 && sent < count; due--) socket.send('.', from + sent++, address)
  }
  socket.close()
  return count
}
