import { chmod, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ProgressStore } from '../acme/progress.ts'
import { kindNames } from '../model/kinds.ts'
import type { Series } from '../monitor/series.ts'
import type { Journal } from '../store/journal.ts'
import type { Store } from '../store/store.ts'
import type { Documents } from '../store/documents.ts'
import type { TrialRecord } from '../diagnose/plan/trial.ts'
import type { Turns } from '../store/turns.ts'
import { accessLogEndpoints } from './access-log-endpoints.ts'
import { agentEndpoints } from './agent-endpoints.ts'
import { createAccess, type Access, type AccessOptions } from './access.ts'
import { createApp } from './app.ts'
import { local, type Caller } from './caller.ts'
import { childEndpoints } from './children.ts'
import { addConsole } from './console-pages.ts'
import { sessionCookie } from './cookie.ts'
import { startCore, type Core } from './core.ts'
import { diagnosisEndpoints } from './diagnosis.ts'
import { door, isLoopback } from './door.ts'
import type { Endpoint } from './endpoint.ts'
import { addEvents } from './events.ts'
import { forecastEndpoints } from './forecast-endpoints.ts'
import { createIdempotency } from './idempotency.ts'
import { createMetrics } from './metrics.ts'
import { kernelEndpoints } from './kernel-endpoints.ts'
import { keyEndpoints } from './key-endpoints.ts'
import { metricsEndpoints } from './metrics-endpoints.ts'
import { openApi } from './openapi.ts'
import { operationEndpoints } from './operation-endpoints.ts'
import { pastEndpoints } from './past-endpoints.ts'
import { pastOf } from './past.ts'
import { pendingEndpoints } from './pending-endpoints.ts'
import type { PolicyRecord } from './policy-watch.ts'
import { planEndpoints } from './plan-endpoint.ts'
import { questionEndpoints } from './question-endpoints.ts'
import { resourceEndpoints, type Services } from './resources.ts'
import { sampleText } from './sample-text.ts'
import { sessionEndpoints } from './session-endpoints.ts'
import { traceEndpoints } from './trace-endpoint.ts'
import { trialEndpoints } from './trial-endpoints.ts'
import { systemEndpoints } from './system-endpoints.ts'
import { turnEndpoints } from './turn-endpoints.ts'
import { withoutEndpoints } from './without-endpoints.ts'
import { writingProblems } from './writing-problems.ts'
import { tellBug } from '../store/tell-bug.ts'

export interface ServeOptions {
  readonly store: Store
  /** Where people and programs reach the API; port 0 is any free one. */
  readonly listen: { readonly host: string; readonly port: number }
  /** Where the agent of this machine reaches it; whoever may open the socket may do everything. */
  readonly socketPath?: string
  /**
   * Where access keys and users are kept; read again whenever they change. While there are none, only this machine is
   * listened to, and everyone on it may do everything.
   */
  readonly keysFile?: string
  readonly usersFile?: string
  /** Who did what, what was measured, and how backends turned; kept in memory when left out. They stay open. */
  readonly journal?: Journal
  readonly series?: Series
  readonly turns?: Turns
  /** Applies that are or were watched; the same. */
  readonly trialLog?: Documents<TrialRecord>
  /** Since when policy tests stand as they do; the same. */
  readonly verdicts?: Documents<PolicyRecord>
  /** How far certificates came that directories issue; kept in memory when left out. Stays open. */
  readonly progress?: ProgressStore
  /** Where all that is kept; without it nobody is told that it cannot be written. */
  readonly stateDirectory?: string
  /** Where the built console is. */
  readonly consoleDirectory?: string
  /** What the server says of its own version. */
  readonly version?: string
  readonly onBug?: (error: unknown) => void
  /** Adds further routes for people and programs, behind the same door. */
  readonly extend?: (app: FastifyInstance, core: Core) => void
}

export interface Server {
  /** E.g. `http://127.0.0.1:7480`. */
  readonly url: string
  readonly core: Core
  /** Ends what is under way and closes; the store stays open. */
  close(): Promise<void>
}

/** Where the console is built to. */
const built = join(import.meta.dirname, '../../dist/console')
const bodyLimit = 2 * 1024 * 1024
/** An agent's first report names every backend that there is. */
const reportLimit = 64 * 1024 * 1024

/** Why not to listen there, and what to do; null where it may be. */
export function refusalToListen(host: string, files: Pick<AccessOptions, 'keysFile' | 'usersFile'>): string | null {
  if (isLoopback(host) || createAccess({ ...files, loopback: false }).anyone()) return null
  return (
    `will not listen on ${host} without users and access keys: whoever reaches it could change the network. ` +
    'Add a user first (`causeway user add <name> --role admin`), or create a key ' +
    '(`causeway keys create --role admin`), or listen on 127.0.0.1.'
  )
}

/** Serves the API of a store. Throws, with what to do, where it would listen to others without knowing whom. */
export async function serve(options: ServeOptions): Promise<Server> {
  const { store, listen, socketPath, keysFile, usersFile } = options
  const access = createAccess({ keysFile, usersFile, loopback: isLoopback(listen.host) })
  const refusal = refusalToListen(listen.host, { keysFile, usersFile })
  if (refusal !== null) throw new Error(refusal)
  const core = startCore(store, options)
  const apps = [appOf(core, options, { admit: door(access), bodyLimit, agent: false, access })]
  if (socketPath !== undefined)
    apps.push(appOf(core, options, { admit: () => local, bodyLimit: reportLimit, agent: true, access }))
  async function close() {
    await Promise.all(apps.map(app => app.close()))
    await core.stop()
  }
  try {
    const [people, agents] = apps
    const url = (await people?.listen(listen)) ?? ''
    if (agents && socketPath !== undefined) {
      await makeWay(socketPath)
      await agents.listen({ path: socketPath })
      await chmod(socketPath, 0o600)
    }
    return { url, core, close }
  } catch (error) {
    await close()
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portTaken(listen, error) : error
  }
}

function portTaken({ host, port }: ServeOptions['listen'], cause: unknown): Error {
  return new Error(`port ${port} of ${host} is taken; stop who listens there, or choose another port`, { cause })
}

interface Face {
  readonly admit: (request: FastifyRequest) => Caller | Promise<Caller>
  readonly bodyLimit: number
  /** Whether agents are served here. */
  readonly agent: boolean
  readonly access: Access
}

/** The application behind one door. */
export function appOf(core: Core, options: Omit<ServeOptions, 'store' | 'listen'>, face: Face): FastifyInstance {
  const { version = '0', consoleDirectory = built, extend, onBug = tellBug } = options
  const { store, commands, board, trials } = core
  const model = () => store.snapshot()
  const { policies, snat, issuer } = core
  const sight = { board, policies, issuanceOf: issuer.issuanceOf, shortageOf: snat.warningOf }
  const services: Services = { ...sight, model, commands, board, trials, past: pastOf(store, core.turns, sight) }
  const problems = writingProblems(options.stateDirectory)
  const metrics = createMetrics(model, board, problems)
  const endpoints: Endpoint[] = [
    ...systemEndpoints(services, version, problems),
    ...sessionEndpoints(face.access, commands),
    ...keyEndpoints(options.keysFile, commands),
    ...operationEndpoints(commands.journal),
    ...pendingEndpoints(services),
    ...trialEndpoints(trials),
    ...metricsEndpoints(core.series),
    ...diagnosisEndpoints(services, core.questions, core.series, core.turns),
    ...traceEndpoints(services, core.questions),
    ...kernelEndpoints(services, core.questions),
    ...turnEndpoints(services, core.turns),
    ...pastEndpoints(services, store, core.turns),
    ...accessLogEndpoints(services, core.questions),
    ...forecastEndpoints(services, core.series, core.questions),
    ...withoutEndpoints(services, core),
    ...kindNames.flatMap(kind => [
      ...resourceEndpoints(kind, services),
      ...planEndpoints(kind, services, core),
      ...childEndpoints(kind, services),
    ]),
  ]
  const app = createApp({
    endpoints: face.agent ? [...endpoints, ...agentEndpoints(core), ...questionEndpoints(core.questions)] : endpoints,
    admit: face.admit,
    bodyLimit: face.bodyLimit,
    idempotency: createIdempotency(),
    renewal: (token, headers) => sessionCookie(token, face.access.lifetimeMs, headers),
    measured: metrics.measured,
    onBug,
  })
  const description = JSON.stringify(openApi(endpoints, version), null, 2)
  app.get('/v1/openapi.json', (_, reply) => reply.type('application/json').send(description))
  app.get('/metrics', async (_, reply) =>
    reply.type('text/plain; version=0.0.4').send((await metrics.print()) + sampleText(core.series)),
  )
  addEvents(app, core.feed, () => core.noted().revision)
  if (face.agent) return app
  addConsole(app, consoleDirectory)
  extend?.(app, core)
  return app
}

/** Takes away a socket that nobody listens on any more; throws where somebody does. */
async function makeWay(path: string): Promise<void> {
  const taken = await new Promise<boolean>(resolve => {
    const socket = createConnection(path)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
  if (taken) throw new Error(`another server listens on ${path}; stop it first, or choose another state directory`)
  await rm(path, { force: true })
}
