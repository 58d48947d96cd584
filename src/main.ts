import { runCli } from './cli/run.ts'
import { programs, runSelf } from './programs/run.ts'

// Whoever reads us may have seen enough, e.g. `| head`.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  process.exit(0)
})

const [, , command, ...rest] = process.argv
process.exitCode =
  command === 'run' ? await runSelf(rest[0] ?? '', rest[1] ?? '{}') : await runCli(process.argv.slice(2), programs)
