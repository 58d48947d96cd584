import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'

/** What the command line needs of the world around it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Its width; undefined where nobody looks. */
  readonly columns: number | undefined
  /** Whether a person can be asked. */
  readonly interactive: boolean
  out(line: string): void
  err(line: string): void
  ask(question: string): Promise<string>
  readInput(): Promise<string>
}

/** The terminal that this process was started from. */
export function processTerminal(): Terminal {
  return {
    env: process.env,
    columns: process.stdout.columns,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    out: line => void process.stdout.write(`${line}\n`),
    err: line => void process.stderr.write(`${line}\n`),
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return await lines.question(question)
      } finally {
        lines.close()
      }
    },
    readInput: () => text(process.stdin),
  }
}
