import type { Id, Vpc } from '../model/model.ts'
import { fail } from './failure.ts'
import { bit, timeText } from './labels.ts'
import { codeOf } from './parameters.ts'

/** What this API calls statics of a router: lists of a VPC's spec, by their number. */
const lists = { 1: 'portForwards', 3: 'dhcpOptions', 8: 'dnsRecords' } as const

export type StaticList = (typeof lists)[keyof typeof lists]
type Child<List extends StaticList> = Vpc['draft'][List][number]

/** A static where it lives. */
export type Static = {
  [List in StaticList]: { readonly list: List; readonly vpc: Vpc; readonly child: Child<List> }
}[StaticList]

/** The values of a static as clients write them: what they mean depends on its type. */
export interface StaticValues {
  readonly val1?: string | undefined
  readonly val2?: string | undefined
  readonly val3?: string | undefined
  readonly val4?: string | undefined
}

const vpn = 'run a VPN on a server of the network'
const unsupported: ReadonlyMap<number, string> = new Map([
  [2, vpn],
  [4, 'connect networks that are apart by routes of theirs'],
  [5, 'filter with security groups'],
  [6, vpn],
  [7, vpn],
])

/** The list of a type of statics; refused, with the name of the parameter, where there is none. */
export function listOf(type: number, parameter: string): StaticList {
  const list = Object.entries(lists).find(([number]) => Number(number) === type)?.[1]
  if (list) return list
  const reason = unsupported.get(type)
  if (reason === undefined) return fail(1100, `parameter [${parameter}] must be one of 1, 3, 8`)
  return fail(1101, `static_type [${type}] is not supported: ${reason}`)
}

/** The number of a list's type. */
export function typeOf(list: StaticList): number {
  return codeOf(lists, list)
}

/** How the model calls what values are, for sentences about what is wrong. */
export const valueNames = {
  port: 'val1',
  domain: 'val1',
  server: 'val1',
  toAddress: 'val2',
  addresses: 'val2',
  options: 'val2',
  toPort: 'val3',
  protocol: 'val4',
  enabled: 'disabled',
}

/** What values mean in a list; what is left out or empty stays, or becomes what it is by default. */
export function bodyOf(list: StaticList, values: StaticValues): object {
  const [val1, val2, val3, val4] = [values.val1, values.val2, values.val3, values.val4].map(each => each || undefined)
  switch (list) {
    case 'portForwards':
      return { port: numberIn(val1), toAddress: val2, toPort: numberIn(val3), protocol: val4 }
    case 'dhcpOptions':
      return { server: val1, options: val2 && partsOf(val2) }
    case 'dnsRecords':
      return { domain: val1, addresses: val2 && partsOf(val2) }
  }
}

/** A number as the model takes it; what is none is left to the model to refuse. */
function numberIn(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : text
}

function partsOf(text: string): readonly string[] {
  return text
    .split(';')
    .map(part => part.trim())
    .filter(part => part !== '')
}

function valuesOf(each: Static): Required<StaticValues> {
  const none = { val1: '', val2: '', val3: '', val4: '' }
  switch (each.list) {
    case 'portForwards': {
      const { port, toAddress, toPort, protocol } = each.child
      return { val1: String(port), val2: toAddress, val3: String(toPort), val4: protocol }
    }
    case 'dhcpOptions':
      return { ...none, val1: each.child.server, val2: each.child.options.join(';') }
    case 'dnsRecords':
      return { ...none, val1: each.child.domain, val2: each.child.addresses.join(';') }
  }
}

/** All statics of a router's draft. */
export function staticsOf(vpc: Vpc): readonly Static[] {
  const { portForwards, dhcpOptions, dnsRecords } = vpc.draft
  return [
    ...portForwards.map(child => ({ list: 'portForwards', vpc, child }) as const),
    ...dhcpOptions.map(child => ({ list: 'dhcpOptions', vpc, child }) as const),
    ...dnsRecords.map(child => ({ list: 'dnsRecords', vpc, child }) as const),
  ]
}

/** A static of a router as clients see it; `vxnet` is the network that it concerns, or empty. */
export function staticView(each: Static, vxnet: Id): object {
  return {
    router_static_id: each.child.id,
    router_static_name: each.child.name,
    router_id: each.vpc.id,
    vxnet_id: vxnet,
    static_type: typeOf(each.list),
    ...valuesOf(each),
    val5: '',
    val6: '',
    disabled: bit(!each.child.enabled),
    entry_set: [],
    create_time: timeText(each.vpc.createdAt),
  }
}
