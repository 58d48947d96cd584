/**
 * What long-running programs are started with: a heap that stays small costs them no time that could be measured, and is
 * worth 70 MB each.
 */
export const lean = ['--optimize-for-size', '--max-semi-space-size=2'] as const

/** The command line that starts one of our own programs again with options, on the Node that runs this one. */
export function selfArgv(program: string, options: object): [string, ...string[]] {
  const main = process.argv[1] ?? ''
  return [process.execPath, ...new Set([...process.execArgv, ...lean]), main, 'run', program, JSON.stringify(options)]
}

/** An abort signal for the first wish of a person or of systemd to end. */
export function endSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort())
  return controller.signal
}
