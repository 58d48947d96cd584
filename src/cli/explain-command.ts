import type { Command } from 'commander'
import { Option } from 'commander'
import type { KernelObjects } from '../client/kernel-wire.ts'
import { kindNames, type KindName } from '../model/kinds.ts'
import { labelOf } from './labels.ts'
import { Misuse } from './complaint.ts'
import { idAmong } from './named.ts'
import type { Register } from './register.ts'
import { fetchAll, type Session } from './session.ts'
import { tableText } from './table.ts'

interface Wish {
  readonly output: 'table' | 'json'
}

/** What has a namespace of its own. */
const dwellers: readonly KindName[] = ['vpc', 'nat-gateway', 'load-balancer', 'server']

/** explain: what a kernel holds for something of ours, and what of ours a rule is for. */
export function addExplainCommand(root: Command, register: Register): void {
  register(root.command('explain'), {
    about:
      'Say what machines hold for a resource or a child; or with "rule", what a rule of a namespace is for, and who applied it',
    examples: [
      'explain web',
      'explain web/listeners/80',
      'explain security-group:web/rules/http',
      'explain 198.51.100.9',
      'explain rule cw-lb-1a2b3c4d 14',
      'explain rule front "dport 80"',
    ],
  })
    .argument('<what>', 'a resource by name, id or address; a child as <resource>/rules/<name>, or by id; or rule')
    .argument('[namespace]', 'with rule: the namespace, or the resource whose it is')
    .argument('[rule]', "with rule: the kernel's number for it, or a part of its text; all when left out")
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['table', 'json']).default('table'))
    .action(register.run(explain))
}

async function explain(
  session: Session,
  what: string,
  namespace: string | undefined,
  rule: string | undefined,
  { output }: Wish,
): Promise<number> {
  const { client, terminal, say } = session
  const all = await fetchAll(client)
  const netnsOf = (word: string) => (word.startsWith('cw-') ? word : `cw-${idAmong(all, dwellers, word)}`)
  if (what === 'rule' && namespace === undefined) throw new Misuse([{ say: 'explain-where', values: {} }])
  const netns = what === 'rule' && namespace !== undefined ? netnsOf(namespace) : undefined
  const asked =
    netns === undefined
      ? { resource: idAmong(all, kindNames, what) }
      : { netns, ...(rule === undefined ? {} : { rule }) }
  const answer = await client.kernel(asked)
  const found = { ...answer, items: answer.items.filter(({ kind }) => what !== 'rule' || kind === 'ruleset') }
  if (found.silent.length > 0) terminal.err(say('kernel-silent'))
  if (output === 'json') terminal.out(JSON.stringify(found.items, null, 2))
  else if (found.items.length > 0) terminal.out(explained(found, session))
  else terminal.err(say('kernel-nothing'))
  return found.items.length > 0 ? 0 : 1
}

function explained({ items }: KernelObjects, { language }: Session): string {
  const heads = ['netns', 'handle', 'packets', 'for', 'generation', 'author', 'at', 'text'] as const
  const rows = items.map(({ netns, handle, counted, object, applied, text }) => [
    netns,
    handle === null ? '–' : String(handle),
    counted ? String(counted.packets) : '–',
    object ? [object.name, object.id].filter(Boolean).join(' ') : '–',
    applied ? String(applied.generation) : '–',
    applied?.author ?? '–',
    applied?.at.slice(0, 19).replace('T', ' ') ?? '–',
    text,
  ])
  return tableText({ heads: heads.map(head => labelOf(head, language)), rows })
}
