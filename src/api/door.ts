import type { FastifyRequest } from 'fastify'
import { Refused, type Problem } from '../model/problem.ts'
import type { Access } from './access.ts'
import { local, stranger, type Caller } from './caller.ts'
import { tokenOf } from './cookie.ts'

/**
 * Lets in whoever may ask: who has an access key or a session. Where everyone may: everyone on this machine, but no page
 * of another site, neither by name tricks (Host) nor by posting here (Origin).
 */
export function door(access: Access): (request: FastifyRequest) => Promise<Caller> {
  return async request => {
    const { method, headers } = request
    const path = request.url.split('?')[0] ?? ''
    const from = addressOf(request)
    if (isSigned(path)) return stranger(from)
    const changes = method !== 'GET' && method !== 'HEAD'
    const foreign = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site'
    const { origin } = headers
    if (origin === undefined ? changes && foreign : hostOf(origin) !== headers.host?.toLowerCase()) {
      refuse({ code: 'foreign-origin', at: '', values: { origin: (origin ?? '?').slice(0, 200) } })
    }
    if (isPublic(path)) return stranger(from)
    if (access.open()) {
      const host = headers.host ?? ''
      if (!isLoopback(nameOf(host))) refuse({ code: 'foreign-host', at: '', values: { host: host.slice(0, 200) } })
      return { ...local, from, holds: access.open }
    }
    const caller = await callerOf(request, access, from)
    // Every browser says whose page changes something; whoever takes a cookie without that is no browser.
    if (caller?.by === 'session' && changes && origin === undefined) {
      refuse({ code: 'foreign-origin', at: '', values: { origin: '?' } })
    }
    if (caller) return caller
    return path === '/v1/session' ? stranger(from) : refuse({ code: 'unauthenticated', at: '' })
  }
}

/** Who sent an access key or the cookie of a session; null where nobody did that is known. */
async function callerOf({ headers }: FastifyRequest, access: Access, from: string): Promise<Caller | null> {
  const credentials = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (credentials !== undefined) return access.byKey(credentials, from)
  const token = tokenOf(headers.cookie)
  return token === undefined ? null : access.bySession(token, from)
}

/** What proves by a signature of its own who asks: no page can make one, and no cookie counts there. */
function isSigned(path: string): boolean {
  return /^\/iaas\/?$/.test(path)
}

/** What needs no sign-in: whether the server is there, and the console's own files, which know nothing. */
function isPublic(path: string): boolean {
  return !/^\/(?:v1|metrics)(?:\/|$)/.test(path)
}

/** Where a request comes from; what a proxy on this machine says is believed. */
function addressOf({ headers, socket }: FastifyRequest): string {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const forwarded = headers['x-forwarded-for']
  if (!isLoopback(peer) || typeof forwarded !== 'string') return peer
  return forwarded.split(',').at(-1)?.trim().slice(0, 64) || peer
}

/** Whether a name or address means this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host
}

function refuse(problem: Problem): never {
  throw new Refused([problem])
}
