import { type Command, Option } from 'commander'
import type { TraceRequest } from '../client/trace-wire.ts'
import type { WireResource } from '../client/wire.ts'
import { kindNames, type KindName } from '../model/kinds.ts'
import { Misuse } from './complaint.ts'
import { momentOf, momentOption } from './moment.ts'
import { idAmong } from './named.ts'
import type { Register } from './register.ts'
import { fetchAll, type Session } from './session.ts'
import { traceText } from './trace-text.ts'

interface Wish {
  readonly port?: string
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
  readonly vpc?: string
  readonly draft?: string | true
  readonly real?: boolean
  readonly at?: string
  readonly output: 'table' | 'wide' | 'json'
}

/** trace: a packet's way through the network. */
export function addTraceCommand(root: Command, register: Register): void {
  register(root.command('trace'), {
    about:
      'Follow a packet, and its answer, through the network: every rule, route and translation, and what of yours caused it; leaves with 1 if it does not get there and back',
    examples: [
      'trace web-1 203.0.113.7:80',
      'trace internet front:443 --draft',
      'trace 198.51.100.9 front:80 --draft office-group',
      'trace front front/listeners/80/backends/203.0.113.7',
      'trace web-1 10.0.2.5 --protocol icmp -o wide',
      'trace internet front:443 --real',
      'trace internet front:443 --at 2h',
    ],
  })
    .argument(
      '<from>',
      'internet, an address, or a server, balancer, NAT gateway, VPC or public IP by name or id, e.g. eip:front where others have the name',
    )
    .argument('<to[:port]>', 'an address, such a name, or a listener or backend as <balancer>/listeners/…')
    .option('--port <port>', 'the port, where it is not said with the destination')
    .addOption(
      new Option('--protocol <protocol>', "what is sent; a listener's own when left out, else tcp").choices([
        'tcp',
        'udp',
        'icmp',
      ]),
    )
    .option('--vpc <vpc>', 'the VPC that private addresses are meant in, where several have them')
    .option('--real', 'send such a packet, follow it through the kernel, and mark where it goes another way')
    .addOption(momentOption())
    .option('--draft [resource]', 'as it will be once all drafts are applied, or that of one resource')
    .addOption(
      new Option('-o, --output <form>', "how to print: wide adds the kernel's own rules and routes")
        .choices(['table', 'wide', 'json'])
        .default('table'),
    )
    .action(register.run(trace))
}

async function trace(session: Session, from: string, to: string, wish: Wish): Promise<number> {
  const at = wish.at === undefined ? undefined : momentOf(wish.at)
  const all = await fetchAll(session.client, kindNames, at)
  const { terminal, language } = session
  const request = { ...traceRequestOf(all, from, to, wish), ...(at === undefined ? {} : { at }) }
  const answer = await session.client.trace(request)
  if (wish.output === 'json') terminal.out(JSON.stringify(answer, null, 2))
  else terminal.out(traceText(answer, language, wish.output === 'wide'))
  return answer.reaches && (answer.real?.agrees ?? true) ? 0 : 1
}

const endKinds: readonly KindName[] = ['server', 'load-balancer', 'nat-gateway', 'vpc', 'eip', 'nic']

/** What is asked for by the words of a person: names stand for ids, and the port may follow the destination. */
export function traceRequestOf(
  all: readonly WireResource[],
  from: string,
  to: string,
  wish: Omit<Wish, 'output'>,
): TraceRequest {
  const { draft, vpc, protocol, real } = wish
  const [, target = to, said] = /^(.*?)(?::(\d+))?$/.exec(to) ?? []
  const port = wish.port ?? said
  return {
    from: from === 'internet' ? from : idNamed(all, endKinds, from),
    to: idNamed(all, endKinds, target),
    ...(port === undefined ? {} : { port: numberOf(port) }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(vpc === undefined ? {} : { vpc: idNamed(all, ['vpc'], vpc) }),
    ...(draft === undefined ? {} : { version: 'draft' }),
    ...(real ? { real } : {}),
    ...(typeof draft === 'string' ? { drafts: [idNamed(all, kindNames, draft)] } : {}),
  }
}

function numberOf(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new Misuse([{ say: 'not-a-number', values: { at: '--port', text } }])
}

/** The id that a word names; an address stands for itself. */
function idNamed(all: readonly WireResource[], of: readonly KindName[], word: string): string {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(word) ? word : idAmong(all, of, word)
}
