import type { Command } from './command.ts'
import type { Id } from './model.ts'

/** One of several commands that are one change. */
export interface Step {
  readonly command: Command
  /** What later steps call the id of what this one makes, in braces: `{eip}`. */
  readonly as?: string
}

/** A step's command once ids are known for what it calls by a name in braces. */
export function withMade<T>(value: T, made: Readonly<Record<string, Id>>): T {
  if (typeof value === 'string') {
    const name = /^\{(\w+)\}$/.exec(value)?.[1]
    return (name === undefined ? value : (made[name] ?? value)) as T
  }
  if (Array.isArray(value)) return value.map(each => withMade(each as unknown, made)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withMade(each as unknown, made)])) as T
}
