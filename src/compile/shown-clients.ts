import type { FilterRule } from '../host/ruleset.ts'
import type { Item } from '../host/item.ts'
import type { Id, LoadBalancer } from '../model/model.ts'
import { firstAnswerTable, links, marks, netnsOf, placesOf, priorities, tables } from './names.ts'
import { publicServers, sharedAddress, type VpcPart } from './part.ts'
import { route, rule } from './public-link.ts'
import { disjointPrefixes } from './security-group.ts'
import { transitLink, transitOf } from './transit.ts'

/** Clients who are not shown: the VPC's own, and addresses that its router holds and would not believe of anybody else. */
export function neighboursOf(part: VpcPart): readonly string[] {
  const shared = sharedAddress(part)
  const held = [...(shared === null ? [] : [shared]), ...[...publicServers(part)].map(({ eip }) => eip)]
  return disjointPrefixes([part.vpc.now.cidr, ...held.map(eip => `${eip}/32`)])
}

/**
 * The link by which backends get what clients sent in their own names. It leads to the router, whatever subnet a backend is in: so
 * that this sees whose flows these are, and their answers go back where they came from, before any other route is asked.
 */
export function* compileShownClients(part: VpcPart, { id }: LoadBalancer): Iterable<Item> {
  const [netns, router] = [netnsOf(id), netnsOf(part.vpc.id)]
  const [near, far] = [links.vpc, links.shown(id)]
  const ends = transitOf(part, id)
  yield* transitLink(part, id, far)
  const mark = markOf(part, id)
  const table = firstAnswerTable + mark - marks.answers
  yield route(router, table, '0.0.0.0/0', { dev: far, via: ends.appliance }, id)
  yield rule(router, priorities.marked, 'all', table, id, { mark })
  yield route(netns, tables.shown, part.vpc.now.cidr, { dev: near, via: ends.router }, id)
  yield rule(netns, priorities.marked, 'all', tables.shown, id, { iif: links.public, mark: marks.shown })
  yield rule(netns, priorities.marked, 'all', tables.public, id, { iif: near, mark: marks.shown })
}

/** In a router: flows that came by such links are known by a mark, and so are their answers. */
export function answerRules(part: VpcPart): FilterRule[] {
  return part.showing.flatMap(({ id }): FilterRule[] => {
    const mark = markOf(part, id)
    return [
      { for: id, match: [{ on: 'iif', is: [links.shown(id)] }], then: { do: 'mark-flow', mark } },
      { for: id, match: [{ on: 'ct-mark', is: [mark] }], then: { do: 'mark', mark } },
    ]
  })
}

function markOf({ showing }: VpcPart, id: Id): number {
  const places = placesOf(
    showing.map(each => each.id),
    2 ** 16,
  )
  return marks.answers + places.get(id)!
}
