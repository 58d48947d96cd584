import { cidr, firstHost } from '../address.ts'
import { defaultGroup, defaultTable, freeAddress, freePublicAddress } from '../allocate.ts'
import type { KindName } from '../kinds.ts'
import { find } from '../model.ts'
import { joinPath } from '../issue.ts'
import { poolsOf } from '../rules/zone.ts'
import type { Raw } from './body.ts'
import type { Work } from './work.ts'

/** What a body leaves out and the model can answer. `body` may hold anything: what cannot be read is left alone. */
export function filled(work: Work, kind: KindName, body: Raw, at: string): Raw {
  const { model } = work
  const blank = (name: string) => body[name] === undefined || body[name] === null
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined)
  switch (kind) {
    case 'vpc':
    case 'nat-gateway':
      return { ...optional('securityGroup', defaultGroup(model)), ...without(body, 'securityGroup', blank) }
    case 'eip': {
      const zone = text('zone') ?? 'local'
      const whole = { zone, ...body }
      return blank('address') ? { ...whole, ...publicAddress(work, zone, text('pool') ?? null, at) } : whole
    }
    case 'subnet': {
      const range = cidr.safeParse(body['cidr'])
      return {
        ...body,
        ...(blank('gateway') && range.success ? { gateway: firstHost(range.data) } : {}),
        ...(blank('routeTable') ? { routeTable: tableFor(work, text('vpc'), at) } : {}),
      }
    }
    case 'server':
    case 'load-balancer': {
      const group = { ...optional('securityGroup', defaultGroup(model)), ...without(body, 'securityGroup', blank) }
      return blank('address') ? { ...group, ...privateAddress(work, kind, text('subnet'), at) } : group
    }
    default:
      return body
  }
}

function optional(name: string, value: string | undefined): Raw {
  return value === undefined ? {} : { [name]: value }
}

function without(body: Raw, name: string, blank: (name: string) => boolean): Raw {
  if (!blank(name)) return body
  const { [name]: _, ...rest } = body
  return rest
}

/** What stands for what cannot be answered, as the question is wrong: then only that is a problem. */
const standIn = { routeTable: 'rt-00000000', address: '0.0.0.0' }

/** The route table of a new subnet. */
function tableFor(work: Work, vpc: string | undefined, at: string): string {
  if (vpc !== undefined && !find(work.model, 'vpc', vpc)) missing(work, 'vpc', vpc, at)
  return defaultTable(work.model, vpc ?? '') ?? standIn.routeTable
}

function missing(work: Work, kind: KindName, id: string, at: string): void {
  work.problems.push({ code: 'not-found', at: joinPath(at, kind), values: { kind, id: id.slice(0, 64) } })
}

function privateAddress(work: Work, kind: KindName, id: string | undefined, at: string): Raw {
  const subnet = find(work.model, 'subnet', id)
  if (!subnet) {
    if (id === undefined && kind === 'load-balancer') return {}
    if (id !== undefined) missing(work, 'subnet', id, at)
    return { address: standIn.address }
  }
  const address = freeAddress(work.model, subnet)
  if (address === undefined)
    work.problems.push({ code: 'no-address-left', at: joinPath(at, 'address'), values: { where: subnet.id } })
  return optional('address', address)
}

/** An address for a new EIP. Where none can be had, the reason is a problem and a stand-in keeps others from appearing. */
function publicAddress(work: Work, id: string, pool: string | null, at: string): Raw {
  const zone = find(work.model, 'zone', id)
  if (!zone) {
    missing(work, 'zone', id, at)
    return { address: standIn.address }
  }
  const address = freePublicAddress(work.model, zone, pool)
  if (address !== undefined) return { address }
  work.problems.push(
    pool !== null && poolsOf(zone, pool).length === 0
      ? { code: 'no-pool', at: joinPath(at, 'pool'), values: { zone: id, pool: pool.slice(0, 64) } }
      : { code: 'no-address-left', at: joinPath(at, 'address'), values: { where: pool ?? id } },
  )
  return { address: standIn.address }
}
