import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type Command, Option } from 'commander'
import { parse } from 'yaml'
import { z } from 'zod'
import { addAccessCommands, stateOption } from './access-commands.ts'
import { Misuse } from './complaint.ts'
import { directoryOf } from './directory.ts'
import type { AgentOptions, DownOptions, Programs, ServerOptions, UpOptions } from './programs.ts'
import type { Register } from './register.ts'
import { fetchAll, idOf, type Session } from './session.ts'
import { languageOf } from './words.ts'

const configOption = () =>
  new Option(
    '--config <file>',
    'take options from a YAML file, by their long names; flags and environment go before it',
  ).env('CAUSEWAY_CONFIG')
const listenOption = () =>
  new Option('--listen <address:port>', 'where the API and the console listen')
    .env('CAUSEWAY_LISTEN')
    .default('127.0.0.1:7480')
const uplinkOption = () =>
  new Option('--uplink <interface>', 'the interface towards the internet').env('CAUSEWAY_UPLINK')
const addressOption = () =>
  new Option('--address <address/length>', 'the address of Causeway itself on the uplink, e.g. 198.51.100.2/28')
    .env('CAUSEWAY_ADDRESS')
    .default(null, 'must be given')
const gatewayOption = () =>
  new Option('--gateway <address>', 'the router upstream')
    .env('CAUSEWAY_GATEWAY')
    .default(null, "that of the host's default route")
const zoneOption = () =>
  new Option('--zone <name>', 'the region that this installation is').env('CAUSEWAY_ZONE').default('local')
const poolOption = () =>
  new Option('--pool <[name=]prefix...>', 'public addresses to give out, e.g. isp=198.51.100.0/28; repeat for more')
    .env('CAUSEWAY_POOL')
    .default([], 'none')
    .argParser((text, before: readonly string[]) => [...before, ...text.split(' ').filter(Boolean)])

/** What `demo --skip` understands, in the order of the two topologies. */
export const demoSteps = [
  'nat-gateway',
  'nat-eip',
  'snat-rule',
  'apply-nat-gateway',
  'subnet',
  'backends',
  'apply-load-balancer',
  'security-group-rule',
  'apply-security-group',
  'vpc-type',
  'vpc-eip',
  'route',
  'apply-route-table',
]

/** demo, up, down, server, agent, exec, keys: the programs that others implement. */
export function addProgramCommands(
  root: Command,
  programs: Programs,
  register: Register,
  leave: (code: number) => void,
): void {
  const language = () => languageOf(root.opts<{ lang?: string }>().lang, process.env)
  register(root.command('demo'), {
    about: 'Build both topologies in a sandbox that touches nothing of this host, and send real packets through them',
    examples: ['demo', 'demo --once', 'demo --topology a --skip snat-rule'],
  })
    .option('--once', 'leave with 0 or 1 when the results are printed', false)
    .addOption(new Option('--topology <which>', 'what to build').choices(['a', 'b', 'both']).default('both'))
    .option(
      '--skip <step>',
      `leave a step out and see what breaks; repeat for more: ${demoSteps.join(', ')}`,
      (step, before: string[]) => [...before, step],
      [],
    )
    .action(async (options: { once: boolean; topology: 'a' | 'b' | 'both'; skip: string[] }) =>
      leave(await programs.demo({ ...options, language: language() })),
    )
  register(root.command('up'), {
    about: 'Run Causeway on this host: server and agent (needs root)',
    examples: [
      'up --uplink eth0 --address 198.51.100.2/28 --pool isp=198.51.100.8/29',
      'up --config /etc/causeway.yaml',
      'up --config /etc/causeway.yaml --systemd',
    ],
  })
    .addOption(uplinkOption())
    .addOption(poolOption())
    .addOption(addressOption())
    .addOption(gatewayOption())
    .addOption(zoneOption())
    .addOption(listenOption())
    .addOption(stateOption())
    .addOption(configOption())
    .option('--systemd', 'install and start systemd units instead of staying in the foreground', false)
    .action(async (_: unknown, command: Command) =>
      leave(await programs.up(settings(command, ['uplink', 'address', 'pool']) as UpOptions)),
    )
  register(root.command('down'), {
    about: 'Remove every trace of Causeway from the kernel of this host, and nothing else (needs root)',
    examples: ['down', 'down --purge'],
  })
    .addOption(stateOption())
    .option('--purge', 'also delete the state directory: the model, its history and its keys', false)
    .action(async (_: unknown, command: Command) => leave(await programs.down(settings(command, []) as DownOptions)))
  register(root.command('server'), {
    about: 'Run the API, the console and the model alone, without privileges',
    examples: ['server --state ./state --pool 198.51.100.0/28'],
  })
    .addOption(listenOption())
    .addOption(stateOption())
    .addOption(zoneOption())
    .addOption(poolOption())
    .addOption(configOption())
    .action(async (_: unknown, command: Command) =>
      leave(await programs.server(settings(command, []) as ServerOptions)),
    )
  register(root.command('agent'), {
    about: 'Run the agent alone: the one privileged process, that changes the kernel (needs root)',
    examples: ['agent --uplink eth0 --address 198.51.100.2/28 --gateway 198.51.100.1'],
  })
    .addOption(uplinkOption())
    .addOption(addressOption())
    .addOption(gatewayOption())
    .addOption(stateOption())
    .addOption(
      new Option('--host <name>', 'what this machine is called in the model')
        .env('CAUSEWAY_HOST')
        .default(hostname(), "the host's name"),
    )
    .addOption(configOption())
    .action(async (_: unknown, command: Command) =>
      leave(await programs.agent(settings(command, ['uplink']) as AgentOptions)),
    )
  register(root.command('exec'), {
    about: 'Run a command inside a server (needs root)',
    examples: ['exec web-1 -- ip addr', 'exec web-1 -- curl -s http://198.51.100.1/'],
  })
    .argument('<server>', 'its name or id')
    .argument('<command...>', 'what to run, after --')
    .addOption(stateOption())
    .action(
      register.run(
        async (session: Session, name: string, command: readonly string[], options: { readonly state: string }) => {
          const server = idOf(directoryOf(await fetchAll(session.client, ['server'])), 'server', name)
          return programs.exec({ server, command, state: options.state })
        },
      ),
    )
  addAccessCommands(root, programs, register, leave)
}

/** The options of a command: flags, else the environment, else the file, else the defaults. Throws where one is missing. */
function settings(command: Command, required: readonly string[]): unknown {
  const { config, ...own } = command.opts<Record<string, unknown>>()
  const filed = typeof config === 'string' ? readSettings(config, command) : {}
  const fromFile = Object.entries(filed).filter(([key]) => isUnsaid(command.getOptionValueSource(key)))
  const all: Readonly<Record<string, unknown>> = { ...own, ...Object.fromEntries(fromFile) }
  const missing = required.filter(key => all[key] == null || (Array.isArray(all[key]) && all[key].length === 0))
  if (missing.length === 0) return all
  throw new Misuse(
    missing.map(key => ({
      say: 'missing-option',
      values: { word: `--${key}`, env: `CAUSEWAY_${key.toUpperCase()}` },
    })),
  )
}

function isUnsaid(source: string | undefined): boolean {
  return source === undefined || source === 'default'
}

/** What a file of options may say. */
const settingsFile = z
  .strictObject({
    uplink: z.string(),
    pool: z.union([z.array(z.string()), z.string().transform(each => [each])]),
    address: z.string(),
    gateway: z.string(),
    zone: z.string(),
    listen: z.string(),
    state: z.string(),
    host: z.string(),
    systemd: z.boolean(),
  })
  .partial()

function readSettings(file: string, command: Command): Readonly<Record<string, unknown>> {
  const known = command.options.map(option => option.attributeName()).filter(name => name !== 'config')
  const read = settingsFile.safeParse(parsedYaml(file) ?? {})
  const wrong = read.success ? [] : read.error.issues.map(each => `${each.path.join('.')}: ${each.message}`)
  const alien = Object.keys(read.data ?? {}).filter(key => !known.includes(key))
  if (read.success && alien.length === 0) return read.data
  throw new Misuse(
    [...wrong, ...alien].map(what => ({ say: 'unknown-setting', values: { at: file, what, all: known.join(', ') } })),
  )
}

function parsedYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const isMissing = error instanceof Error && 'syscall' in error
    const why = error instanceof Error ? error.message : String(error)
    throw new Misuse([{ say: isMissing ? 'no-such-file' : 'bad-yaml', values: { at: file, why } }])
  }
}
