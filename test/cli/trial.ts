import { serve } from '../../src/api/serve.ts'
import type { Programs } from '../../src/cli/programs.ts'
import { runCli } from '../../src/cli/run.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { freshModel } from '../any-model.ts'

/** What a command line did. */
export interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface Typing {
  /** What standard input holds. */
  readonly input?: string
  /** What a person answers when asked; nobody can be asked without. */
  readonly answer?: string
  readonly env?: Readonly<Record<string, string>>
  /** How wide the terminal is. */
  readonly columns?: number
}

/** Programs that only tell what they were started with. */
export function recordingPrograms(record: (name: string, options: unknown) => void): Programs {
  const told = (name: string) => async (options: unknown) => {
    record(name, options)
    return 0
  }
  return {
    demo: told('demo'),
    up: told('up'),
    down: told('down'),
    server: told('server'),
    agent: told('agent'),
    exec: told('exec'),
    keys: told('keys'),
    user: told('user'),
  }
}

/** Runs a command line as a person would, and collects what it prints. */
export async function type(
  argv: readonly string[],
  { input = '', answer, env = {}, columns = 120 }: Typing = {},
  programs: Programs = recordingPrograms(() => {}),
): Promise<Run> {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await runCli(argv, programs, {
    env: { LANG: 'en_US.UTF-8', ...env },
    columns,
    interactive: answer !== undefined,
    out: line => out.push(line),
    err: line => err.push(line),
    ask: async question => {
      err.push(question)
      return answer ?? ''
    },
    readInput: async () => input,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

/** A server of this process, as `up` would start it, and a command line that talks to it. */
export async function trialServer() {
  const store = memoryStore(freshModel().model)
  const server = await serve({ store, listen: { host: '127.0.0.1', port: 0 } })
  const cli = (line: readonly string[] | string, typing: Typing = {}, programs?: Programs) => {
    const env = { CAUSEWAY_URL: server.url, ...typing.env }
    return type(typeof line === 'string' ? line.split(' ') : line, { ...typing, env }, programs)
  }
  return { url: server.url, store, turns: server.core.turns, cli, close: () => server.close() }
}
