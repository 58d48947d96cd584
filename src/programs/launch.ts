/** The command line that starts one of our own programs again with options, on the Node that runs this one. */
export function selfArgv(program: string, options: object): [string, ...string[]] {
  const main = process.argv[1] ?? ''
  return [process.execPath, ...process.execArgv, main, 'run', program, JSON.stringify(options)]
}

/** An abort signal for the first wish of a person or of systemd to end. */
export function endSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort())
  return controller.signal
}
