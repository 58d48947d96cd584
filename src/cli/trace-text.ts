import type { Trace, TracedStep, TracedWay, WirePacket } from '../client/trace-wire.ts'
import { tableText } from './table.ts'
import { phrase, type Language } from './words.ts'

/** A trace for a person: what happens, by place; beside it the packet, where it changes. `wide` adds what the kernel has. */
export function traceText(
  { there, back, reaches }: Pick<Trace, 'there' | 'back' | 'reaches'>,
  language: Language,
  wide: boolean,
): string {
  const rows = [
    ...wayRows(there, wide),
    ...(back ? [[''], [phrase(language, 'trace-back')], ...wayRows(back, wide)] : []),
  ].map(([what = '', packet = '', kernel = '']) => (wide ? [what, packet, kernel] : [what, packet]))
  const table = tableText({ heads: wide ? ['', '', ''] : ['', ''], rows }).replace(/^\s*\n/, '')
  return [table, '', phrase(language, reaches ? 'trace-reaches' : endOf(there, back))].join('\n')
}

function endOf(there: TracedWay, back: TracedWay | null) {
  if (there.outcome === 'arrives' || there.outcome === 'leaves') return back ? 'trace-unanswered' : 'trace-reaches'
  return `trace-${there.outcome}` as const
}

/** What is told only where everything is: that something passes which nothing would hold back. */
const plain: readonly string[] = ['passes', 'answer']

function wayRows({ steps: all }: TracedWay, wide: boolean): (readonly string[])[] {
  const steps = wide ? all : all.filter(({ code }) => !plain.includes(code))
  return steps.flatMap((step, i) => {
    const isElsewhere = steps[i - 1]?.netns !== step.netns
    const row = [`  ${step.message}`, i === 0 ? packetText(step.after) : changeText(step), step.kernel]
    return isElsewhere ? [[step.place], row] : [row]
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
