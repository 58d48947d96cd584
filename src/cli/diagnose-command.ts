import type { Command } from 'commander'
import { childAt } from './child-path.ts'
import { callerOf, directoryOf } from './directory.ts'
import { type Format, outputOption } from './output.ts'
import type { Register } from './register.ts'
import { fetchAll, idOf, type Session } from './session.ts'
import { printable } from './table.ts'

/** One thing that keeps a backend from serving, as the API says it. */
interface Finding {
  readonly code: string
  readonly resource: string
  readonly message: string
  readonly fix: string
}

/** diagnose: the answer to "why is this backend not active?". */
export function addDiagnoseCommand(root: Command, register: Register): void {
  register(root.command('diagnose'), {
    about: 'Say why a load balancer, or one of its backends, does not serve, the cause first; leaves with 1 if so',
    examples: ['diagnose web', 'diagnose web listeners/80/backends/203.0.113.7'],
  })
    .argument('<load-balancer>', 'its name or id')
    .argument('[path]', 'one backend, e.g. listeners/80/backends/203.0.113.7')
    .addOption(outputOption())
    .action(register.run(diagnose))
}

async function diagnose(
  session: Session,
  name: string,
  place: string | undefined,
  { output }: { readonly output: Format },
): Promise<number> {
  const all = await fetchAll(session.client)
  const id = idOf(directoryOf(all), 'load-balancer', name)
  const balancer = all.find(each => each.id === id)
  const child = place === undefined || !balancer ? undefined : childAt(balancer, place, 'member').path.at(-1)
  const of = child === undefined ? '' : `/backends/${child}`
  const { items } = await session.client.ask<{ readonly items: readonly Finding[] }>(
    'GET',
    `/v1/load-balancers/${id}${of}/diagnosis`,
  )
  if (output === 'json') session.terminal.out(JSON.stringify(items, null, 2))
  else if (items.length === 0) session.terminal.out(session.say('all-well', { name: callerOf(all)(child ?? id) }))
  for (const { message, fix } of output === 'json' ? [] : items) session.terminal.out(printable(`${message} → ${fix}`))
  return items.length === 0 ? 0 : 1
}
