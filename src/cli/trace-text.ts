import type { RealWay, Trace, TracedStep, TracedWay, WirePacket } from '../client/trace-wire.ts'
import { tableText } from './table.ts'
import { phrase, type Language, type Phrase } from './words.ts'

/** A trace, or what else tells a packet's way and has sent none. */
type Told = Pick<Trace, 'there' | 'back' | 'reaches'> & Partial<Pick<Trace, 'real'>>

/** A trace for a person: what happens, by place; beside it the packet, where it changes. `wide` adds what the kernel has. */
export function traceText(trace: Told, language: Language, wide: boolean): string {
  const { there, back, real } = trace
  const rows = [
    ...wayRows(there, real?.there, wide),
    ...(back ? [[''], [phrase(language, 'trace-back')], ...wayRows(back, real?.back ?? undefined, wide)] : []),
  ].map(([what = '', packet = '', kernel = '']) => (wide ? [what, packet, kernel] : [what, packet]))
  const table = tableText({ heads: wide ? ['', '', ''] : ['', ''], rows }).replace(/^\s*\n/, '')
  return [table, '', ...closing(trace).map(key => phrase(language, key, { host: real?.host ?? '' }))].join('\n')
}

function closing({ there, back, reaches, real }: Told): Phrase[] {
  const end = reaches ? 'trace-reaches' : endOf(there, back)
  if (!real) return [end]
  const silent = real.agrees && back !== null && real.back === null
  return [
    end,
    real.agrees ? 'trace-real-agrees' : 'trace-real-differs',
    ...(silent ? (['trace-real-silent'] as const) : []),
  ]
}

function endOf(there: TracedWay, back: TracedWay | null) {
  if (there.outcome === 'arrives' || there.outcome === 'leaves') return back ? 'trace-unanswered' : 'trace-reaches'
  return `trace-${there.outcome}` as const
}

/** What is told only where everything is: that something passes which nothing would hold back. */
const plain: readonly string[] = ['passes', 'answer']

/** A line of a story: `=` what was seen, too, `-` what was not, `+` what only was seen; nothing where nobody looked. */
interface Line {
  readonly mark: '' | '=' | '-' | '+'
  readonly step: TracedStep
}

function wayRows(way: TracedWay, real: RealWay | undefined, wide: boolean): (readonly string[])[] {
  const lines = real ? comparedLines(way, real) : way.steps.map((step): Line => ({ mark: '', step }))
  const told = lines.filter(({ mark, step }) => wide || mark === '-' || mark === '+' || !plain.includes(step.code))
  return told.flatMap(({ mark, step }, i) => {
    const isElsewhere = told[i - 1]?.step.netns !== step.netns
    const packet = i === 0 ? packetText(step.after) : changeText(step)
    const row = [`${mark || ' '} ${step.message}`, packet, step.kernel]
    return isElsewhere ? [[step.place], row] : [row]
  })
}

function comparedLines({ steps }: TracedWay, real: RealWay): Line[] {
  return real.pairs.flatMap(({ told, seen, same }): Line[] => {
    const [expected, found] = [told === null ? undefined : steps[told], seen === null ? undefined : real.steps[seen]]
    if (same && expected) return [{ mark: '=', step: expected }]
    return [
      ...(expected ? [{ mark: '-', step: expected } as const] : []),
      ...(found ? [{ mark: '+', step: found } as const] : []),
    ]
  })
}

/** What a step makes of the packet; empty where that is nothing. */
function changeText({ before, after }: TracedStep): string {
  const [was, is] = [packetText(before), packetText(after)]
  return was === is ? '' : is
}

function packetText({ from, to, protocol, sport, dport }: WirePacket): string {
  if (protocol === 'icmp') return `icmp ${from} → ${to}`
  return `${protocol} ${from}:${sport} → ${to}:${dport}`
}
