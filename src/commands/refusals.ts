import type { Command } from '../model/command.ts'
import { edit } from '../model/edit.ts'
import type { Model } from '../model/model.ts'
import { Refused, type Problem } from '../model/problem.ts'
import { chance, utcNow } from './commands.ts'

/** What is wrong with each of several commands, each on what those before it that can be done would make. Nothing is done. */
export function refusalsOf(
  model: Model,
  commands: readonly Command[],
  author: string,
): readonly (readonly Problem[])[] {
  const context = { ...chance, now: utcNow(), author }
  let made = model
  return commands.map(command => {
    try {
      made = edit(made, command, context).model
      return []
    } catch (error) {
      if (error instanceof Refused) return error.problems
      throw error
    }
  })
}
