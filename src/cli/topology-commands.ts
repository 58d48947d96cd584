import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { ApiError } from '../client/api-error.ts'
import type { WireResource } from '../client/wire.ts'
import { same } from '../model/same.ts'
import { agreed } from './agreed.ts'
import { Misuse } from './complaint.ts'
import { callerOf, directoryOf } from './directory.ts'
import type { Entry } from './entry.ts'
import { planText } from './plan-text.ts'
import { fetchAll, type Session } from './session.ts'
import { parseTopology } from './topology-file.ts'
import { createStep, isDone, planTopology, type Step, type TopologyPlan } from './topology.ts'
import { waitFor } from './wait.ts'
import { labelOfKind } from './words.ts'

/** What `apply -f` was asked for. */
export interface TopologyOptions {
  readonly file: string
  readonly yes: boolean
  readonly prune: boolean
  readonly wait?: number
  /** Whether drafts are published though they break policy tests. */
  readonly force?: boolean
  readonly onlyPlan?: boolean
}

/** The text of a file, or of standard input for `-`; throws {@link Misuse} where it cannot be read. */
async function textOf(file: string, { terminal }: Session): Promise<string> {
  if (file === '-') return terminal.readInput()
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Misuse([{ say: 'no-such-file', values: { at: file, why: error.code ?? error.message } }])
  })
}

/** The one value that a YAML or JSON file holds. */
export async function readTopologyFile(file: string, session: Session): Promise<unknown> {
  const text = await textOf(file, session)
  try {
    return parse(text)
  } catch (error) {
    throw new Misuse([
      { say: 'bad-yaml', values: { at: file, why: error instanceof Error ? error.message : String(error) } },
    ])
  }
}

/** Shows what makes the server match a file, asks, and does it. Running it again finds nothing to do. */
export async function applyTopology(session: Session, options: TopologyOptions): Promise<number> {
  const { terminal, language, say } = session
  const { entries, complaints, whole } = parseTopology(await textOf(options.file, session), options.file)
  if (!whole) throw new Misuse(complaints)
  const server = await fetchAll(session.client)
  const planned = planTopology(entries, server, options.prune)
  const plan = checked({ ...planned, complaints: [...complaints, ...planned.complaints] })
  if (isDone(plan)) {
    terminal.out(say('nothing-to-do', { file: options.file }))
    return waitForAll(session, entries, options.wait)
  }
  terminal.out(planText(plan, callerOf(server), language))
  if (options.onlyPlan) return 0
  if (!options.yes && !(await agreed(session, options.file !== '-'))) return 1
  await carryOut(session, entries, plan, server, options)
  terminal.err(say('done'))
  return waitForAll(session, entries, options.wait)
}

function checked(plan: TopologyPlan): TopologyPlan {
  if (plan.complaints.length === 0) return plan
  const unique = new Map(plan.complaints.map(each => [JSON.stringify(each), each]))
  throw new Misuse([...unique.values()])
}

/**
 * Takes the steps of a plan, then plans again, until nothing is left: what was refused or had to wait is tried anew as
 * long as something else succeeds meanwhile.
 */
async function carryOut(
  session: Session,
  entries: readonly Entry[],
  first: TopologyPlan,
  before: readonly WireResource[],
  { prune, force = false }: Pick<TopologyOptions, 'prune' | 'force'>,
): Promise<void> {
  let [plan, server] = [first, before]
  while (!isDone(plan)) {
    const refusals: ApiError[] = []
    const known = [...server]
    let progress = false
    for (const planned of plan.steps) {
      // What was created a moment ago can be named by now.
      const step =
        planned.do === 'create' ? createStep(planned.entry, { entries, directory: directoryOf(known) }) : planned
      try {
        const done = await take(session, step, force)
        progress ||= done !== undefined
        if (done) known.push(done)
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500) throw error
        refusals.push(error)
      }
    }
    if (!progress) throw refusals[0] ?? stuck(session, plan)
    server = await fetchAll(session.client)
    const next = checked(planTopology(entries, server, prune))
    if (same(next.steps, plan.steps)) throw refusals[0] ?? stuck(session, next)
    plan = next
  }
}

function stuck(session: Session, plan: TopologyPlan): Error {
  const waiting = plan.steps.filter(step => step.do !== 'keep').map(step => `${step.kind} ${step.name}`)
  return new Error(session.say('stuck', { all: waiting.join(', ') }))
}

/** Takes one step. Undefined where it has to wait; null where it made nothing new. */
async function take(session: Session, step: Step, force: boolean): Promise<WireResource | null | undefined> {
  const { client, terminal, language } = session
  const tell = (key: 'created' | 'changed' | 'deleted') =>
    terminal.err(session.say(key, { kind: labelOfKind(step.kind, language), name: step.name }))
  switch (step.do) {
    case 'keep':
      return undefined
    case 'create': {
      if (!step.body) return undefined
      const made = (await client.create(step.kind, step.body)) as WireResource
      session.note(made.warnings)
      tell('created')
      return made
    }
    case 'change':
      if (!step.body) return undefined
      session.note((await client.patch(step.kind, step.id, step.body)).warnings)
      tell('changed')
      return null
    case 'publish': {
      const { generation, warnings } = await client.apply(step.kind, step.id, { force })
      session.note(warnings)
      terminal.err(session.say('applied', { kind: labelOfKind(step.kind, language), name: step.name, generation }))
      return null
    }
    case 'delete':
      await client.remove(step.kind, step.id)
      tell('deleted')
      return null
  }
}

async function waitForAll(session: Session, entries: readonly Entry[], seconds: number | undefined): Promise<number> {
  if (seconds === undefined) return 0
  const { steps } = planTopology(entries, await fetchAll(session.client))
  const codes = await Promise.all(
    steps.flatMap(step => ('id' in step ? [waitFor(session, step.kind, step.id, seconds)] : [])),
  )
  return Math.max(0, ...codes)
}
