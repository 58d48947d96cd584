/** Run by run.ts in a sandbox: one benchmark by name, whose tables go back as a message. */
import { benchmarks, type Name } from './benchmarks.ts'

const name = process.argv[2] as Name
process.send?.(await benchmarks[name].measure())
process.disconnect?.()
