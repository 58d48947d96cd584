import * as fc from 'fast-check'
import type { Command, Context } from '../src/model/command.ts'
import { ensureDefaults } from '../src/model/defaults.ts'
import { edit } from '../src/model/edit.ts'
import { committed, emptyModel, type Model } from '../src/model/model.ts'
import { Refused } from '../src/model/problem.ts'
import { newKey } from '../src/pki/key.ts'
import { selfSigned } from '../src/pki/self-signed.ts'
import { commandOf, type Move, moves } from './any-command.ts'

/** A model and the surroundings that edits of it go on with. */
export interface Grown {
  readonly model: Model
  readonly context: Context
}

/** A model with the region `local`, its pool and the default group; ids and the clock are counted. */
export function freshModel(): Grown {
  let made = 0
  const context: Context = {
    now: '2026-01-01T00:00:00Z',
    author: 'tester',
    newId: prefix => `${prefix}-${(made++).toString(36).padStart(8, '0')}`,
    placeholder: selfSigned,
    newKey,
  }
  const pools = [{ name: 'bgp', addresses: ['192.0.2.0/24', '198.51.100.0/28'], reserved: ['192.0.2.1'] }]
  return { model: committed(ensureDefaults(emptyModel, { ...context, pools })), context }
}

/** The model after a command, as a store would keep it; unchanged where the command is refused. */
export function afterCommand({ model, context }: Grown, command: Command): Model {
  try {
    const edited = edit(model, command, context).model
    return edited === model ? model : committed(edited)
  } catch (error) {
    if (error instanceof Refused) return model
    throw error
  }
}

/** The model that moves lead to. */
export function modelAfter(list: readonly Move[], { model, context }: Grown = freshModel()): Model {
  return list.reduce((present, move) => {
    const command = commandOf(present, move)
    return command ? afterCommand({ model: present, context }, command) : present
  }, model)
}

/** Random moves, most of which can be done; the first ones make sure that there is something to move. */
export const anyMoves: fc.Arbitrary<readonly Move[]> = fc
  .tuple(
    moves(['vpc']),
    fc.array(moves(['vpc', 'natGateway', 'server', 'loadBalancer', 'snatRule']), { maxLength: 8, size: 'max' }),
    fc.array(moves(), { maxLength: 30, size: 'max' }),
  )
  .map(([first, ground, rest]) => [first, ...ground, ...rest])

/** Any valid model, grown by random commands: several VPCs with overlapping ranges, and drafts that are not all applied. */
export const anyModel: fc.Arbitrary<Model> = anyMoves.map(list => modelAfter(list))
