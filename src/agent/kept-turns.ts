import { existsSync, readFileSync } from 'node:fs'
import type { BackendTurn } from '../client/wire.ts'
import { replaceFile } from '../dataplane/proxy-record.ts'

/** Turns of backends that the server has not heard of, for the agent that comes after this one. */
export interface KeptTurns {
  read(): readonly BackendTurn[]
  /** Puts these in the place of those that were written before. */
  write(turns: readonly BackendTurn[]): void
}

/** Turns in a file. One that cannot be read or written is no reason to stop: what is in it is also in memory, as long as that lasts. */
export function turnsIn(path: string, log: (message: string) => void): KeptTurns {
  function guarded<T>(run: () => T, otherwise: T): T {
    try {
      return run()
    } catch (error) {
      log(`${path}: ${(error as Error).message}`)
      return otherwise
    }
  }
  return {
    read: () => guarded(() => (existsSync(path) ? turnsOf(JSON.parse(readFileSync(path, 'utf8'))) : []), []),
    write: turns => guarded(() => replaceFile(path, JSON.stringify(turns)), undefined),
  }
}

function turnsOf(value: unknown): readonly BackendTurn[] {
  return Array.isArray(value) ? value.filter(isTurn) : []
}

function isTurn(value: unknown): value is BackendTurn {
  const { backend, at, state, reason } = (value ?? {}) as Partial<Record<string, unknown>>
  return [backend, at, state, reason].every(each => typeof each === 'string')
}
