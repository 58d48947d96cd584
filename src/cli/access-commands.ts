import { type Command, Option } from 'commander'
import type { KeysOptions, Programs, UserOptions } from './programs.ts'
import type { Register } from './register.ts'

type Role = 'read-only' | 'operator' | 'admin'

/** `--state`: the directory that programs on this machine share. */
export const stateOption = () =>
  new Option('--state <directory>', 'where everything is kept').env('CAUSEWAY_STATE').default('/var/lib/causeway')
const roleOption = () =>
  new Option('--role <role>', 'what it may do').choices(['read-only', 'operator', 'admin']).default('operator')

/** Who may use the API and the console from elsewhere: access keys for programs, users for people. */
export function addAccessCommands(
  root: Command,
  programs: Programs,
  register: Register,
  leave: (code: number) => void,
): void {
  addKeyCommands(root, register, async options => leave(await programs.keys(options)))
  addUserCommands(root, register, async options => leave(await programs.user(options)))
}

function addKeyCommands(root: Command, register: Register, run: (options: KeysOptions) => Promise<void>): void {
  const keys = register(root.command('keys'), {
    about: 'Create, list and delete access keys, which programs sign in with from elsewhere',
    examples: ['keys create --role operator', 'keys list', 'keys delete key-1a2b3c4d5e'],
  })
  register(keys.command('create'), {
    about: 'Create an access key; its secret is shown once',
    examples: ['keys create --role admin'],
  })
    .addOption(roleOption())
    .addOption(stateOption())
    .action(({ role, state }: { role: Role; state: string }) => run({ do: 'create', role, state }))
  register(keys.command('list'), { about: 'List access keys, without their secrets', examples: ['keys list'] })
    .addOption(stateOption())
    .action(({ state }: { state: string }) => run({ do: 'list', state }))
  register(keys.command('delete').alias('revoke'), {
    about: 'Delete an access key; takes effect at once',
    examples: ['keys delete key-1a2b3c4d5e'],
  })
    .argument('<id>', 'its id')
    .addOption(stateOption())
    .action((id: string, { state }: { state: string }) => run({ do: 'delete', id, state }))
}

function addUserCommands(root: Command, register: Register, run: (options: UserOptions) => Promise<void>): void {
  const user = register(root.command('user'), {
    about: 'Add, list and remove people who may sign in to the console',
    examples: ['user add wang --role admin', 'user list', 'user remove wang'],
  })
  register(user.command('add'), {
    about: 'Add a user, or give one a new password; asks for it, or reads the first line that is piped in',
    examples: ['user add wang --role admin'],
  })
    .argument('<name>', 'what they sign in as')
    .addOption(roleOption())
    .addOption(stateOption())
    .action((name: string, { role, state }: { role: Role; state: string }) => run({ do: 'add', name, role, state }))
  register(user.command('list'), { about: 'List users and what they may do', examples: ['user list'] })
    .addOption(stateOption())
    .action(({ state }: { state: string }) => run({ do: 'list', state }))
  register(user.command('remove'), {
    about: 'Remove a user; ends their sessions at once',
    examples: ['user remove wang'],
  })
    .argument('<name>', 'what they sign in as')
    .addOption(stateOption())
    .action((name: string, { state }: { state: string }) => run({ do: 'remove', name, state }))
}
