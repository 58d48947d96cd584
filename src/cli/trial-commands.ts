import { setTimeout as pause } from 'node:timers/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Trial } from '../client/apply-wire.ts'
import { agreed } from './agreed.ts'
import { connectionFailure } from './connection-failure.ts'
import { labelOf, trialStateLabel } from './labels.ts'
import { type Format, outputOption } from './output.ts'
import type { Register } from './register.ts'
import type { Session } from './session.ts'
import { printable, tableText } from './table.ts'
import { labelOfKind, type Phrase } from './words.ts'

/** How an apply is to be watched. */
export interface WatchOptions {
  readonly watch?: number
  readonly confirm?: boolean
}

/** The options of an apply that is taken back by itself where it does harm. */
export function watchOptions(): readonly [Option, Option] {
  return [
    new Option(
      '--watch [time]',
      'take it back by itself if active backends fall, errors rise or a policy test breaks in this time, e.g. 60s, 5m',
    )
      .preset('60s')
      .argParser(secondsOf),
    new Option('--confirm', 'take it back by itself, too, unless it is confirmed in that time (60s)'),
  ]
}

function secondsOf(text: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,4})(s|m)?$/.exec(text) ?? []
  const seconds = Number(number) * (unit === 'm' ? 60 : 1)
  if (number === '' || seconds < 5 || seconds > 3600) throw new InvalidArgumentError('Must be from 5s to 60m.')
  return seconds
}

/** What the API is asked for by these options; undefined where nothing is to be watched. */
export function watchOf({ watch, confirm = false }: WatchOptions) {
  return watch === undefined && !confirm ? undefined : { watchS: watch ?? 60, confirm }
}

/** trials, confirm, revert: what became of applies that are watched. */
export function addTrialCommands(root: Command, register: Register): void {
  register(root.command('trials'), {
    about: 'List applies that are or were watched, newest first',
    examples: ['apply load-balancer web --watch 60s', 'trials', 'trials -o json'],
  })
    .addOption(outputOption())
    .action(register.run(list))
  register(root.command('confirm'), {
    about: 'End a running trial: what it published stays',
    examples: ['apply security-group web --confirm', 'confirm trial-1a2b3c4d'],
  })
    .argument('<trial>', 'its id, as apply and trials show it')
    .action(register.run((session, id: string) => finish(session, id, 'confirm')))
  register(root.command('revert'), {
    about: 'End a running trial: what ran before it is published again',
    examples: ['revert trial-1a2b3c4d'],
  })
    .argument('<trial>', 'its id, as apply and trials show it')
    .action(register.run((session, id: string) => finish(session, id, 'revert')))
}

async function list({ client, terminal, language }: Session, { output }: { readonly output: Format }): Promise<number> {
  const trials = await client.trials.list()
  if (output === 'json') {
    terminal.out(JSON.stringify(trials, null, 2))
    return 0
  }
  const heads = ['id', 'startedAt', 'resource', 'author', 'state', 'reason'].map(each => labelOf(each, language))
  const rows = trials.map(({ id, startedAt, kind, name, resource, author, state, reason }) => [
    id,
    startedAt,
    `${labelOfKind(kind, language)} ${printable(name || resource)}`,
    printable(author),
    trialStateLabel(state, language),
    printable(reason),
  ])
  terminal.out(tableText({ heads, rows }))
  return 0
}

async function finish(session: Session, id: string, verb: 'confirm' | 'revert'): Promise<number> {
  const trial = await session.client.trials[verb](id)
  return told(session, trial)
}

const pollMs = 500
/** So long after the end of a trial a server that is away is waited for. */
const graceMs = 10_000
/** A trial whose time is over is ended within this time, where machines are heard. */
const lateMs = 3000

/** Follows a trial to its end, and asks for the confirmation that it waits for. The exit code: 0 where what it published stays. */
export async function followTrial(session: Session, started: Trial): Promise<number> {
  const { client, terminal, say } = session
  const seconds = Math.round((Date.parse(started.endsAt) - Date.parse(started.startedAt)) / 1000)
  const { id, confirm, backends } = started
  terminal.err(say(confirm ? 'trial-confirm' : 'trial-running', { id, seconds, before: backends.before }))
  // Whoever was cut off by what they changed cannot answer: then it is taken back.
  if (confirm && terminal.interactive && (await agreed(session))) return told(session, await client.trials.confirm(id))
  let [away, late] = [false, false]
  for (let said = backends.now; ; await pause(pollMs)) {
    const trial = await client.trials.get(id).catch((error: unknown) => {
      // The server watches, not we: one that is restarted goes on with it.
      if (connectionFailure(error) === undefined || Date.now() > Date.parse(started.endsAt) + graceMs) throw error
      if (!away) terminal.err(say('trial-away', { id }))
      away = true
      return null
    })
    if (!trial) continue
    away = false
    if (trial.state !== 'running') return told(session, trial)
    if (!late && Date.now() > Date.parse(trial.endsAt) + lateMs) {
      late = true
      terminal.err(say('trial-late', { id }))
    }
    if (trial.backends.now !== said) terminal.err(say('trial-backends', { ...trial.backends }))
    said = trial.backends.now
  }
}

const ends = {
  running: 'trial-running',
  kept: 'trial-stays',
  confirmed: 'trial-stays',
  reverted: 'trial-reverted',
  superseded: 'trial-superseded',
  stuck: 'trial-stuck',
} as const satisfies Readonly<Record<Trial['state'], Phrase>>

function told({ terminal, say, language }: Session, trial: Trial): number {
  const { id, state, reason, generation, previous, kind, name, resource } = trial
  const about = { id, generation, previous, kind: labelOfKind(kind, language), name: printable(name || resource) }
  terminal.err(say(ends[state], { ...about, reason: printable(reason) }))
  return state === 'reverted' || state === 'stuck' ? 1 : 0
}
