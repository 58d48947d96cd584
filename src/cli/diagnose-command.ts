import { type Command, Option } from 'commander'
import type { Diagnosis } from '../client/diagnosis.ts'
import type { WireResource } from '../client/wire.ts'
import { kindNames, type KindName } from '../model/kinds.ts'
import { childAt } from './child-path.ts'
import { Misuse } from './complaint.ts'
import { callerOf, directoryOf } from './directory.ts'
import { mend, tell, type Question } from './mending.ts'
import { momentOf, momentOption } from './moment.ts'
import { idAmong } from './named.ts'
import { type Format, outputOption } from './output.ts'
import { probeText } from './probe-text.ts'
import type { Register } from './register.ts'
import { fetchAll, type Session } from './session.ts'
import { traceRequestOf } from './trace-command.ts'
import { traceText } from './trace-text.ts'
import { secondsOf } from './wait.ts'

interface Options {
  readonly output: Format
  readonly fix: boolean
  readonly yes: boolean
  readonly path: boolean
  readonly probe: boolean
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
  readonly vpc?: string
  readonly at?: string
  /** Seconds. */
  readonly wait: number
}

/** diagnose: the answer to "why does this not work?", and what mends it. */
export function addDiagnoseCommand(root: Command, register: Register): void {
  register(root.command('diagnose'), {
    about:
      'Say why a balancer or a backend does not serve, why the internet does not get in by a public IP, what is wrong with a server, or why one does not reach another: the cause first, and what mends it; leaves with 1 if something is wrong',
    examples: [
      'diagnose web',
      'diagnose web listeners/80/backends/203.0.113.7',
      'diagnose web listeners/80/backends/203.0.113.7 --probe',
      'diagnose web --fix',
      'diagnose 198.51.100.9:443',
      'diagnose web:443',
      'diagnose worker-1',
      'diagnose worker-1 203.0.113.7:80',
      'diagnose internet worker-1:22',
      'diagnose web --at 2h',
    ],
  })
    .argument(
      '<what[:port]>',
      'a balancer, a public IP or a server, by name, id or address; or who is to reach another',
    )
    .argument(
      '[to[:port]]',
      'one backend of a balancer, e.g. listeners/80/backends/203.0.113.7; or who is to be reached',
    )
    .option('--fix', 'do what mends it, step by step, once asked', false)
    .option('-y, --yes', 'do not ask', false)
    .option('--probe', 'also ask the backend from inside the namespace of its balancer: for at most 5 seconds', false)
    .option('--path', 'also the way of the packets, with every decision on it', false)
    .addOption(new Option('--protocol <protocol>', 'what is sent, with a port').choices(['tcp', 'udp', 'icmp']))
    .option('--vpc <vpc>', 'the VPC that private addresses are meant in, where several have them')
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for checks to notice what was mended')
        .default(20)
        .argParser(secondsOf),
    )
    .addOption(momentOption().conflicts(['fix', 'probe']))
    .addOption(outputOption())
    .action(register.run(diagnose))
}

async function diagnose(session: Session, what: string, to: string | undefined, options: Options): Promise<number> {
  const at = options.at === undefined ? undefined : momentOf(options.at)
  const all = await fetchAll(session.client, kindNames, at)
  const question = questionOf(all, what, to, options)
  const then = at === undefined ? '' : `${question.query === '' ? '?' : '&'}at=${encodeURIComponent(at)}`
  const answer = await session.client.ask<Diagnosis>('GET', question.path + question.query + then)
  if (options.fix) return mend(session, question, answer.items, options)
  if (options.output === 'json') session.terminal.out(JSON.stringify(answer, null, 2))
  else {
    tell(session, question, answer.items)
    const isOpen = answer.items.some(({ certainty }) => certainty === 'guessed')
    if (isOpen && !options.probe && question.path.startsWith('/v1/load-balancers/'))
      session.terminal.out(session.say('probe-it'))
    const { path, reaches, probe } = answer
    if (probe) session.terminal.out(`\n${probeText(probe, session.language)}`)
    if (path && (options.path || question.isFlow)) {
      session.terminal.out(`\n${traceText({ ...path, reaches: reaches ?? false }, session.language, false)}`)
    }
  }
  return answer.items.some(({ fault }) => fault) ? 1 : 0
}

/** What can be asked about alone, the likeliest first where several have a name. */
const subjects = ['load-balancer', 'eip', 'server'] as const satisfies readonly KindName[]

function questionOf(
  all: readonly WireResource[],
  what: string,
  to: string | undefined,
  options: Options,
): Question & { readonly isFlow: boolean } {
  const directory = directoryOf(all)
  const nameOf = directory.nameOf
  if (to !== undefined && !to.startsWith('listeners/')) {
    const { port, ...words } = traceRequestOf(all, what, to, options)
    const said = Object.entries({ ...words, ...(port === undefined ? {} : { port: String(port) }) })
    const query = `?${new URLSearchParams(said as [string, string][]).toString()}`
    return { path: '/v1/diagnosis', query, about: `${what} → ${to}`, nameOf, isFlow: true }
  }
  const [, word = what, port] = /^(.*?)(?::(\d+))?$/.exec(what) ?? []
  const likeliest = subjects.find(each => directory.find([each], word).length > 0)
  const id = idAmong(all, likeliest ? [likeliest] : subjects, word)
  const kind = all.find(each => each.id === id)?.kind
  if (port !== undefined && to === undefined && kind !== 'eip') return questionOf(all, 'internet', what, options)
  const about = callerOf(all)
  if (kind === 'eip') {
    const query = port === undefined ? '' : `?port=${port}&protocol=${options.protocol ?? 'tcp'}`
    return { path: `/v1/eips/${id}/diagnosis`, query, about: about(id), nameOf, isFlow: false }
  }
  if (kind === 'server') {
    return { path: `/v1/servers/${id}/diagnosis`, query: '', about: about(id), nameOf, isFlow: false }
  }
  const balancer = all.find(each => each.id === id)
  const child = to === undefined || !balancer ? undefined : backendAt(balancer, to)
  const of = child === undefined ? '' : `/backends/${child}`
  return {
    path: `/v1/load-balancers/${id}${of}/diagnosis`,
    query: options.probe ? '?probe=true' : '',
    about: about(child ?? id),
    nameOf,
    isFlow: false,
  }
}

function backendAt(balancer: WireResource, text: string): string | undefined {
  const { path, list } = childAt(balancer, text, 'member')
  if (list.attribute === 'backends') return path.at(-1)
  const example = `${text}/backends/<name>`
  throw new Misuse([{ say: 'child-unnamed', values: { word: text, list: 'backends', example } }])
}
