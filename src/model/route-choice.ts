import { contains, parseCidr } from './address.ts'
import type { SpecOf } from './kinds.ts'

type Version = Pick<SpecOf<'route-table'>, 'routes'>
export type Route = Version['routes'][number]

/** The rule of a version of a table that a packet takes: the longest prefix wins, then the longest source. */
export function routeFor(version: Version, source: string, destination: string): Route | undefined {
  return matching(version, source, destination)
    .filter(route => route.enabled)
    .sort((a, b) => length(b.destination) - length(a.destination) || sourceLength(b) - sourceLength(a))
    .at(0)
}

/** The rules of a version of a table that lead to a destination, disabled ones too. */
export function matching(version: Version, source: string, destination: string): Route[] {
  return version.routes.filter(
    r => contains(r.destination, destination) && (r.source === null || contains(r.source, source)),
  )
}

function length(prefix: string): number {
  return parseCidr(prefix).bits
}

function sourceLength(route: Route): number {
  return route.source === null ? -1 : length(route.source)
}
