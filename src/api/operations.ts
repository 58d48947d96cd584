import type { Operation } from '../client/wire.ts'
import type { Commands } from '../commands/commands.ts'
import type { Command } from '../model/command.ts'
import { Refused } from '../model/problem.ts'

/** Commands that are noted: who did what, newest last. Forgets the oldest. */
export interface OperationLog extends Commands {
  readonly latest: readonly Operation[]
}

/** A log of the commands that are run through it. */
export function logOperations(commands: Commands, most = 2_000): OperationLog {
  const latest: Operation[] = []
  function note(command: Command, author: string, what: Partial<Operation>) {
    const id = 'id' in command ? command.id : ''
    latest.push({ at: new Date().toISOString(), author, do: command.do, kind: command.kind, id, ...what })
    if (latest.length > most) latest.shift()
  }
  return {
    latest,
    async run(command, author) {
      try {
        const edited = await commands.run(command, author)
        const { resource, child } = edited
        note(command, author, {
          ...(resource ? { id: resource.id, generation: resource.generation } : {}),
          ...(child === null ? {} : { child }),
        })
        return edited
      } catch (error) {
        const refused = error instanceof Refused ? error.problems[0]?.code : undefined
        note(command, author, { refused: refused ?? 'internal' })
        throw error
      }
    },
  }
}
