import type {
  Consequences,
  Plan,
  PlannedBackend,
  PlannedEnd,
  PlannedFlows,
  PlannedListener,
  PlannedReach,
} from '../client/apply-wire.ts'
import type { PlannedTest } from '../client/policy-wire.ts'
import { printable } from './table.ts'
import { type Language, type Phrase, phrase } from './words.ts'

/** What would come of an apply, a line each: what comes of the change, what machines would do, and what is probably not meant. */
export function effectLines(plan: Plan, language: Language): string[] {
  const { steps, traps, commands } = plan
  const say: Say = (key, values) => phrase(language, key, values)
  const count = (verb: 'put' | 'remove') => steps.filter(step => step.do === verb).length
  return [
    ...(steps.length > 0
      ? [say(commands ? 'plan-steps-told' : 'plan-steps', { put: count('put'), remove: count('remove') })]
      : []),
    ...consequenceLines(plan, language),
    ...traps.map(({ message }) => say('warning', { text: printable(message) })),
    ...(commands ? ['', commands] : []),
  ]
}

/** What would come of a change, a line each: policy tests, who gains and loses reach, backends, connections. */
export function consequenceLines(plan: Consequences, language: Language): string[] {
  const { gained, lost, tests, backends, listeners, flows, networks } = plan
  const say: Say = (key, values) => phrase(language, key, values)
  return [
    ...tests.flatMap(each => testLine(each, say)),
    ...listeners.map(each => listenerLine(each, say)),
    ...backends.map(each => backendLine(each, say)),
    ...reachLines({ gained, lost }, language),
    ...flowLines(flows, say),
    ...(networks.looked < networks.concerned ? [say('plan-unlooked', { ...networks })] : []),
  ]
}

/** Who loses and who gains reach, a line each. */
export function reachLines({ gained, lost }: Pick<Consequences, 'gained' | 'lost'>, language: Language): string[] {
  return [
    ...lost.map(each => `${phrase(language, 'plan-lost')} ${reachText(each, language)}`),
    ...gained.map(each => `${phrase(language, 'plan-gained')} ${reachText(each, language)}`),
  ]
}

type Say = (key: Phrase, values?: Readonly<Record<string, string | number>>) => string

/** What becomes of a policy test; nothing where it holds before and after. */
function testLine({ id, name, was, becomes, reason }: PlannedTest, say: Say): string[] {
  const about = { name: printable(name || id), why: printable(reason) }
  if (becomes === 'broken') return [say(was === 'broken' ? 'plan-stays-broken' : 'plan-breaks', about)]
  return was === 'broken' ? [say('plan-mends', about)] : []
}

function listenerLine({ id, name, balancer, protocol, port }: PlannedListener, say: Say): string {
  const listener = printable(name || id)
  return say('plan-listener-lost', { listener, balancer: callOf(balancer), what: `${protocol} ${port}` })
}

const standings = {
  reachable: 'plan-backend-reachable',
  unreachable: 'plan-backend-unreachable',
  disabled: 'plan-backend-disabled',
  absent: 'plan-backend-absent',
} as const satisfies Readonly<Record<PlannedBackend['becomes'], Phrase>>

function backendLine({ name, address, port, balancer, becomes, reason }: PlannedBackend, say: Say): string {
  const place = `${address || '–'}:${port}`
  const line = say(standings[becomes], { name: printable(name || place), place, balancer: callOf(balancer) })
  return reason === '' ? line : `${line}: ${printable(reason)}`
}

function flowLines({ total, pairs, silent }: PlannedFlows, say: Say): string[] {
  return [
    ...(total > 0 ? [say('plan-cuts', { total })] : []),
    ...pairs.map(
      ({ from, to, protocol, port, flows }) => `  ${from} → ${to}: ${protocol}${port > 0 ? ` ${port}` : ''} × ${flows}`,
    ),
    ...(silent.length > 0 ? [say('plan-silent', { hosts: silent.join(', ') })] : []),
  ]
}

function callOf({ id, name }: { readonly id: string; readonly name: string }): string {
  return printable(name || id)
}
function reachText({ from, to, protocol, ports }: PlannedReach, language: Language): string {
  const all = ports.length === 1 && ports[0] === '1-65535'
  const what = protocol === 'icmp' || all ? protocol : `${protocol} ${ports.join(', ')}`
  return `${endText(from, language)} → ${endText(to, language)}: ${what}`
}

/** A name with its address, and how many others share its fate. */
function endText({ kind, ids, names, address }: PlannedEnd, language: Language): string {
  if (kind === 'internet') return `${phrase(language, 'internet')} (${address})`
  const [name = '', id = ''] = [names[0], ids[0]]
  const others = ids.length > 1 ? ` ${phrase(language, 'and-others', { count: ids.length - 1 })}` : ''
  const label = name || (kind === 'backend' ? address : id)
  return `${printable(label)}${label === address || address === '' ? '' : ` (${address})`}${others}`
}
