import { natSizes, portsOfAddress } from '../../compile/nat-gateway.ts'
import type { Words } from '../../model/define.ts'
import { all, find, isJoined, type Id, type Model, type NatGateway, type Vpc } from '../../model/model.ts'

/** Something that fills up, and when it is full. */
export interface Filling {
  readonly inUse: number
  readonly limit: number
  readonly perHour: number
  /** Milliseconds since 1970; null where that is not in sight. */
  readonly reachesAt: number | null
}

/** How an appliance's public addresses are used. */
export interface SnatUse {
  /** Against the limit of its size; null for a router, which has none. */
  readonly connections: Filling | null
  /** Ports for the destination that takes most, by address. */
  readonly addresses: readonly (Filling & { readonly eip: Id | null })[]
  /** What the destination takes of all addresses together that takes most. */
  readonly demand: number
}

/** What to do about addresses or connections that run out. */
export interface Proposal {
  readonly do: 'resize' | 'add-eips' | 'split' | 'add-gateway'
  /** The size to choose. */
  readonly size?: NatGateway['now']['size']
  /** Names for the public IPs to add. */
  readonly names?: readonly string[]
  /** The rules that are to use them. */
  readonly rules?: readonly Id[]
  /** As an operator would type it. */
  readonly commands: readonly string[]
  readonly values: Readonly<Record<string, string>>
}

const dayMs = 86_400_000
/** So far ahead a proposal is made; and so much of everything shall be free a day from then. */
const [foreseenMs, usable] = [7 * dayMs, 0.7]
/** Whoever uses so much already is told, whatever the trend. */
const crowded = 0.8
const mostEips = 10

/** Whether something is nearly full, or will be within days. */
function runsOut({ inUse, limit, reachesAt }: Filling, now: number): boolean {
  return inUse >= crowded * limit || (reachesAt !== null && reachesAt - now < foreseenMs)
}

/** What would keep an appliance from running out of connections and ports; nothing where that is not in sight. */
export function snatProposals(model: Model, appliance: NatGateway | Vpc, use: SnatUse, now: number): Proposal[] {
  const fullest = use.addresses.toSorted((a, b) => b.inUse - a.inUse)[0]
  const growth = Math.max(0, ...use.addresses.map(({ perHour }) => perHour)) * 24 * use.addresses.length
  const short = use.addresses.some(each => runsOut(each, now))
  const wanted = short ? Math.max(2, Math.ceil((use.demand + growth) / (usable * portsOfAddress))) : 0
  if (appliance.kind === 'vpc') return short ? [gatewayFor(model, appliance, wanted)] : []
  const { connections } = use
  return [
    ...(connections && runsOut(connections, now) ? [roomierThan(appliance, connections)] : []),
    ...(short && fullest?.eip ? [moreEips(model, appliance, fullest.eip, wanted)] : []),
  ]
}

/** A size that holds what there will be in a day; where none does, another gateway for a part of the networks. */
function roomierThan({ id, name, now }: NatGateway, { inUse, perHour }: Filling): Proposal {
  const needed = (inUse + Math.max(0, perHour) * 24) / usable
  const larger = (['small', 'medium', 'large'] as const).filter(
    size => natSizes[size].connections > natSizes[now.size].connections,
  )
  const size = larger.find(each => natSizes[each].connections >= needed) ?? larger.at(-1)
  if (size === undefined) return splitOf(id, name, now.vpc)
  const values = { size, connections: String(natSizes[size].connections) }
  return { do: 'resize', size, commands: [`causeway set nat-gateway ${name || id} size=${size}`], values }
}

function splitOf(id: Id, name: string, vpc: Id): Proposal {
  const commands = [
    `causeway create nat-gateway name=${name || id}-2 vpc=${vpc} size=large eips='[{bandwidthMbps: 10}]'`,
  ]
  return { do: 'split', commands, values: {} }
}

function moreEips(model: Model, gateway: NatGateway, fullest: Id, wanted: number): Proposal {
  const { id, name, now, draft } = gateway
  const count = Math.min(mostEips - now.eips.length, Math.max(1, wanted - now.eips.length))
  if (count <= 0) return splitOf(id, name, now.vpc)
  const called = name || id
  const names = freeNames(model, called, count)
  const rules = draft.snatRules.filter(rule => rule.enabled && rule.eips.includes(fullest))
  const zone = find(model, 'vpc', now.vpc)?.now.zone ?? 'local'
  const bandwidth = find(model, 'eip', fullest)?.now.bandwidthMbps ?? 10
  return {
    do: 'add-eips',
    names,
    rules: rules.map(rule => rule.id),
    commands: [
      ...names.map(each => `causeway create eip name=${each} zone=${zone} bandwidthMbps=${bandwidth}`),
      `causeway set nat-gateway ${called} eips=${[...now.eips, ...names].join(',')}`,
      ...rules.map(
        rule => `causeway set nat-gateway ${called} snatRules/${rule.id} eips=${[...rule.eips, ...names].join(',')}`,
      ),
      ...(rules.length > 0 ? [`causeway apply nat-gateway ${called}`] : []),
    ],
    values: { count: String(count) },
  }
}

/** A router has one address: only a gateway can have several. */
function gatewayFor(model: Model, { id, name }: Vpc, wanted: number): Proposal {
  const count = Math.min(mostEips, wanted)
  const called = `${name || id}-nat`
  const eips = freeNames(model, called, count)
  const subnets = [...all(model, 'subnet')].filter(subnet => isJoined(subnet) && subnet.now.vpc === id)
  return {
    do: 'add-gateway',
    names: eips,
    commands: [
      ...eips.map(each => `causeway create eip name=${each} bandwidthMbps=10`),
      `causeway create nat-gateway name=${called} vpc=${name || id} size=large eips=${eips.join(',')}`,
      ...subnets
        .map(subnet => subnet.id)
        .sort()
        .map(subnet => `causeway add nat-gateway ${called} snatRules target=${subnet} eips=${eips.join(',')}`),
      `causeway apply nat-gateway ${called}`,
    ],
    values: { count: String(count) },
  }
}

/** Names that no public IP has yet. */
function freeNames(model: Model, called: string, count: number): string[] {
  const taken = new Set([...all(model, 'eip')].map(({ name }) => name))
  const names: string[] = []
  for (let number = 1; names.length < count; number++) {
    const name = `${called}-ip-${number}`
    if (!taken.has(name)) names.push(name)
  }
  return names
}

const words = {
  resize: {
    en: 'choose the size {size}: it carries {connections} connections; this takes effect at once',
    zh: '升级为{size}规格：最多 {connections} 个连接，立即生效',
  },
  'add-eips': {
    en: 'add {count} public IPs to the gateway and its rules: each has ports of its own for every destination',
    zh: '为网关及其 SNAT 规则增加 {count} 个公网 IP：每个公网 IP 对每个目标都有独立的端口',
  },
  split: {
    en: 'it cannot grow any more: create another NAT gateway, and let the routes of some private networks lead to it',
    zh: '已达到上限：请新建 NAT 网关，并将部分私有网络的路由指向它',
  },
  'add-gateway': {
    en: 'a router has one public IP: create a NAT gateway with {count}, and let routes lead to it in place of the router',
    zh: '路由器只能有一个公网 IP：请新建带 {count} 个公网 IP 的 NAT 网关，并将路由的下一跳由路由器改为它',
  },
} as const satisfies Readonly<Record<Proposal['do'], Words>>

/** The words of sizes, in which a proposal names them. */
const sizes = { small: '小型', medium: '中型', large: '大型' } as const

/** A proposal as a sentence. */
export function proposalText({ do: what, size, values }: Proposal, language: keyof Words): string {
  const told = size && language === 'zh' ? { ...values, size: sizes[size] } : values
  return words[what][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => told[name] ?? whole)
}
