import type { FastifyRequest } from 'fastify'
import { Refused, type Problem } from '../model/problem.ts'
import type { Caller } from './app.ts'
import { keyChecker, type AccessKey } from './keys.ts'

/** The open door of a loopback address without keys, for the people of this machine. */
export const local: Caller = { author: 'local', role: 'admin' }

/**
 * Lets in whoever may ask. With keys: who has one. Without: everyone on this machine, but no page of another site,
 * neither by name tricks (Host) nor by posting here (Origin).
 */
export function door(keys: readonly AccessKey[]): (request: FastifyRequest) => Promise<Caller> {
  const check = keyChecker(keys)
  return async request => {
    const origin = request.headers.origin
    if (origin !== undefined && hostOf(origin) !== request.headers.host?.toLowerCase()) {
      refuse({ code: 'foreign-origin', at: '', values: { origin: origin.slice(0, 200) } })
    }
    if (open.has(request.url.split('?')[0] ?? '')) return { author: 'anyone', role: 'read-only' }
    if (keys.length === 0) {
      const host = request.headers.host ?? ''
      if (!isLoopback(nameOf(host))) refuse({ code: 'foreign-host', at: '', values: { host: host.slice(0, 200) } })
      return local
    }
    const credentials = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const key = credentials === undefined ? undefined : await check(credentials)
    if (!key) refuse({ code: 'unauthenticated', at: '' })
    return { author: key.id, role: key.role }
  }
}

/** What needs no key: it says only that the server is there. */
const open: ReadonlySet<string> = new Set(['/healthz'])

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
