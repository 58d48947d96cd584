import type { Command } from 'commander'
import { lengthText } from '../client/length.ts'
import { reasonText } from '../client/reason.ts'
import { availabilityOf, percentText, spansOf } from '../client/spans.ts'
import type { KnownTurn } from '../client/wire.ts'
import { childAt } from './child-path.ts'
import { directoryOf } from './directory.ts'
import { backendNames } from './event-names.ts'
import { labelOf, stateLabel } from './labels.ts'
import { type Format, outputOption } from './output.ts'
import type { Register } from './register.ts'
import { fetchAll, idOf, type Session } from './session.ts'
import { tableText } from './table.ts'

/** health: how backends changed their state, and how much of the last day they served. */
export function addHealthCommand(root: Command, register: Register): void {
  register(root.command('health'), {
    about: 'List how the backends of a load balancer, or one of them, changed their state and why, newest first',
    examples: ['health web', 'health web listeners/80/backends/203.0.113.7', 'health web -o json'],
  })
    .argument('<load-balancer>', 'its name or id')
    .argument('[path]', 'one backend, e.g. listeners/80/backends/203.0.113.7')
    .addOption(outputOption())
    .action(register.run(health))
}

const dayMs = 24 * 60 * 60_000

async function health(
  session: Session,
  name: string,
  place: string | undefined,
  { output }: { readonly output: Format },
): Promise<number> {
  const { client, terminal, language, say } = session
  const all = await fetchAll(client)
  const id = idOf(directoryOf(all), 'load-balancer', name)
  const balancer = all.find(each => each.id === id)
  const backend = place === undefined || !balancer ? null : (childAt(balancer, place, 'member').path.at(-1) ?? null)
  const turns = await everyTurn(session, id, backend)
  if (output === 'json') {
    terminal.out(JSON.stringify(turns, null, 2))
    return 0
  }
  const names = backendNames(all, directoryOf(all))
  const nameOf = (of: string) => names.get(of) ?? of
  const heads = ['at', 'backend', 'state', 'reason', 'was', 'lasted', 'host'].map(each => labelOf(each, language))
  const state = (of: KnownTurn['was']) => (of === null ? '–' : stateLabel(of, language))
  const rows = turns.map(({ at, backend: of, state: is, reason, was, lastedMs, host }) => [
    at,
    nameOf(of),
    state(is),
    reasonText(reason, language) || '–',
    state(was),
    lastedMs === null ? '–' : lengthText(lastedMs, language),
    host,
  ])
  if (rows.length === 0) terminal.out(say('no-turns'))
  else terminal.out(tableText({ heads, rows }))
  const now = Date.now()
  for (const [of, list] of Map.groupBy(turns, each => `${nameOf(each.backend)} (${each.host})`)) {
    const share = availabilityOf(spansOf(list, now - dayMs, now))
    if (share !== null) terminal.err(say('availability', { name: of, percent: percentText(share) }))
  }
  return 0
}

async function everyTurn({ client }: Session, balancer: string, backend: string | null): Promise<readonly KnownTurn[]> {
  const turns: KnownTurn[] = []
  for (let after: string | undefined; ;) {
    const page = await client.history(balancer, backend, { limit: 1000, ...(after === undefined ? {} : { after }) })
    turns.push(...page.items)
    if (page.next === null) return turns
    after = page.next
  }
}
