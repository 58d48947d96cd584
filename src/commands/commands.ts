import { randomInt } from 'node:crypto'
import type { Command, Edited } from '../model/command.ts'
import { edit } from '../model/edit.ts'
import type { Id, Model } from '../model/model.ts'
import { Refused, type Problem } from '../model/problem.ts'
import { restore, type Restored } from '../model/restore.ts'
import { withMade, type Step } from '../model/step.ts'
import { newKey } from '../pki/key.ts'
import { selfSigned } from '../pki/self-signed.ts'
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
  /** Runs several in one commit, each on what those before it made: all are stored, or none. Answers in their order. */
  runAll(commands: readonly Command[], author: string, from?: string): Promise<readonly Done[]>
  /** The same for commands of which some name what others make. */
  runSteps(steps: readonly Step[], author: string, from?: string): Promise<readonly Done[]>
  /** Makes drafts of what ran at an earlier moment, see {@link restore}; of everything where no resources are named. */
  restore(past: Model, ids: readonly Id[] | null, author: string, from?: string): Promise<Restored>
}

/** What chance has a hand in, for {@link edit}. */
export const chance = { newId: randomId, placeholder: selfSigned, newKey }

/** What commands take from the world; the real clock and real chance when left out. */
export interface Surroundings {
  /** RFC 3339, UTC. */
  readonly clock?: () => string
  readonly newId?: (prefix: string) => Id
  /** What publishing these resources would break that people rely on; asked in the commit, so that nothing comes between. */
  readonly guard?: (before: Model, after: Model, published: readonly Id[]) => readonly Problem[]
}

/** The commands on a store. REST and every other face go through these. */
export function commandsOn(store: Store, { clock = utcNow, newId = randomId, guard }: Surroundings = {}): Commands {
  async function runSteps(steps: readonly Step[], author: string): Promise<readonly Done[]> {
    let edits: readonly Edited[] = []
    const committed = await store.commit(before => {
      const context = { ...chance, newId, now: clock(), author }
      let model = before
      const made: Record<string, Id> = {}
      const commands: Command[] = []
      edits = steps.map(({ command: said, as }) => {
        // Bodies from outside come alone: they may be nested without end, and are not gone through.
        const command = Object.keys(made).length === 0 ? said : withMade(said, made)
        const edited = edit(model, command, context)
        model = edited.model
        if (as !== undefined && edited.resource) made[as] = edited.resource.id
        commands.push(command)
        return edited
      })
      const broken =
        guard?.(
          before,
          model,
          commands.filter(isPublishing).map(({ id }) => id),
        ) ?? []
      if (broken.length > 0) edits = told(commands, edits, broken)
      return model
    })
    return edits.map(edited => ({ ...edited, model: committed, revision: committed.revision }))
  }

  const runAll = (commands: readonly Command[], author: string) =>
    runSteps(
      commands.map(command => ({ command })),
      author,
    )
  return {
    runAll,
    runSteps,
    async restore(past, ids, author) {
      let done: Restored | undefined
      await store.commit(before => {
        done = restore(before, past, ids, { ...chance, newId, now: clock(), author })
        return done.model
      })
      if (!done) throw new Error('the store committed without asking for the change')
      return done
    },
    async run(command, author) {
      const [done] = await runAll([command], author)
      if (!done) throw new Error('the store committed without asking for the change')
      return done
    },
  }
}

type Publishing = Extract<Command, { readonly do: 'apply' | 'rollback' }>

function isPublishing(command: Command): command is Publishing {
  return command.do === 'apply' || command.do === 'rollback'
}

/** The edits with warnings of what they break; refused unless all who publish have it so. */
function told(commands: readonly Command[], edits: readonly Edited[], broken: readonly Problem[]): readonly Edited[] {
  if (commands.some(command => isPublishing(command) && command.force !== true)) throw new Refused(broken)
  const warnings = broken.map((problem): Problem => ({ ...problem, code: 'policy-forced' }))
  const first = commands.findIndex(isPublishing)
  return edits.map((edited, i) => (i === first ? { ...edited, warnings: [...edited.warnings, ...warnings] } : edited))
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
