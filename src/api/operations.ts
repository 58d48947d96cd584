import type { Operation } from '../client/wire.ts'
import type { Commands, Done } from '../commands/commands.ts'
import type { Command } from '../model/command.ts'
import type { Model } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Journal } from '../store/journal.ts'
import { StoreFailed } from '../store/store-failed.ts'

/** Commands that are noted: who did what. */
export interface OperationLog extends Commands {
  readonly journal: Journal
  /** Notes that somebody signed in or out, or what kept them from it. */
  noteSession(what: 'sign-in' | 'sign-out', author: string, from: string, error?: unknown): void
  /** Notes that an access key was made or taken away. */
  noteKey(what: 'create' | 'delete', id: string, author: string, from: string): void
}

/** A log of the commands that are run through it. What cannot be noted is told to `onBug`: the command itself was done. */
export function logOperations(
  commands: Commands,
  journal: Journal,
  model: () => Model,
  onBug: (error: unknown) => void,
): OperationLog {
  function note(what: Omit<Operation, 'number' | 'at'>) {
    try {
      journal.add({ at: new Date().toISOString(), ...what })
    } catch (error) {
      onBug(error)
    }
  }
  function noteCommand(command: Command, author: string, from: string, what: Partial<Operation>) {
    const id = 'id' in command ? command.id : ''
    const forced = 'force' in command && command.force ? { forced: true as const } : {}
    note({ author, do: command.do, kind: command.kind, id, ...forced, ...asked(from), ...what })
  }
  const runSteps: Commands['runSteps'] = async (steps, author, from = '') => {
    const before = model().resources
    const nameOf = (command: Command) => ('id' in command ? before.get(command.id)?.name : undefined)
    try {
      const done = await commands.runSteps(steps, author, from)
      for (const [i, { command }] of steps.entries())
        noteCommand(command, author, from, outcomeOf(done[i], nameOf(command)))
      return done
    } catch (error) {
      // None was done, and which of them is to blame is not known: the first stands for all.
      const [first] = steps
      const name = first && nameOf(first.command)
      if (first) noteCommand(first.command, author, from, { ...(name ? { name } : {}), refused: reasonOf(error) })
      throw error
    }
  }
  return {
    journal,
    async run(command, author, from = '') {
      const before = 'id' in command ? model().resources.get(command.id)?.name : undefined
      try {
        const edited = await commands.run(command, author, from)
        noteCommand(command, author, from, outcomeOf(edited, before))
        return edited
      } catch (error) {
        noteCommand(command, author, from, { ...(before ? { name: before } : {}), refused: reasonOf(error) })
        throw error
      }
    },
    runAll: (list, author, from) =>
      runSteps(
        list.map(command => ({ command })),
        author,
        from,
      ),
    runSteps,
    async restore(past, ids, author, from = '') {
      const done = await commands.restore(past, ids, author, from)
      for (const id of [...done.recreated, ...done.drafts]) {
        const resource = done.model.resources.get(id)
        if (!resource) continue
        const { kind, name, generation } = resource
        note({ author, do: 'restore', kind, id, ...(name ? { name } : {}), generation, ...asked(from) })
      }
      return done
    },
    noteKey(what, id, author, from) {
      note({ author, do: what, kind: 'key', id, ...asked(from) })
    },
    noteSession(what, author, from, error) {
      note({
        author,
        do: what,
        kind: 'session',
        id: '',
        ...asked(from),
        ...(error === undefined ? {} : { refused: reasonOf(error) }),
      })
    },
  }
}

/** What a command left in place, for the log. */
function outcomeOf(done: Done | undefined, before: string | undefined): Partial<Operation> {
  const { resource, child } = done ?? { resource: null, child: null }
  const name = resource?.name ?? before
  return {
    ...(resource ? { id: resource.id, generation: resource.generation } : {}),
    ...(name ? { name } : {}),
    ...(child === null ? {} : { child }),
  }
}

/** Where a request came from, as far as that is known: what comes through the socket has no address. */
function asked(from: string): Pick<Operation, 'from'> {
  return from === '' ? {} : { from }
}

function reasonOf(error: unknown): NonNullable<Operation['refused']> {
  if (error instanceof StoreFailed) return error.problem.code
  return (error instanceof Refused ? error.problems[0]?.code : undefined) ?? 'internal'
}
