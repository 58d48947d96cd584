import type { Plan, PlannedEnd, PlannedReach } from '../client/apply-wire.ts'
import type { PlannedTest } from '../client/policy-wire.ts'
import { printable } from './table.ts'
import { type Language, type Phrase, phrase } from './words.ts'

/** What would come of an apply, a line each: who gains and loses reach, what machines would do, and what is probably not meant. */
export function effectLines(plan: Plan, language: Language): string[] {
  const { gained, lost, steps, traps, tests, commands, networks } = plan
  const say: Say = (key, values) => phrase(language, key, values)
  const count = (verb: 'put' | 'remove') => steps.filter(step => step.do === verb).length
  return [
    ...(steps.length > 0 ? [say('plan-steps', { put: count('put'), remove: count('remove') })] : []),
    ...tests.flatMap(each => testLine(each, say)),
    ...lost.map(each => `${say('plan-lost')} ${reachText(each, language)}`),
    ...gained.map(each => `${say('plan-gained')} ${reachText(each, language)}`),
    ...(networks.looked < networks.concerned ? [say('plan-unlooked', { ...networks })] : []),
    ...traps.map(({ message }) => say('warning', { text: printable(message) })),
    ...(commands ? ['', commands] : []),
  ]
}

type Say = (key: Phrase, values?: Readonly<Record<string, string | number>>) => string

/** What becomes of a policy test; nothing where it holds before and after. */
function testLine({ id, name, was, becomes, reason }: PlannedTest, say: Say): string[] {
  const about = { name: printable(name || id), why: printable(reason) }
  if (becomes === 'broken') return [say(was === 'broken' ? 'plan-stays-broken' : 'plan-breaks', about)]
  return was === 'broken' ? [say('plan-mends', about)] : []
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
