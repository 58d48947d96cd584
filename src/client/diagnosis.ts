import type { Command } from '../model/command.ts'
import type { Id } from '../model/model.ts'
import { childPath, pathOf } from './paths.ts'
import type { ProbeReport } from './probes.ts'
import type { Trace } from './trace-wire.ts'

/** What is wrong, the cause first. */
export interface Diagnosis {
  readonly items: readonly WireFinding[]
  /** Whether flows of that kind get there and are answered, as far as what was applied says; null where none was followed. */
  readonly reaches: boolean | null
  /** The way of one of them. */
  readonly path: Pick<Trace, 'there' | 'back'> | null
  /** What came of a probe; null where none was asked for, or could be sent. */
  readonly probe: ProbeReport | null
}

/** One thing that is wrong, in the language of whoever asks. */
export interface WireFinding {
  readonly code: string
  /** The resource to mend. */
  readonly resource: Id
  readonly message: string
  /** What to do about it. */
  readonly fix: string
  /** Proved by what was applied; seen on the machine or on the wire; or guessed from what was not seen. */
  readonly certainty: 'proved' | 'seen' | 'guessed'
  /** False where all is as it was meant, and only looks like a fault. */
  readonly fault: boolean
  /** The source addresses that somebody elsewhere must admit, where that may be it. */
  readonly admit: readonly string[]
  /** Requests that mend it; null where only somebody elsewhere can, or must choose. */
  readonly repair: WireRepair | null
}

export interface WireRepair {
  /** In this order. */
  readonly requests: readonly WireRequest[]
  /** What else comes of it. */
  readonly effects: readonly string[]
}

/** A request to the API. */
export interface WireRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** What later requests call the id of what this one makes, in braces: `{eip}`. */
  readonly as?: string
  /** What it does. */
  readonly about: string
}

/** The request that does a command. */
export function requestOf(command: Command): Omit<WireRequest, 'about'> {
  const { kind } = command
  switch (command.do) {
    case 'create':
      return { method: 'POST', path: pathOf(kind), body: command.body }
    case 'patch':
      return { method: 'PATCH', path: pathOf(kind, command.id), body: command.body }
    case 'delete':
      return { method: 'DELETE', path: pathOf(kind, command.id) + (command.force ? '?force=true' : '') }
    case 'apply':
    case 'discard':
      return { method: 'POST', path: `${pathOf(kind, command.id)}:${command.do}` }
    case 'rollback':
      return {
        method: 'POST',
        path: `${pathOf(kind, command.id)}:rollback`,
        body: { generation: command.generation },
      }
    case 'add-child':
      return { method: 'POST', path: childPath(kind, command.id, command.path), body: command.body }
    case 'patch-child':
      return { method: 'PATCH', path: childPath(kind, command.id, command.path), body: command.body }
    case 'delete-child':
      return { method: 'DELETE', path: childPath(kind, command.id, command.path) }
  }
}
