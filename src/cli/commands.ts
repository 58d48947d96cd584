import tab from '@bomb.sh/tab/commander'
import { Command, Option } from 'commander'
import { kindNames, kinds } from '../model/kinds.ts'
import { addDiagnoseCommand } from './diagnose-command.ts'
import { addDraftCommands } from './draft-commands.ts'
import { addForecastCommand } from './forecast-command.ts'
import { addExplainCommand } from './explain-command.ts'
import { addHealthCommand } from './health-command.ts'
import { addLogsCommand } from './logs-command.ts'
import { addPastCommands } from './past-commands.ts'
import { addProgramCommands } from './program-commands.ts'
import type { Programs } from './programs.ts'
import { registerOn } from './register.ts'
import { addResourceCommands } from './resource-commands.ts'
import type { Connection } from './session.ts'
import { defaultUrl } from './session.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { addTraceCommand } from './trace-command.ts'
import { addTrialCommands } from './trial-commands.ts'
import { addWatchCommands } from './watch-commands.ts'

const closing = `
Words:
  A change of listeners, rules or routes waits in a draft; "apply" puts it to work.
  Names may stand for ids everywhere. Kinds may be written as kind, plural, or id prefix.

Exit codes:
  0  done
  1  refused, failed, or not active in time
  2  not understood: nothing was sent that changes anything

Environment:
  CAUSEWAY_URL, CAUSEWAY_KEY   the server, and the access key "<id>:<secret>" for it
  LC_ALL, LANG                 zh… for Chinese

Completion:
  source <(causeway complete bash)     also: zsh, fish`

/** The whole command line. `leave` is told the exit code of the command that ran. */
export function buildCli(
  programs: Programs,
  terminal: Terminal = processTerminal(),
  leave: (code: number) => void = code => void (process.exitCode = code),
): Command {
  const root = new Command('causeway')
    .description('A cloud network of your own: VPCs, NAT gateways, and load balancers across the public internet.')
    .addOption(new Option('--url <url>', `the server, or the path of its socket (${defaultUrl})`))
    .addOption(new Option('--key <id:secret>', 'an access key; better in CAUSEWAY_KEY'))
    .addOption(new Option('--lang <language>', 'the language to answer in').choices(['en', 'zh']))
    .configureHelp({ showGlobalOptions: true, helpWidth: terminal.columns ?? 100 })
    .configureOutput({ writeOut: text => terminal.out(text.trimEnd()), writeErr: text => terminal.err(text.trimEnd()) })
    .addHelpText('after', closing)
    .showSuggestionAfterError()
    .exitOverride()
  const register = registerOn(terminal, () => root.opts<Connection>(), leave)
  addProgramCommands(root, programs, register, leave)
  addResourceCommands(root, register)
  addDraftCommands(root, register)
  addTrialCommands(root, register)
  addPastCommands(root, register)
  addDiagnoseCommand(root, register)
  addTraceCommand(root, register)
  addExplainCommand(root, register)
  addForecastCommand(root, register)
  addHealthCommand(root, register)
  addWatchCommands(root, register)
  addLogsCommand(root, register)
  offerKinds(tab(root), root)
  return root
}

/** Lets a shell complete the kind where a command takes one first. */
function offerKinds(completion: ReturnType<typeof tab>, root: Command): void {
  for (const command of root.commands.filter(each => each.registeredArguments[0]?.name() === 'kind')) {
    completion.commands.get(command.name())?.argument('kind', complete => {
      for (const kind of kindNames) complete(kind, kinds[kind].label.en)
    })
  }
}
