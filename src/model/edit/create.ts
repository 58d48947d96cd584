import { defaultTable } from '../allocate.ts'
import { joinPath } from '../issue.ts'
import { kinds, type KindName } from '../kinds.ts'
import { find, get, type Id, type Resource } from '../model.ts'
import { quotas } from '../quota.ts'
import { childIds, isRaw, parseBody, withChildIds, type Raw } from './body.ts'
import { filled } from './fill.ts'
import { tellDangling } from './dangling.ts'
import { placeTable } from './move.ts'
import { settleNodes } from './nodes.ts'
import { add, change, unusedId, type Work } from './work.ts'

/** Makes a resource and what comes with it; undefined where its body is wrong, with the problems in `work`. */
export function create(work: Work, kind: KindName, body: unknown, at = ''): Id | undefined {
  if (!isRaw(body)) {
    work.problems.push({ code: 'wrong-type', at, values: { expected: 'object' } })
    return undefined
  }
  const before = work.problems.length
  const { subnets, id: chosen, ...rest } = body
  if (subnets !== undefined && kind !== 'vpc') {
    work.problems.push({ code: 'unknown-field', at: joinPath(at, 'subnets'), values: { field: 'subnets' } })
  }
  const bought = withBoughtEips(work, kind, rest, at)
  const whole = filled(work, kind, bought, at)
  const newId = (prefix: string) => unusedId(work, prefix)
  // What is a copy of children keeps their ids.
  const copied = withChildIds(kinds[kind].now, whole, new Set(childIds(whole)), newId, work.problems, at)
  const numbered = withChildIds(kinds[kind].spec, copied, new Set(), newId, work.problems, at)
  const parsed = parseBody(kind, numbered as Raw, work.problems, at)
  const id = idFor(work, kind, chosen, at)
  if (!parsed || id === undefined || work.problems.length > before) {
    tellDangling(work, kind, rest, at)
    return undefined
  }
  // Later it may lose both: an address is exchanged for another by unbinding the one and binding the other.
  if (kind === 'load-balancer' && isEmpty(parsed.now['eips']) && parsed.now['subnet'] === null) {
    work.problems.push({ code: 'neither-eip-nor-subnet', at: joinPath(at, 'subnet') })
    return undefined
  }
  const { labels, now, spec } = parsed
  work.places.set(id, at)
  add(work, { kind, id, ...labels, now, draft: spec, live: spec } as unknown as Resource)
  settleNodes(work, work.model.resources.get(id)!, rest['nodeAddresses'] !== undefined)
  placeTable(work, work.model.resources.get(id)!)
  if (kind === 'vpc') furnishVpc(work, id, subnets, at)
  if (kind === 'nat-gateway') addDefaultRoute(work, id)
  return id
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0
}

function idFor(work: Work, kind: KindName, chosen: unknown, at: string): Id | undefined {
  const { prefix } = kinds[kind]
  const problem = (p: Parameters<typeof work.problems.push>[0]) => void work.problems.push(p)
  if (prefix !== null) {
    if (chosen !== undefined) problem({ code: 'read-only', at: joinPath(at, 'id') })
    return unusedId(work, prefix)
  }
  if (chosen === undefined) problem({ code: 'missing', at: joinPath(at, 'id') })
  else if (typeof chosen !== 'string')
    problem({ code: 'wrong-type', at: joinPath(at, 'id'), values: { expected: 'string' } })
  else if (!/^[a-z][a-z0-9-]{0,31}$/.test(chosen)) problem({ code: 'bad-format', at: joinPath(at, 'id') })
  else if (work.model.resources.has(chosen))
    problem({ code: 'id-taken', at: joinPath(at, 'id'), values: { id: chosen } })
  else return chosen
  return undefined
}

/** The body with an id in place of every description of an EIP: those are allocated on the way. */
export function withBoughtEips(work: Work, kind: KindName, body: Raw, at: string): Raw {
  const zone = zoneOf(work, kind, body)
  const buy = (value: unknown, place: string): unknown => {
    if (!isRaw(value)) return value
    const { zone: _zone, address: _address, ...wish } = value
    for (const key of ['zone', 'address'].filter(name => value[name] !== undefined)) {
      work.problems.push({ code: 'unknown-field', at: joinPath(place, key), values: { field: key } })
    }
    const id = create(work, 'eip', { ...wish, zone }, place)
    if (id !== undefined) work.touched.add(id)
    return id ?? 'eip-00000000'
  }
  if (kind === 'vpc' || kind === 'server') {
    return isRaw(body['eip']) ? { ...body, eip: buy(body['eip'], joinPath(at, 'eip')) } : body
  }
  const { eips } = body
  if ((kind !== 'nat-gateway' && kind !== 'load-balancer') || !Array.isArray(eips) || eips.length > 10) return body
  return { ...body, eips: eips.map((value: unknown, i) => buy(value, joinPath(at, `eips[${i}]`))) }
}

function zoneOf({ model }: Work, kind: KindName, body: Raw): string {
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined)
  if (kind === 'vpc') return text('zone') ?? 'local'
  const vpc = text('vpc') ?? find(model, 'subnet', text('subnet'))?.now.vpc
  return find(model, 'vpc', vpc)?.now.zone ?? 'local'
}

/** A new VPC gets its default route table, and the private networks that it was asked for with. */
function furnishVpc(work: Work, vpc: Id, subnets: unknown, at: string): void {
  const table = create(work, 'route-table', { vpc, isDefault: true }, at)
  if (table !== undefined) work.touched.add(table)
  if (subnets === undefined) return
  const place = joinPath(at, 'subnets')
  if (!Array.isArray(subnets)) {
    work.problems.push({ code: 'wrong-type', at: place, values: { expected: 'array' } })
    return
  }
  if (subnets.length > quotas.initialSubnets) {
    const values = { kind: 'initialSubnets', count: subnets.length, limit: quotas.initialSubnets }
    work.problems.push({ code: 'quota', at: place, values })
    return
  }
  for (const [i, each] of subnets.entries()) {
    const id = create(work, 'subnet', isRaw(each) ? { ...each, vpc } : each, `${place}[${i}]`)
    if (id !== undefined) work.touched.add(id)
  }
}

/** A new NAT gateway is the way out of its VPC at once, unless the default table has one already. */
function addDefaultRoute(work: Work, gateway: Id): void {
  const { vpc } = get(work.model, 'nat-gateway', gateway).now
  const table = find(work.model, 'route-table', defaultTable(work.model, vpc))
  if (!table) return
  const destination = '0.0.0.0/0'
  const taken = [...table.draft.routes, ...table.live.routes].some(
    r => r.destination === destination && r.source === null,
  )
  if (taken) {
    work.warnings.push({ code: 'default-route-exists', at: '', resource: table.id, values: { id: gateway } })
    return
  }
  const route = {
    id: unusedId(work, 'r'),
    name: '',
    destination,
    source: null,
    nextHop: { type: 'nat-gateway' as const, id: gateway },
    enabled: true,
  }
  const applied = table.draft === table.live
  const live = { ...table.live, routes: [...table.live.routes, route] }
  const draft = applied ? live : { ...table.draft, routes: [...table.draft.routes, route] }
  change(work, table, { draft, live })
  work.touched.add(table.id)
}
