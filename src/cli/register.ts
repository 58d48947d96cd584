import type { Command } from 'commander'
import { kindNames } from '../model/kinds.ts'
import { type Connection, openSession, type Session } from './session.ts'
import type { Terminal } from './terminal.ts'

/** What a command's help says besides its arguments. */
export interface Telling {
  readonly about: string
  /** Complete lines, without the program's name. */
  readonly examples: readonly string[]
  /** What is told besides, of the words that were typed before help was asked for, and examples that go with these. */
  readonly more?: (words: readonly string[], width: number) => More
}

interface More {
  readonly text: string
  readonly examples: readonly string[]
}

/** Gives commands their help, and their run a session. */
export interface Register {
  (command: Command, telling: Telling): Command
  /** An action that talks to a server; what it resolves to is the exit code. */
  run<Args extends readonly unknown[]>(
    of: (session: Session, ...args: Args) => Promise<number>,
  ): (...args: Args) => Promise<void>
}

/** Lines of text that are longer are hard to read. */
const widest = 100

export const kindsHelp = `a kind, its plural, or the prefix of its ids: ${kindNames.join(', ')}`

/** What registers commands of a program that runs in this terminal. `leave` takes the exit code. */
export function registerOn(terminal: Terminal, connection: () => Connection, leave: (code: number) => void): Register {
  const register = (command: Command, { about, examples, more }: Telling) =>
    command.description(about).addHelpText('after', () => {
      const words = command.args.filter(each => !each.startsWith('-'))
      const told = more?.(words, Math.min(terminal.columns ?? 80, widest))
      const lines = (told?.examples ?? examples).map(each => `  causeway ${each}`)
      return `\n${told ? `${told.text}\n\n` : ''}Examples:\n${lines.join('\n')}`
    })
  const run: Register['run'] =
    of =>
    async (...args) => {
      const session = openSession(connection(), terminal)
      try {
        leave(await of(session, ...args))
      } finally {
        session.close()
      }
    }
  return Object.assign(register, { run })
}
