import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Plan } from '../client/apply-wire.ts'
import type { WireResource } from '../client/wire.ts'
import { kindNames, kinds, type KindName } from '../model/kinds.ts'
import { differenceLines } from './plan-text.ts'
import { Misuse } from './complaint.ts'
import { callerOf, directoryOf } from './directory.ts'
import { labelOf } from './labels.ts'
import { type Format, outputOption } from './output.ts'
import { effectLines } from './effects-text.ts'
import { kindsHelp, type Register } from './register.ts'
import { fetchAll, idOf, kindNamed, type Session } from './session.ts'
import { tableText } from './table.ts'
import { applyTopology, type TopologyOptions } from './topology-commands.ts'
import { followTrial, watchOf, watchOptions, type WatchOptions } from './trial-commands.ts'
import { waitFor, waitOption } from './wait.ts'
import { showWithout } from './without-command.ts'
import { labelOfKind } from './words.ts'

interface ApplyOptions extends Partial<TopologyOptions>, WatchOptions {
  readonly wait?: number
  readonly force?: boolean
}

function forceOption(): Option {
  return new Option('--force', 'do it though it breaks policy tests; the operation log says so').default(false)
}

/** apply, plan, discard, rollback, history: what can be done with a draft and with what ran before. */
export function addDraftCommands(root: Command, register: Register): void {
  const [watch, confirm] = watchOptions()
  register(root.command('apply'), {
    about: 'Publish the draft of a resource, or make the server match a topology file',
    examples: [
      'apply load-balancer web --wait',
      'apply load-balancer web --watch 60s',
      'apply security-group web --confirm',
      'apply security-group web --force',
      'apply -f topology.yaml',
      'apply -f topology.yaml --yes --prune',
      'get -o yaml | causeway apply -f - --yes',
    ],
  })
    .argument('[kind]', kindsHelp)
    .argument('[name]', 'its name or id')
    .option('-f, --file <file>', 'create or change everything to match this file, - for standard input')
    .option('-y, --yes', 'do it without asking', false)
    .option('--prune', 'with -f: delete resources of the kinds that the file names and does not contain', false)
    .addOption(forceOption())
    .addOption(waitOption())
    .addOption(watch)
    .addOption(confirm)
    .action(register.run(apply))
  register(root.command('plan'), {
    about: 'Show what an apply would change, who would reach whom by it, and what policy tests say; changes nothing',
    examples: [
      'plan load-balancer web',
      'plan security-group web --commands',
      'plan -f topology.yaml',
      'plan --without nat-gateway out',
      'plan --without load-balancer web listeners/80/backends/203.0.113.7',
      'plan --without host node-1',
    ],
  })
    .argument('[kind]', kindsHelp)
    .argument('[name]', 'its name or id')
    .argument('[part]', 'with --without: a part of it, e.g. listeners/80')
    .option('--without', 'what would be lost without it; also for a public IP, a region, or a host', false)
    .option('-f, --file <file>', 'plan a topology file instead, - for standard input')
    .option('--prune', 'with -f: as with apply', false)
    .option('--commands', 'also what the machine would do, as ip and nft commands', false)
    .addOption(outputOption())
    .action(register.run(plan))
  register(root.command('discard'), {
    about: 'Throw a draft away: it becomes what runs',
    examples: ['discard security-group web'],
  })
    .argument('<kind>', kindsHelp)
    .argument('<name>', 'its name or id')
    .action(register.run(discard))
  register(root.command('rollback'), {
    about: 'Publish an older generation again, as a new one',
    examples: ['history route-table to-region-2', 'rollback route-table to-region-2 3'],
  })
    .argument('<kind>', kindsHelp)
    .argument('<name>', 'its name or id')
    .argument('<generation>', 'its number, as history shows it', wholeNumber)
    .addOption(forceOption())
    .action(register.run(rollback))
  register(root.command('history'), {
    about: 'List the published generations of a resource, newest first',
    examples: ['history load-balancer web', 'history load-balancer web -o json'],
  })
    .argument('<kind>', kindsHelp)
    .argument('<name>', 'its name or id')
    .addOption(outputOption())
    .action(register.run(history))
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Must be a whole number from 1.')
}

interface Target {
  readonly kind: KindName
  readonly id: string
  readonly name: string
  readonly call: (id: string) => string
  /** How a sentence calls it. */
  readonly about: { readonly kind: string; readonly name: string }
}

/** The aggregate that the words name; throws where its kind has no draft. */
async function target(session: Session, word: string, name: string): Promise<Target> {
  const kind = kindNamed(word)
  if (Object.keys(kinds[kind].spec.shape).length === 0) {
    const all = kindNames.filter(each => Object.keys(kinds[each].spec.shape).length > 0).join(', ')
    throw new Misuse([{ say: 'no-draft', values: { kind, all } }])
  }
  const all = await fetchAll(session.client)
  const directory = directoryOf(all)
  const id = idOf(directory, kind, name)
  const called = directory.nameOf(id)
  return {
    kind,
    id,
    name: called,
    call: callerOf(all),
    about: { kind: labelOfKind(kind, session.language), name: called },
  }
}

async function apply(
  session: Session,
  word: string | undefined,
  name: string | undefined,
  options: ApplyOptions,
): Promise<number> {
  const watch = watchOf(options)
  if (watch && options.file !== undefined) throw new Misuse([{ say: 'watch-one', values: {} }])
  if (options.file !== undefined && word === undefined) {
    return applyTopology(session, { yes: false, prune: false, ...options, file: options.file })
  }
  if (word === undefined || name === undefined || options.file !== undefined) {
    throw new Misuse([{ say: 'unsaid-target', values: {} }])
  }
  const { kind, id, about } = await target(session, word, name)
  const { changes } = await session.client.plan(kind, id)
  if (changes.length === 0) session.terminal.err(session.say('no-draft-changes'))
  else {
    const done = await session.client.apply(kind, id, { ...(watch ? { watch } : {}), force: options.force ?? false })
    session.note(done.warnings)
    session.terminal.err(session.say('applied', { ...about, generation: done.generation }))
    const code = done.trial ? await followTrial(session, done.trial) : 0
    if (code !== 0) return code
  }
  return options.wait === undefined ? 0 : waitFor(session, kind, id, options.wait)
}

async function plan(
  session: Session,
  word: string | undefined,
  name: string | undefined,
  part: string | undefined,
  options: Partial<TopologyOptions> & {
    readonly output: Format
    readonly commands?: boolean
    readonly without?: boolean
  },
): Promise<number> {
  if (options.without) return showWithout(session, { kind: word, name, part }, options.output)
  if (options.file !== undefined && word === undefined) {
    return applyTopology(session, { yes: false, prune: options.prune ?? false, file: options.file, onlyPlan: true })
  }
  if (word === undefined || name === undefined || part !== undefined || options.file !== undefined) {
    throw new Misuse([{ say: 'unsaid-target', values: {} }])
  }
  const { kind, id, call } = await target(session, word, name)
  const answer = await session.client.plan(kind, id, options.commands)
  session.terminal.out(options.output === 'json' ? JSON.stringify(answer, null, 2) : planText(session, answer, call))
  return 0
}

function planText(session: Session, told: Plan, call: (id: string) => string): string {
  if (told.changes.length === 0) return session.say('no-draft-changes')
  return [...differenceLines(told.changes, call), ...effectLines(told, session.language)].join('\n')
}

async function discard(session: Session, word: string, name: string): Promise<number> {
  const { kind, id, about } = await target(session, word, name)
  await session.client.act(kind, id, 'discard')
  session.terminal.err(session.say('discarded', about))
  return 0
}

async function rollback(
  session: Session,
  word: string,
  name: string,
  generation: number,
  { force }: { readonly force: boolean },
): Promise<number> {
  const { kind, id, about } = await target(session, word, name)
  const done = (await session.client.rollback(kind, id, generation, { force })) as WireResource
  session.note(done.warnings)
  session.terminal.err(session.say('applied', { ...about, generation: done.generation }))
  return 0
}

async function history(
  session: Session,
  word: string,
  name: string,
  options: { readonly output: Format },
): Promise<number> {
  const { kind, id } = await target(session, word, name)
  const list = await session.client.generations(kind, id)
  if (options.output === 'json') {
    session.terminal.out(JSON.stringify(list, null, 2))
    return 0
  }
  const heads = ['number', 'at', 'author'].map(each => labelOf(each, session.language))
  session.terminal.out(tableText({ heads, rows: list.map(each => [String(each.number), each.at, each.author]) }))
  return 0
}
