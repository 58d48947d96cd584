/**
 * What long-running programs are started with: less room for young objects is worth 40 MB each, and costs no time that could
 * be measured. With still less, or with `--optimize-for-size`, an agent takes twice as long to take up a thousand networks.
 */
export const lean = ['--max-semi-space-size=4'] as const

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
