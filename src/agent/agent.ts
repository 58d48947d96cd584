import { endsOf } from '../host/cascade.ts'
import type { Compiler } from '../compile/compile.ts'
import { diff } from '../host/diff.ts'
import { keyOf, type HostState, type Shards } from '../host/item.ts'
import type { Drift, Host } from '../dataplane/host.ts'
import { emptyModel, type Id, type Model } from '../model/model.ts'
import { keepAnswering, type QuestionLink } from './answers.ts'
import { healthWatch, type SeenAs } from './health.ts'
import type { KeptTurns } from './kept-turns.ts'
import { adopt, reconcile, refresh, whole, type Round } from './reconcile.ts'
import { replicate } from './replica.ts'
import { reporter, type ServerLink } from './reporter.ts'
import { sampler } from './samples.ts'
import { backOffMs, pause, wakeBell } from './wake.ts'

export interface AgentOptions {
  readonly host: Host
  readonly server: ServerLink
  /** Where the server asks; without one nothing is answered. */
  readonly questions?: QuestionLink
  /** Remembers what it compiled: what did not change must be the same object. */
  readonly compile: Compiler
  readonly seenAs: SeenAs
  /** The name of this machine. */
  readonly name: string
  readonly log: (message: string) => void
  /** Where it leaves what the server has not heard of backends when it ends. */
  readonly kept?: KeptTurns
}

const nothing: HostState = new Map()
const pollMs = 25_000
/** So many attempts in a row must fail, in 1.5 s, before that is worth a line. */
const patience = 5
const healthMs = 1000
/** How long drift is gathered before the namespaces are read again. */
const settleMs = 50

/**
 * Keeps a machine as the model wants it, until aborted. Before the first word from the server nothing is touched; while
 * the server is away the last word holds. What it leaves behind is the running data plane.
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { host, server, compile, seenAs, name, log } = options
  const now = () => new Date().toISOString()
  /** What was done since the start; `drift` is how many resources are not as they should be because of somebody else. */
  const work = { rounds: 0, steps: 0, drift: 0 }
  const bell = wakeBell()
  const health = healthWatch(seenAs, now)
  const tell = reporter({
    server,
    host: name,
    counters: () => ({ ...host.counters, ...work }),
    allBackends: () => health.all(),
    now,
    kept: options.kept,
  })
  const stop = new AbortController()
  const ended = AbortSignal.any([signal, stop.signal])
  /** Its `changes` are what the next round has to look at. */
  let model: Model | null = null
  let held: Shards | null = null
  /** Namespaces that somebody else changed, and what was seen. */
  let drifted = new Map<string, string>()
  /** Namespaces in which a step failed: what they hold is not known. */
  let suspects = new Set<string>()
  let failing: ReadonlyMap<Id, string> = new Map()
  let attempts = 0

  async function listen() {
    for (let failures = 0; !ended.aborted;) {
      try {
        const state = await server.state(model?.revision ?? 0, pollMs, ended)
        if (failures >= patience) tell.event('agent', '', 'the server is back')
        failures = 0
        if (state.full || state.revision !== model?.revision) {
          model = replicate(model, state)
          if (!model) log('what changed does not fit what is known here: the server is asked for all')
          bell.ring()
        }
      } catch (error) {
        if (ended.aborted) return
        failures++
        // Both may have been started a moment ago: one that is not there yet is not away.
        if (failures === patience) log(`the server is away: ${(error as Error).message}`)
        tell.tellAll()
        await pause(backOffMs(failures, 100, 2000), ended)
      }
    }
  }

  async function watch() {
    for await (const drift of host.watch(ended)) {
      drifted.set(drift.netns, drift.what)
      bell.ring()
    }
  }

  async function keepHealth() {
    while (!ended.aborted) {
      const started = performance.now()
      if (held) {
        const { changed, turns, drained } = await health.look(host, held)
        tell.backends(changed, turns)
        for (const { balancer, backend, cut } of drained) {
          tell.event('proxy', balancer, `${backend} has drained${cut ? ': what was left was ended' : ''}`)
        }
      }
      await pause(Math.max(100, healthMs - (performance.now() - started)), ended)
    }
  }

  async function keepMeasuring() {
    const measuring = sampler()
    while (!ended.aborted) {
      const samples = held && model ? await measuring.take(host, held, model) : null
      if (samples) tell.samples(samples)
      await pause(held ? measuring.waitMs : healthMs, ended)
    }
  }

  async function keepWorking() {
    while (!ended.aborted) {
      await bell.wait(attempts > 0 ? backOffMs(attempts, 500, 30_000) : Number.POSITIVE_INFINITY, ended)
      if (!ended.aborted) await round()
    }
  }

  async function round() {
    if (drifted.size > 0) await pause(settleMs, ended)
    const wish = model
    if (!wish) return
    model = { ...wish, changes: emptyModel.changes }
    const desired = compile(wish, wish.changes)
    const known = held ?? adopt(await host.observe(undefined, whole(desired)), desired)
    const seen = drifted
    drifted = new Map()
    const current = seen.size + suspects.size > 0 ? await lookAgain(known, seen, desired) : known
    const harmed = held ? harmOf(known, current) : new Map<Id, string>()
    for (const [id, what] of harmed) tell.event('drift', id, `${what}${wordsOf(seen)}`)

    work.drift = harmed.size
    const done = await reconcile(host, current, desired)
    held = done.held
    work.rounds++
    work.steps += done.steps
    suspects = new Set(
      done.failed.flatMap(({ step: { item } }) => [item.netns, ...endsOf(item).map(([netns]) => netns)]),
    )
    attempts = done.failed.length > 0 ? attempts + 1 : 0
    const failures = failuresOf(done)
    for (const [id, what] of harmed) if (!failures.has(id)) tell.event('healed', id, what)
    for (const [id, reason] of failures) if (failing.get(id) !== reason) tell.event('failed', id, reason)
    failing = failures
    work.drift = [...harmed.keys()].filter(id => failures.has(id)).length
    tell.synced(wish.revision, failures)
  }

  /** Reads namespaces again; everything when one of them is gone, for its links went with it. */
  async function lookAgain(known: Shards, seen: ReadonlyMap<string, string>, desired: Shards): Promise<Shards> {
    const netns = new Set([...seen.keys(), ...suspects])
    const some = await host.observe([...netns])
    const lost = [...netns].some(each => !some.has(keyOf({ kind: 'netns', netns: each, name: '' })))
    return lost ? refresh(known, 'all', await host.observe(), desired) : refresh(known, netns, some, desired)
  }

  const answering = keepAnswering(options.questions, name, () => ({ host, held }), ended)
  const loops = [listen(), watch(), keepHealth(), keepMeasuring(), keepWorking(), tell.run(ended), answering]
  try {
    await Promise.all(loops)
  } finally {
    stop.abort()
    await Promise.allSettled(loops)
  }
}

/** The resources that drift harmed, each with what became of one of its items. */
function harmOf(known: Shards, current: Shards): ReadonlyMap<Id, string> {
  const harmed = new Map<Id, string>()
  if (known === current) return harmed
  for (const name of new Set([...known.keys(), ...current.keys()])) {
    const [before, after] = [known.get(name) ?? nothing, current.get(name) ?? nothing]
    for (const { do: what, item } of before === after ? [] : diff(before, after)) {
      const words = [item.kind, item.name, 'in', item.netns].filter(word => word !== '').join(' ')
      harmed.getOrInsert(item.for, `${words} was ${what === 'remove' ? 'removed' : 'changed'}`)
    }
  }
  return harmed
}

function wordsOf(seen: ReadonlyMap<Drift['netns'], Drift['what']>): string {
  const words = [...new Set(seen.values())].join(', ')
  return words ? ` (${words})` : ''
}

/** The first reason of every resource that could not be brought about whole. */
function failuresOf(round: Round): ReadonlyMap<Id, string> {
  const failures = new Map<Id, string>()
  for (const { step, failed } of round.failed) failures.getOrInsert(step.item.for, failed ?? '')
  return failures
}
