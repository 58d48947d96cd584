import { z } from 'zod'
import type { Command } from '../model/command.ts'
import { filledMember } from '../model/define.ts'
import { edit } from '../model/edit.ts'
import { attributeOf, childOf, isRaw } from '../model/edit/body.ts'
import { problemsOf } from '../model/issue.ts'
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
      if (!(error instanceof Refused)) throw error
      const isHomeless =
        command.do === 'add-child' && error.problems.every(({ code, at }) => code === 'not-found' && at === '')
      return isHomeless ? [...error.problems, ...wrongInItself(command)] : error.problems
    }
  })
}

/** What is wrong with a child whatever it is added to. */
function wrongInItself({ kind, path, body }: Extract<Command, { readonly do: 'add-child' }>): readonly Problem[] {
  const [first = '', ...inner] = path.filter((_, i) => i % 2 === 0)
  const outer = childOf(attributeOf(kind, first))?.shape
  const shape = inner.reduce((of, list) => of && childOf(of.shape[list])?.shape, outer)
  if (!shape || !isRaw(body)) return []
  const whole = { ...filledMember(shape, body), id: '' }
  const read = z.safeParse(shape, whole)
  return read.success ? [] : problemsOf(read.error, whole)
}
