import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** Where an installation keeps its things. */
export interface Places {
  /** What must survive a reboot: the model, its history, its keys. */
  readonly state: string
  readonly database: string
  /** Access keys, and users with their passwords: neither can be read back from these files alone. */
  readonly keys: string
  readonly users: string
  /** Who did what. */
  readonly journal: string
  /** What was measured. */
  readonly series: string
  /** Applies that are or were watched. */
  readonly trials: string
  /** Since when policy tests stand as they do. */
  readonly verdicts: string
  /** How the states of backends turned. */
  readonly turns: string
  /** Jobs of the QingCloud-compatible API, and what was deleted through it lately. */
  readonly ledger: string
  /** How far certificates came that directories issue, with keys that nothing else holds yet. */
  readonly progress: string
  /** What lives as long as the machine runs. */
  readonly runtime: string
  /** The socket on which the server talks to the agent; its directory is the server's own. */
  readonly socketDirectory: string
  readonly socket: string
  /** The files of the balancers' processes; root's own. */
  readonly proxies: string
  /** What the running agent says of itself. */
  readonly agent: string
  /** What it saw of backends and the server has not heard. */
  readonly untold: string
}

const installed = '/var/lib/causeway'

/** The places of an installation, by its state directory; only the usual one has its runtime files in /run. */
export function placesOf(state: string): Places {
  const runtime = state === installed ? '/run/causeway' : join(state, 'run')
  const socketDirectory = join(runtime, 'server')
  return {
    state,
    database: join(state, 'model.sqlite'),
    keys: join(state, 'keys.json'),
    users: join(state, 'users.json'),
    journal: join(state, 'operations.sqlite'),
    series: join(state, 'metrics.sqlite'),
    trials: join(state, 'trials.sqlite'),
    verdicts: join(state, 'verdicts.sqlite'),
    turns: join(state, 'turns.sqlite'),
    ledger: join(state, 'ledger.sqlite'),
    progress: join(state, 'certificates.sqlite'),
    runtime,
    socketDirectory,
    socket: join(socketDirectory, 'agent.sock'),
    proxies: join(runtime, 'proxies'),
    agent: join(runtime, 'agent.json'),
    untold: join(runtime, 'untold.json'),
  }
}

/** Who the server runs as. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** Makes the directories of an installation; the server's are given to its user. */
export function makePlaces({ state, runtime, socketDirectory }: Places, user: User | null): void {
  for (const directory of [state, runtime, socketDirectory]) mkdirSync(directory, { recursive: true })
  chmodSync(runtime, 0o755)
  for (const directory of [state, socketDirectory]) {
    chmodSync(directory, 0o700)
    if (!user) continue
    // Files too: root may have written some, e.g. keys.
    const files = readdirSync(directory, { withFileTypes: true }).filter(entry => entry.isFile())
    for (const path of [directory, ...files.map(file => join(directory, file.name))])
      chownSync(path, user.uid, user.gid)
  }
}

/** The first directory on the way to the state that a user may not pass; null where the way is open. */
export function closedOnTheWay({ state }: Places, { uid, gid }: User): string | null {
  const parents: string[] = []
  for (let path = dirname(state); path !== dirname(path); path = dirname(path)) parents.unshift(path)
  const isOpen = (path: string) => {
    const { mode, uid: owner, gid: group } = statSync(path)
    return (mode & (owner === uid ? 0o100 : group === gid ? 0o010 : 0o001)) !== 0
  }
  return parents.find(path => existsSync(path) && !isOpen(path)) ?? null
}

/** What a running agent leaves for the other programs of the machine. */
export interface AgentNote {
  readonly pid: number
  readonly host: string
  /** The options that it was started with. */
  readonly options: Readonly<Record<string, unknown>>
}

export function writeAgentNote({ agent }: Places, note: AgentNote): void {
  writeFileSync(agent, `${JSON.stringify(note)}\n`, { mode: 0o644 })
}

/** The agent's note; null where none was left. */
export function readAgentNote({ agent }: Places): AgentNote | null {
  try {
    return JSON.parse(readFileSync(agent, 'utf8')) as AgentNote
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Removes what an installation keeps while the machine runs, and with `purge` all of it. */
export function clearPlaces({ runtime, state }: Places, purge: boolean): void {
  rmSync(runtime, { recursive: true, force: true })
  if (purge) rmSync(state, { recursive: true, force: true })
}
