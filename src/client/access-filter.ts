import { contains } from '../model/address.ts'
import type { Id } from '../model/model.ts'
import type { AccessLine } from './access-line.ts'

/** Which lines of an access log are asked for; all where nothing is said. */
export interface AccessFilter {
  readonly listener?: Id
  /** Ids with commas between them. */
  readonly backend?: string
  /** A status such as `404`, or a class such as `5xx`. */
  readonly status?: string
  /** An address, or a prefix. */
  readonly client?: string
  /** What paths begin with. */
  readonly path?: string
  /** Text anywhere in the line, in capitals or not. */
  readonly search?: string
  /** RFC 3339: written at this moment or later. */
  readonly since?: string
}

/** What `status` may look like. */
export const statusForm = /^[1-5](?:\d\d|xx)$/

/** Tells whether a line is asked for. */
export function passing(filter: AccessFilter): (line: AccessLine) => boolean {
  const { listener, status, client, path, since } = filter
  const among = filter.backend === undefined ? undefined : new Set(filter.backend.split(','))
  const search = filter.search?.toLowerCase()
  const start = since === undefined ? null : Date.parse(since)
  return line =>
    (listener === undefined || line.listener === listener) &&
    (among === undefined || (line.backend !== null && among.has(line.backend))) &&
    (status === undefined || matchesStatus(line.status, status)) &&
    (client === undefined || contains(client, line.client)) &&
    (path === undefined || (line.path?.startsWith(path) ?? false)) &&
    (search === undefined || line.raw.toLowerCase().includes(search)) &&
    (start === null || Date.parse(line.at) >= start)
}

function matchesStatus(status: number | null, wanted: string): boolean {
  if (status === null) return false
  return wanted.endsWith('xx') ? Math.floor(status / 100) === Number(wanted[0]) : status === Number(wanted)
}
