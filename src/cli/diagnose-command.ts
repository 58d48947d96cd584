import { setTimeout as pause } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import type { Diagnosis, WireFinding } from '../client/diagnosis.ts'
import { agreed } from './agreed.ts'
import { childAt } from './child-path.ts'
import { callerOf, directoryOf } from './directory.ts'
import { type Format, outputOption } from './output.ts'
import type { Register } from './register.ts'
import { repairText } from './request-text.ts'
import { fetchAll, idOf, type Session } from './session.ts'
import { printable } from './table.ts'
import { secondsOf } from './wait.ts'

interface Options {
  readonly output: Format
  readonly fix: boolean
  readonly yes: boolean
  /** Seconds. */
  readonly wait: number
}

/** diagnose: the answer to "why does this not work?", and what mends it. */
export function addDiagnoseCommand(root: Command, register: Register): void {
  register(root.command('diagnose'), {
    about: 'Say why a load balancer, or one of its backends, does not serve, the cause first; leaves with 1 if so',
    examples: ['diagnose web', 'diagnose web listeners/80/backends/203.0.113.7', 'diagnose web --fix'],
  })
    .argument('<load-balancer>', 'its name or id')
    .argument('[path]', 'one backend, e.g. listeners/80/backends/203.0.113.7')
    .option('--fix', 'do what mends it, step by step, once asked', false)
    .option('-y, --yes', 'do not ask', false)
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for checks to notice what was mended')
        .default(20)
        .argParser(secondsOf),
    )
    .addOption(outputOption())
    .action(register.run(diagnose))
}

async function diagnose(session: Session, name: string, place: string | undefined, options: Options): Promise<number> {
  const all = await fetchAll(session.client)
  const id = idOf(directoryOf(all), 'load-balancer', name)
  const balancer = all.find(each => each.id === id)
  const child = place === undefined || !balancer ? undefined : childAt(balancer, place, 'member').path.at(-1)
  const of = child === undefined ? '' : `/backends/${child}`
  const question: Question = {
    path: `/v1/load-balancers/${id}${of}/diagnosis`,
    about: callerOf(all)(child ?? id),
    nameOf: directoryOf(all).nameOf,
  }
  const { items } = await session.client.ask<Diagnosis>('GET', question.path)
  if (options.fix) return mend(session, question, items, options)
  tell(session, question, items, options.output)
  return items.length === 0 ? 0 : 1
}

/** What is asked, and how its answers are told. */
interface Question {
  readonly path: string
  /** What it is about. */
  readonly about: string
  readonly nameOf: (id: string) => string
}

function tell(
  { terminal, say }: Session,
  { about, nameOf }: Question,
  items: readonly WireFinding[],
  output: Format,
): void {
  if (output === 'json') return terminal.out(JSON.stringify(items, null, 2))
  if (items.length === 0) return terminal.out(say('all-well', { name: about }))
  for (const { message, fix, certainty, repair } of items) {
    terminal.out(printable(`${message} (${say(certainty)}) → ${fix}`))
    if (!repair) continue
    terminal.out(`    ${repairText(repair, nameOf)}`)
    for (const effect of repair.effects) terminal.out(`    ${say('warning', { text: printable(effect) })}`)
  }
}

/** No more than this is mended one after the other. */
const mostRepairs = 10
const pollMs = 1000

/** Does repair after repair, each once somebody agreed to it, and waits for what comes of them. */
async function mend(
  session: Session,
  question: Question,
  start: readonly WireFinding[],
  { yes, wait }: Options,
): Promise<number> {
  const { client, terminal, say } = session
  let items = start
  let done = 0
  for (; done < mostRepairs; done++) {
    const wrong = items.find(({ repair }) => repair !== null)
    if (!wrong) break
    tell(session, question, [wrong], 'table')
    if (!yes && !(await agreed(session))) return 1
    const body = { code: wrong.code, resource: wrong.resource }
    items = (await client.ask<Diagnosis>('POST', `${question.path}/fix`, { body })).items
    terminal.err(say('done'))
  }
  if (done > 0 && items.length > 0) {
    terminal.err(say('noticing'))
    for (const until = performance.now() + wait * 1000; items.length > 0 && performance.now() < until;) {
      await pause(pollMs)
      items = (await client.ask<Diagnosis>('GET', question.path)).items
      if (items.some(({ certainty }) => certainty === 'proved')) break
    }
  }
  tell(session, question, items, 'table')
  return items.length === 0 ? 0 : 1
}
