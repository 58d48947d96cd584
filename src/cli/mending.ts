import { setTimeout as pause } from 'node:timers/promises'
import type { Diagnosis, WireFinding } from '../client/diagnosis.ts'
import { agreed } from './agreed.ts'
import { repairText } from './request-text.ts'
import type { Session } from './session.ts'
import { printable } from './table.ts'

/** What is asked of a diagnosis, and how its answers are told. */
export interface Question {
  readonly path: string
  /** Empty, or from the question mark on. */
  readonly query: string
  /** What it is about. */
  readonly about: string
  readonly nameOf: (id: string) => string
}

/** Tells what is wrong, how sure that is, and what mends it. */
export function tell({ terminal, say }: Session, { about, nameOf }: Question, items: readonly WireFinding[]): void {
  if (items.length === 0) return terminal.out(say('all-well', { name: about }))
  for (const { message, fix, certainty, fault, repair } of items) {
    terminal.out(printable(`${message} (${say(fault ? certainty : 'no-fault')}) → ${fix}`))
    if (!repair) continue
    terminal.out(`    ${repairText(repair, nameOf)}`)
    for (const effect of repair.effects) terminal.out(`    ${say('warning', { text: printable(effect) })}`)
  }
}

/** No more than this is mended one after the other. */
const mostRepairs = 10
const pollMs = 1000

/** Does repair after repair, each once somebody agreed to it, and waits for what comes of them. The exit code: 0 where all is well then. */
export async function mend(
  session: Session,
  question: Question,
  start: readonly WireFinding[],
  { yes, wait }: { readonly yes: boolean; readonly wait: number },
): Promise<number> {
  const { client, terminal, say } = session
  const { path, query } = question
  const isWell = () => !items.some(({ fault }) => fault)
  let items = start
  let done = 0
  /** What was mended and came again is not mended by doing the same. */
  const tried = new Set<string>()
  for (; done < mostRepairs; done++) {
    const wrong = items.find(({ fault, repair, message }) => fault && repair !== null && !tried.has(message))
    if (!wrong) break
    tried.add(wrong.message)
    tell(session, question, [wrong])
    if (!yes && !(await agreed(session))) return 1
    const body = { code: wrong.code, resource: wrong.resource }
    items = (await client.ask<Diagnosis>('POST', `${path}/fix${query}`, { body })).items
    terminal.err(say('done'))
  }
  if (done > 0 && !isWell()) {
    terminal.err(say('noticing'))
    for (const until = performance.now() + wait * 1000; !isWell() && performance.now() < until;) {
      await pause(pollMs)
      items = (await client.ask<Diagnosis>('GET', path + query)).items
      if (items.some(({ certainty }) => certainty === 'proved')) break
    }
  }
  tell(session, question, items)
  return isWell() ? 0 : 1
}
