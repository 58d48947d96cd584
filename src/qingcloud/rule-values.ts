import type { SecurityGroup } from '../model/model.ts'
import { fail } from './failure.ts'
import type { Ledger } from './ledger.ts'

type Rule = SecurityGroup['draft']['rules'][number]

/** The three values of a rule as clients write them: what they mean depends on its protocol. */
export interface Values {
  readonly val1: string
  readonly val2: string
  readonly val3: string
}

/** What a rule's values mean. */
interface Meaning {
  readonly ports: string | null
  readonly icmpType: number | null
  readonly icmpCode: number | null
  readonly peer: string | null
}

/**
 * What values mean with a protocol: ports for TCP and UDP, type and code for ICMP, nothing for others; and the other side. `at`
 * stands before names of parameters.
 */
export function meaningOf(protocol: string, { val1, val2, val3 }: Values, at = ''): Meaning {
  const peer = val3 === '' ? null : val3
  switch (protocol) {
    case 'tcp':
    case 'udp':
      return { ports: portsOf(val1, val2, at), icmpType: null, icmpCode: null, peer }
    case 'icmp':
      return { ports: null, icmpType: codeOf(`${at}val1`, val1), icmpCode: codeOf(`${at}val2`, val2), peer }
    default:
      return { ports: null, icmpType: null, icmpCode: null, peer }
  }
}

/** First and last port; clients that want any port send nothing, or 0 twice. The lowest port that there is is 1. */
function portsOf(first: string, last: string, at: string): string | null {
  if (first.startsWith('sgi-')) return first
  if ((first === '' && last === '') || (first === '0' && (last === '0' || last === '65535'))) return null
  if (first === '') fail(1100, `parameter [${at}val2] needs a first port in [${at}val1]`)
  const from = first === '0' ? '1' : first
  return last === '' || last === from ? from : `${from}-${last}`
}

function codeOf(name: string, value: string): number | null {
  if (value === '') return null
  return /^\d{1,3}$/.test(value) ? Number(value) : fail(1100, `parameter [${name}] must be a number from 0 to 255`)
}

/** A rule's values as they were written, as long as they mean what the rule says; else as plain as can be. */
export function spelledAs(rule: Rule, ledger: Ledger): Values {
  const written = ledger.spelling(rule.id)
  if (written !== undefined) {
    const values = JSON.parse(written) as Values
    if (isMeaning(rule, meaningOf(rule.protocol, values))) return values
  }
  return plainly(rule)
}

/** Keeps how a rule's values were written: clients compare what they read with what they wrote. */
export function spell(id: string, values: Values, ledger: Ledger): void {
  ledger.spell(id, JSON.stringify(values))
}

function plainly({ protocol, ports, icmpType, icmpCode, peer }: Rule): Values {
  const val3 = peer ?? ''
  if (protocol === 'icmp') return { val1: icmpType?.toString() ?? '', val2: icmpCode?.toString() ?? '', val3 }
  const [val1 = '', val2 = ''] = ports === null || ports.startsWith('sgi-') ? [ports ?? ''] : ports.split('-')
  return { val1, val2, val3 }
}

function isMeaning(rule: Rule, { ports, icmpType, icmpCode, peer }: Meaning): boolean {
  return (
    rule.ports === ports && rule.icmpType === icmpType && rule.icmpCode === icmpCode && whole(rule.peer) === whole(peer)
  )
}

/** An address as the prefix that it is, too. */
function whole(peer: string | null): string | null {
  return peer === null || peer.includes('/') || peer.startsWith('sgi-') ? peer : `${peer}/32`
}
