import type { WireProblem } from '../../client/wire.ts'
import { fieldPath } from './body-of.ts'

type Path = readonly (string | number)[]

/** A field, and all that is wrong in it. */
export interface Fault {
  readonly name: Path
  readonly errors: string[]
}

/** Problems by the fields that they are about, in the order of the form; and those that are about none of them. */
export function placed(names: readonly Path[], problems: readonly WireProblem[]) {
  const told = problems.map(problem => ({ problem, name: fieldOf(names, fieldPath(problem.at)) }))
  const faults = names.flatMap((name): Fault | [] => {
    const errors = told.filter(each => each.name === name).map(({ problem }) => problem.message)
    return errors.length > 0 ? { name, errors } : []
  })
  return { faults, rest: told.filter(({ name }) => name === undefined).map(({ problem }) => problem) }
}

/** The field with the longest name that a place begins with; else the first of those that the place is made up of. */
function fieldOf(names: readonly Path[], path: Path): Path | undefined {
  const begins = (whole: Path, part: Path) =>
    part.length > 0 && part.every((each, i) => String(each) === String(whole[i]))
  const around = names.filter(name => begins(path, name)).toSorted((a, b) => b.length - a.length)
  return around[0] ?? names.find(name => begins(name, path))
}

/** Where a problem stands, as the form and its pages call it: 后端 3 · 转发策略. */
export function placeText(at: string, where: string, label: (attribute: string, where: string) => string): string {
  let within = where
  const words = fieldPath(at).map(part => {
    if (typeof part === 'number') return ` ${part + 1}`
    const word = label(part, within)
    within = part
    return ` · ${word}`
  })
  return words.join('').slice(3)
}
