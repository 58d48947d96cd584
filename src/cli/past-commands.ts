import { Command, Option } from 'commander'
import type { Differences, Restore } from '../client/past-wire.ts'
import { reasonText } from '../client/reason.ts'
import type { WireResource } from '../client/wire.ts'
import { kindNames } from '../model/kinds.ts'
import { agreed } from './agreed.ts'
import { Misuse } from './complaint.ts'
import { callerOf, directoryOf } from './directory.ts'
import { reachLines } from './effects-text.ts'
import { stateLabel } from './labels.ts'
import { momentForms, momentOf } from './moment.ts'
import { type Format, outputOption } from './output.ts'
import { differenceLines } from './plan-text.ts'
import { kindsHelp, type Register } from './register.ts'
import { fetchAll, idOf, kindNamed, type Session } from './session.ts'
import { printable } from './table.ts'
import { labelOfKind } from './words.ts'

/** at, diff, restore: the past. */
export function addPastCommands(root: Command, register: Register): void {
  register(root.command('at'), {
    about: 'Run a command that shows something as if it were an earlier time: get, trace, diagnose',
    examples: [
      'at 2h get load-balancers',
      'at 14:05 get -o yaml',
      'at 10m trace internet front:443',
      'at 03:10 diagnose web',
    ],
  })
    .argument('<time>', momentForms)
    .argument('<command...>', 'the command, which may as well be told --at <time>')
    .action(() => {
      throw new Misuse([{ say: 'at-what', values: {} }])
    })
  register(root.command('diff'), {
    about: 'Show what differed between two moments: what ran, the states of backends, and who reached whom',
    examples: ['diff --from 2h', 'diff --from 13:00 --to 14:05', 'diff --from 2026-01-31T12:00:00Z -o json'],
  })
    .requiredOption('--from <time>', `the one moment: ${momentForms}`)
    .option('--to <time>', 'the other moment; now when left out')
    .addOption(outputOption())
    .action(register.run(diff))
  register(root.command('restore'), {
    about:
      'Make drafts of what ran at an earlier moment, of everything or of one resource, and apply nothing; what was deleted comes back, its rules in a draft',
    examples: ['restore --at 13:55', 'restore security-group web --at 2h', 'restore --at 2026-01-31T12:00:00Z --yes'],
  })
    .argument('[kind]', kindsHelp)
    .argument('[name]', 'its name or id, as it was then')
    .addOption(new Option('--at <time>', `the moment: ${momentForms}`).makeOptionMandatory())
    .option('-y, --yes', 'do it without asking', false)
    .addOption(outputOption())
    .action(register.run(goBack))
}

async function diff(
  session: Session,
  options: { readonly from: string; readonly to?: string; readonly output: Format },
): Promise<number> {
  const { client, terminal } = session
  const [from, to] = [momentOf(options.from), options.to === undefined ? undefined : momentOf(options.to)]
  const found = await client.past.differences(from, to)
  if (options.output === 'json') terminal.out(JSON.stringify(found, null, 2))
  else {
    const all = [...(await fetchAll(client, kindNames, from)), ...(await fetchAll(client, kindNames, to))]
    terminal.out(differencesText(session, found, callerOf(all)))
  }
  return 0
}

const marks = { created: '+', changed: '~', deleted: '-' } as const

function differencesText({ language, say }: Session, found: Differences, call: (id: string) => string): string {
  const { from, to, resources, backends, networks } = found
  const state = (of: Differences['backends'][number]['from']) => (of === null ? '–' : stateLabel(of, language))
  const lines = [
    ...resources.flatMap(({ kind, id, name, what, changes }) => [
      `${marks[what]} ${labelOfKind(kind, language)} ${printable(name || id)}`,
      ...differenceLines(changes, call).map(line => `    ${line}`),
    ]),
    ...backends.map(each => {
      const reason = each.reason ? ` (${printable(reasonText(each.reason, language))})` : ''
      return `~ ${printable(each.name)}: ${state(each.from)} → ${state(each.to)}${reason}`
    }),
    ...reachLines(found, language),
    ...(networks.looked < networks.concerned ? [say('plan-unlooked', { ...networks })] : []),
  ]
  const head = say('between', { from: from.at, to: to.at, was: from.revision, is: to.revision })
  return [head, ...(lines.length > 0 ? lines : [say('no-difference')])].join('\n')
}

async function goBack(
  session: Session,
  word: string | undefined,
  name: string | undefined,
  options: { readonly at: string; readonly yes: boolean; readonly output: Format },
): Promise<number> {
  const { client, terminal, say } = session
  const at = momentOf(options.at)
  const then = await fetchAll(client, kindNames, at)
  const resources = word === undefined ? {} : { resources: [targetOf(then, word, name)] }
  const planned = await client.past.restore({ at, ...resources, dryRun: true })
  const isJson = options.output === 'json'
  if (!isJson) terminal.out(restoreText(session, planned, callerOf([...then, ...(await fetchAll(client))])))
  if (planned.drafts.length + planned.recreated.length === 0) {
    if (isJson) terminal.out(JSON.stringify(planned, null, 2))
    return 0
  }
  if (!options.yes && !(await agreed(session))) return 1
  const done = await client.past.restore({ at, ...resources })
  if (isJson) terminal.out(JSON.stringify(done, null, 2))
  else terminal.err(say('restored'))
  return 0
}

function targetOf(then: readonly WireResource[], word: string, name: string | undefined): string {
  if (name === undefined) throw new Misuse([{ say: 'unsaid-target', values: {} }])
  return idOf(directoryOf(then), kindNamed(word), name)
}

/** What a restore would do, and what it leaves alone with how to do that by hand. */
function restoreText({ language, say }: Session, planned: Restore, call: (id: string) => string): string {
  const { drafts, recreated, untouched, newer } = planned
  const called = ({ kind, id, name }: Restore['newer'][number]) =>
    `${labelOfKind(kind, language)} ${printable(name || id)}`
  const below = (changes: Restore['drafts'][number]['changes']) =>
    differenceLines(changes, call).map(line => `    ${line}`)
  const lines = [
    ...recreated.map(each => `+ ${called(each)}`),
    ...drafts.flatMap(each => [`~ ${called(each)}${each.edited ? say('edits-lost') : ''}`, ...below(each.changes)]),
    ...(drafts.length + recreated.length === 0 ? [say('nothing-to-restore')] : []),
    ...(untouched.length > 0
      ? [say('left-at-once'), ...untouched.flatMap(each => [`  ${called(each)}`, ...below(each.changes)])]
      : []),
    ...(newer.length > 0 ? [say('left-newer'), ...newer.map(each => `  ${called(each)}`)] : []),
  ]
  return lines.join('\n')
}
