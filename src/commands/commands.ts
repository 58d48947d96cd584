import { randomInt } from 'node:crypto'
import type { Command, Edited } from '../model/command.ts'
import { edit } from '../model/edit.ts'
import type { Id, Model } from '../model/model.ts'
import type { Store } from '../store/store.ts'

/** What became of a command, once it is stored. */
export interface Done extends Edited {
  /** The model as committed: what a read right after the command sees. */
  readonly model: Model
  /** The model's revision with the command in it. */
  readonly revision: number
}

/** Runs commands on a store, one after another. */
export interface Commands {
  /**
   * Resolves once the command is stored; rejects with {@link Refused} when it cannot be done, and then nothing has changed.
   * `from` is the address that it was asked from, for whoever keeps a log.
   */
  run(command: Command, author: string, from?: string): Promise<Done>
}

/** What commands take from the world; the real clock and real chance when left out. */
export interface Surroundings {
  /** RFC 3339, UTC. */
  readonly clock?: () => string
  readonly newId?: (prefix: string) => Id
}

/** The commands on a store. REST and every other face go through these. */
export function commandsOn(store: Store, { clock = utcNow, newId = randomId }: Surroundings = {}): Commands {
  return {
    async run(command, author) {
      let edited: Edited | undefined
      const model = await store.commit(before => {
        edited = edit(before, command, { now: clock(), author, newId })
        return edited.model
      })
      if (!edited) throw new Error('the store committed without asking for the change')
      return { ...edited, model, revision: model.revision }
    },
  }
}

/** The present moment, RFC 3339 in UTC. */
export function utcNow(): string {
  return new Date().toISOString()
}

/** A new id, e.g. `lb-1a2b3c4d` for `lb`. */
export function randomId(prefix: string): Id {
  return `${prefix}-${randomInt(36 ** 8)
    .toString(36)
    .padStart(8, '0')}`
}
