import { z } from 'zod'
import type { Role } from '../client/wire.ts'
import type { Done } from '../commands/commands.ts'
import type { Command } from '../model/command.ts'
import type { Id, Model } from '../model/model.ts'
import type { Cloud } from './cloud.ts'
import type { Answer, Names } from './envelope.ts'
import { flag, int, list, readParameters, text, type Wire } from './parameters.ts'

/** Who asks, proven by a signature. */
export interface Caller {
  /** The access key. */
  readonly author: string
  readonly role: Role
  /** The address that they ask from. */
  readonly from: string
}

/** One request of a caller who may make it. */
export interface Call {
  readonly cloud: Cloud
  readonly caller: Caller
  /** The region that it is about; looking at it refuses a name that is none's. */
  readonly zone: Id
  model(): Model
  /** Does a command as the caller. Rejects with what is wrong, and then nothing has changed. */
  run(command: Command): Promise<Done>
  /** Does several in one commit: all or none. `places` says of each which entry of the request it is, e.g. `listeners[0]`. */
  runAll(commands: readonly Command[], places?: readonly string[]): Promise<readonly Done[]>
  /**
   * What is read; undefined where that fails. The request then ends once it asks for a change, with all that is wrong with it
   * and with the change; at the latest where the action would answer.
   */
  heed<T>(read: () => T): T | undefined
  /** The same of each of several; those of which it fails are left out. */
  heedEach<Item, T>(items: readonly Item[], read: (item: Item, index: number) => T): readonly T[]
  /**
   * Begins a job that ends when the machines have done this; answers with its id. While it lasts, the resources show
   * `transition`, e.g. `creating`.
   */
  job(transition: string, resources: readonly Id[], done: Done | readonly Done[]): string
}

/** One thing that this API can do. The documentation's table is made from these. */
export interface Action {
  readonly name: string
  /** Other names that it goes by. */
  readonly aliases: readonly string[]
  readonly needs: Role
  /** Whether it changes anything: then a request is done once only. */
  readonly mutates: boolean
  readonly parameters: z.ZodObject
  readonly names: Names
  /** What users must know of it. */
  readonly note: string
  /** Whether it changes something otherwise than by commands. */
  readonly direct: boolean
  perform(wire: Wire, call: Call): Answer | Promise<Answer>
}

interface Options {
  readonly aliases?: readonly string[]
  readonly needs?: Role
  /** How its parameters call what the model calls otherwise, for sentences about what is wrong. */
  readonly names?: Names
  readonly note?: string
  readonly direct?: boolean
}

type Run<Shape extends z.ZodRawShape> = (
  parameters: z.output<z.ZodObject<Shape>>,
  call: Call,
) => Answer | Promise<Answer>

/** An action that only looks. */
export function reading<Shape extends z.ZodRawShape>(
  name: string,
  parameters: Shape,
  run: Run<Shape>,
  options: Options = {},
): Action {
  return actionOf({ name, mutates: false, needs: 'read-only', ...options }, parameters, run)
}

/** An action that changes something. In those that are named Modify… an empty value is one: it clears. */
export function changing<Shape extends z.ZodRawShape>(
  name: string,
  parameters: Shape,
  run: Run<Shape>,
  options: Options = {},
): Action {
  return actionOf({ name, mutates: true, needs: 'operator', ...options }, parameters, run)
}

function actionOf<Shape extends z.ZodRawShape>(
  options: Options & Pick<Action, 'name' | 'mutates' | 'needs'>,
  shape: Shape,
  run: Run<Shape>,
): Action {
  const parameters = z.object(shape)
  const emptyCounts = options.name.startsWith('Modify')
  return {
    aliases: [],
    names: {},
    note: '',
    direct: false,
    ...options,
    parameters,
    perform(wire, call) {
      const { given, refused } = readParameters(parameters, wire, emptyCounts)
      if (refused && options.direct) throw refused
      if (refused)
        call.heed(() => {
          throw refused
        })
      return run(given, call)
    },
  }
}

/** What every list can be asked for. */
export const listing = {
  offset: int(0).default(0),
  limit: int(0).default(0),
  verbose: int(0).default(0),
  search_word: text.optional(),
  tags: list(text).optional(),
  status: list(text).optional(),
  reverse: flag.default(false),
}

export type Listing = z.output<z.ZodObject<typeof listing>>
