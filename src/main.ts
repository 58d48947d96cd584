import { runSelf } from './programs/run.ts'

const [, , command, ...rest] = process.argv
if (command === 'run') process.exitCode = await runSelf(rest[0] ?? '', rest[1] ?? '{}')
