import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { sqliteProgress } from '../acme/progress.ts'
import { mostVerdicts, type Core } from '../api/core.ts'
import type { PolicyRecord } from '../api/policy-watch.ts'
import { refusalToListen, serve } from '../api/serve.ts'
import { signersOf } from '../api/signers.ts'
import { chance, commandsOn, utcNow } from '../commands/commands.ts'
import type { ServerOptions } from '../cli/programs.ts'
import type { TrialRecord } from '../diagnose/plan/trial.ts'
import { ensureDefaults } from '../model/defaults.ts'
import { find, type Zone } from '../model/model.ts'
import { sqliteSeries } from '../monitor/series.ts'
import { cloudOf } from '../qingcloud/cloud.ts'
import { addQingcloud } from '../qingcloud/routes.ts'
import { sqliteLedger } from '../qingcloud/sqlite-ledger.ts'
import { sqliteJournal } from '../store/journal.ts'
import { sqliteTurns } from '../store/turns.ts'
import { sqliteStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { sqliteDocuments } from '../store/documents.ts'
import { obstacleOf } from './obstacle.ts'
import { makePlaces, placesOf, type User } from './places.ts'
import { listenOf, poolsIn } from './pools.ts'
import { tellBug } from '../store/tell-bug.ts'

/** What only our own programs say to the server, by its environment. */
export interface ServerSurroundings {
  /** Addresses in the pools that belong to the machine and to its upstream. */
  readonly reserved: readonly string[]
  /** Who to become before anything is opened. */
  readonly user: User | null
  readonly version: string
  /** Whether to say where the API is. */
  readonly aloud: boolean
}

/** Runs the API server until the signal aborts: the model, no privileges. */
export async function runServer(
  options: ServerOptions,
  surroundings: ServerSurroundings,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await serveUntil(options, surroundings, signal)
  } catch (error) {
    const obstacle = obstacleOf(error, options)
    if (obstacle === null) throw error
    console.error(`causeway server: ${obstacle}`)
    return 1
  }
}

async function serveUntil(
  options: ServerOptions,
  { reserved, user, version, aloud }: ServerSurroundings,
  signal: AbortSignal,
): Promise<number> {
  const listen = listenOf(options.listen)
  const { pools, wrong } = poolsIn(options.pool, reserved)
  const problems = [
    ...(listen ? [] : [`listen: ${options.listen} is not address:port, e.g. 127.0.0.1:7480`]),
    ...wrong.map(text => `pool: ${text} is not [name=]prefix[,prefix…], e.g. bgp=203.0.113.0/24`),
  ]
  if (!listen || problems.length > 0) {
    for (const problem of problems) console.error(problem)
    return 2
  }
  const places = placesOf(options.state)
  const { keys: keysFile, users: usersFile, socket: socketPath } = places
  const refusal = refusalToListen(listen.host, { keysFile, usersFile })
  if (refusal !== null) {
    console.error(refusal)
    return 2
  }
  makePlaces(places, user)
  if (user) become(user)
  const store = sqliteStore(places.database)
  const journal = sqliteJournal(places.journal)
  const series = sqliteSeries(places.series, { onFailure: tellBug })
  const turns = sqliteTurns(places.turns)
  const ledger = sqliteLedger(places.ledger)
  const trialLog = sqliteDocuments<TrialRecord>('trials', places.trials)
  const verdicts = sqliteDocuments<PolicyRecord>('verdicts', places.verdicts, mostVerdicts)
  const progress = sqliteProgress(places.progress)
  try {
    await prepare(store, options.zone, pools)
    const signers = signersOf(keysFile)
    const extend = (app: FastifyInstance, core: Core) => addQingcloud(app, cloudOf(core, signers, ledger))
    const server = await serve({
      store,
      listen,
      socketPath,
      stateDirectory: places.state,
      keysFile,
      usersFile,
      journal,
      series,
      trialLog,
      verdicts,
      progress,
      turns,
      version,
      extend,
    })
    if (aloud) console.error(`causeway server: ${server.url}`)
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
  } finally {
    trialLog.close()
    verdicts.close()
    progress.close()
    ledger.close()
    turns.close()
    series.close()
    journal.close()
    await store.close()
  }
  return 0
}

/** Gives up what root may do, for good. */
function become({ uid, gid }: User): void {
  process.setgroups?.([])
  process.setgid?.(gid)
  process.setuid?.(uid)
}

/** Brings what everything stands on into the model, and the operator's pools as they are said to be now. */
async function prepare(store: Store, zone: string, pools: Zone['now']['pools']): Promise<void> {
  const context = { now: utcNow(), author: 'operator', ...chance }
  await store.commit(model => ensureDefaults(model, { ...context, pools: zone === 'local' ? pools : [] }))
  const known = find(store.snapshot(), 'zone', zone)
  if (pools.length === 0 || isDeepStrictEqual(known?.now.pools, pools)) return
  const commands = commandsOn(store)
  if (known) await commands.run({ do: 'patch', kind: 'zone', id: zone, body: { pools } }, 'operator')
  else await commands.run({ do: 'create', kind: 'zone', body: { id: zone, name: zone, pools } }, 'operator')
}
