import { acme } from '../acme.ts'
import { cidr, firstHost } from '../address.ts'
import { defaultGroup, defaultTable, freeAddress, freePublicAddress } from '../allocate.ts'
import type { KindName } from '../kinds.ts'
import { all, find, isJoined, type Model } from '../model.ts'
import { joinPath } from '../issue.ts'
import { nicsOf, nicsWith } from '../rules/server.ts'
import { poolsOf } from '../rules/zone.ts'
import { isRaw, type Raw } from './body.ts'
import { unusedId, type Work } from './work.ts'

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
      if (blank('vpc')) return body
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
    case 'vip':
      return blank('address') ? { ...body, ...privateAddress(work, kind, text('subnet'), at) } : body
    case 'nic': {
      const whole = blank('address') ? { ...body, ...privateAddress(work, kind, text('subnet'), at) } : body
      const numbered = blank('sequence') ? { ...whole, ...sequenceIn(model, text('server')) } : whole
      return blank('mac') ? { ...numbered, mac: unusedMac(work) } : numbered
    }
    case 'group-snapshot': {
      const rules = find(model, 'security-group', text('group'))?.draft.rules
      return blank('rules') ? { ...body, rules: rules ?? [] } : body
    }
    case 'certificate':
      return withDrawn(work, body)
    default:
      return body
  }
}

/**
 * What a certificate that is to be issued needs until it is: something to show meanwhile, and the key of an account. All have one
 * account, so that whoever answers for a balancer need not know which of its certificates is asked about.
 */
export function withDrawn(work: Work, body: Raw): Raw {
  const wish = body['acme']
  if (!isRaw(wish)) return body
  const has = (name: string) => typeof body[name] === 'string' && body[name] !== ''
  const names = acme.shape.names.safeParse(wish['names'])
  const { chain, key, accountKey, ...rest } = body
  return {
    ...rest,
    // Where the names are wrong, only they are a problem.
    ...(has('chain') && has('key') ? { chain, key } : work.context.placeholder(names.data ?? [], work.context.now)),
    accountKey: has('accountKey') ? accountKey : (accountKeyIn(work.model) ?? work.context.newKey()),
  }
}

function accountKeyIn(model: Model): string | null {
  const known = [...all(model, 'certificate')].filter(({ now }) => now.acme !== null && now.accountKey !== null)
  return known.sort((a, b) => (a.id < b.id ? -1 : 1))[0]?.now.accountKey ?? null
}

/** The number of a server's next interface: the first that none of it has. */
function sequenceIn(model: Model, server: string | undefined): Raw {
  if (server === undefined) return {}
  const taken = new Set(nicsOf(model, server).map(nic => nic.now.sequence))
  let sequence = 1
  while (taken.has(sequence)) sequence++
  return { sequence }
}

/** A hardware address that no interface has, drawn like an id. */
function unusedMac(work: Work): string {
  for (let tries = 0; tries < 100; tries++) {
    const drawn = Number.parseInt(unusedId(work, 'nic').slice('nic-'.length), 36) % 2 ** 32
    const mac = `52:54:${drawn.toString(16).padStart(8, '0').match(/../g)!.join(':')}`
    if (nicsWith(work.model, mac).length === 0) return mac
  }
  throw new Error('no unused hardware address in 100 tries')
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
  if (id === undefined && (kind === 'load-balancer' || kind === 'server')) return {}
  if (!subnet) {
    if (id !== undefined) missing(work, 'subnet', id, at)
    return { address: standIn.address }
  }
  if (!isJoined(subnet)) return {}
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
