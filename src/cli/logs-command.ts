import { type Command, Option } from 'commander'
import type { AccessLogQuery } from '../client/api-client.ts'
import { ApiError } from '../client/api-error.ts'
import type { AccessLine } from '../client/access-line.ts'
import { terminationText } from '../client/termination.ts'
import type { AccessLog, WireOf } from '../client/wire.ts'
import { childAt } from './child-path.ts'
import { Misuse } from './complaint.ts'
import { directoryOf, type Directory } from './directory.ts'
import { labelOf } from './labels.ts'
import { momentOf } from './moment.ts'
import type { Register } from './register.ts'
import { fetchAll, idOf, type Session } from './session.ts'
import { printable, tableText } from './table.ts'

interface Wish {
  readonly follow?: boolean
  readonly listener?: string
  readonly backend?: string
  readonly status?: string
  readonly client?: string
  readonly path?: string
  readonly search?: string
  readonly since?: string
  readonly limit: string
  readonly output: 'table' | 'json' | 'raw'
}

const pollMs = 1000

/** logs: what went through a balancer. */
export function addLogsCommand(root: Command, register: Register): void {
  register(root.command('logs'), {
    about: 'Show the access log of a load balancer: its newest requests and connections, or with --follow all to come',
    examples: [
      'logs web',
      'logs web --follow --status 5xx',
      'logs web --listener 443 --client 198.51.100.0/24 --since 10m',
      'logs web --path /api/ --search curl -o json | jq .[].timesMs',
    ],
  })
    .argument('<load-balancer>', 'its name or id; its accessLog.local must be on, and applied')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('--listener <listener>', 'only of a listener, by name, port or id')
    .option('--backend <backend>', 'only of a backend, by name, address or id')
    .option('--status <status>', 'only with a status, or of a class, e.g. 404 or 5xx')
    .option('--client <address>', 'only of a client, or of a prefix of clients')
    .option('--path <path>', 'only of paths that begin with this')
    .option('--search <text>', 'only with this text')
    .option('--since <time>', 'only since a time, e.g. 90s, 10m, 2h, or 2026-01-31T12:00:00Z')
    .option('--limit <lines>', 'how many lines at most, 1-1000', '100')
    .addOption(
      new Option('-o, --output <form>', "how to print: raw is HAProxy's own line")
        .choices(['table', 'json', 'raw'])
        .default('table'),
    )
    .action(register.run(logs))
}

async function logs(session: Session, name: string, wish: Wish): Promise<number> {
  const all = await fetchAll(session.client)
  const directory = directoryOf(all)
  const id = idOf(directory, 'load-balancer', name)
  const balancer = all.find(each => each.id === id) as WireOf<'load-balancer'>
  const query = queryOf(balancer, wish, directory)
  const show = printer(session, balancer, wish)
  const first = await session.client.accessLog(id, query)
  show(first, true)
  if (wish.follow) await follow(session, first.next, after => session.client.accessLog(id, { ...query, after }), show)
  return 0
}

/** Asks for what is new, again and again. An agent that is away for a while ends nothing. */
async function follow(
  { terminal }: Session,
  start: string,
  ask: (after: string) => Promise<AccessLog>,
  show: (log: AccessLog) => void,
): Promise<void> {
  const leaving = Promise.withResolvers<'left'>()
  const stop = () => leaving.resolve('left')
  process.once('SIGINT', stop)
  let complaint = ''
  try {
    for (let after = start; ;) {
      const timer = Promise.withResolvers<'on'>()
      const wait = setTimeout(timer.resolve, pollMs, 'on')
      if ((await Promise.race([timer.promise, leaving.promise])) === 'left') return clearTimeout(wait)
      try {
        const log = await ask(after)
        after = log.next
        complaint = ''
        show(log)
      } catch (error) {
        if (!(error instanceof ApiError) || error.status < 503) throw error
        if (error.message !== complaint) terminal.err(printable(error.message))
        complaint = error.message
      }
    }
  } finally {
    process.off('SIGINT', stop)
  }
}

type Listeners = WireOf<'load-balancer'>['listeners']

function queryOf(balancer: WireOf<'load-balancer'>, wish: Wish, directory: Directory): AccessLogQuery {
  const { listener, backend, status, client, path, search, since, limit } = wish
  const only = listener && childAt(balancer, `listeners/${listener}`, 'member').path.at(-1)
  const listeners = balancer.listeners.filter(({ id }) => !only || id === only)
  const said = {
    status,
    client,
    path,
    search,
    limit,
    since: since === undefined ? undefined : momentOf(since),
    listener: only,
    backend: backend && backendsNamed(listeners, backend, directory),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/** The backends that a word means, of one listener where that is said: the same address may stand behind several. */
function backendsNamed(listeners: Listeners, word: string, directory: Directory): string {
  const all = listeners.flatMap(({ backends }) => backends)
  const named = all.filter(({ id, name, address, server, port }) => {
    const hosts = [address, server, server && directory.nameOf(server)].filter(host => host !== null)
    return [id, name, ...hosts, ...hosts.map(host => `${host}:${port}`)].includes(word)
  })
  if (named.length > 0) return named.map(({ id }) => id).join(',')
  const calls = new Set(all.map(({ name, address, server, port }) => name || `${address ?? server}:${port}`))
  throw new Misuse([{ say: 'child-unknown', values: { word, list: 'backends', all: [...calls].join(', ') || '–' } }])
}

/** Prints answers in the wished form: the first as a whole, those that follow line by line. */
function printer(session: Session, balancer: WireOf<'load-balancer'>, { output, follow: follows }: Wish) {
  const { terminal, language, say } = session
  const cells = cellsOf(balancer, language)
  const heads = ['at', 'client', 'listener', 'status', 'request', 'backend', 'duration', 'outcome'] as const
  return ({ items, missed, silent }: AccessLog, isFirst = false): void => {
    if (missed) terminal.err(say('lines-missed'))
    if (silent.length > 0) terminal.err(say('lines-silent', { hosts: silent.join(', ') }))
    if (output === 'raw') items.forEach(({ raw }) => terminal.out(printable(raw)))
    else if (output === 'json' && follows) items.forEach(line => terminal.out(JSON.stringify(line)))
    else if (output === 'json') terminal.out(JSON.stringify(items, null, 2))
    else if (follows) items.forEach(line => terminal.out(cells(line).map(printable).join('  ').trimEnd()))
    else if (items.length > 0)
      terminal.out(tableText({ heads: heads.map(head => labelOf(head, language)), rows: items.map(cells) }))
    if (isFirst && items.length === 0 && output === 'table') terminal.err(say('no-lines'))
  }
}

/** A line as people read it: who asked what, who answered, how long it took, and how it ended where that was not well. */
function cellsOf({ listeners }: WireOf<'load-balancer'>, language: Session['language']) {
  const listenerNames = new Map(listeners.map(({ id, name, port }) => [id, name || String(port)]))
  const backendNames = new Map(
    listeners.flatMap(({ backends }) =>
      backends.map(({ id, name, address, server, port }) => [id, name || `${address ?? server}:${port}`] as const),
    ),
  )
  return (line: AccessLine): readonly string[] => {
    const { at, client, listener, backend, status, method, path, timesMs, termination, message } = line
    return [
      at.slice(0, 23).replace('T', ' '),
      client,
      listenerNames.get(listener) ?? listener,
      status === null ? '–' : String(status),
      method === null ? '–' : `${method} ${path}`,
      backend === null ? '–' : (backendNames.get(backend) ?? backend),
      timesMs.total === null ? '–' : `${timesMs.total} ms`,
      message || (termination.startsWith('--') ? '' : `${terminationText(termination, language)} (${termination})`),
    ]
  }
}
