import { CommanderError } from 'commander'
import { ApiError } from '../client/api-error.ts'
import { buildCli } from './commands.ts'
import { Misuse } from './complaint.ts'
import { connectionFailure } from './connection-failure.ts'
import { withMoment } from './moment.ts'
import type { Programs } from './programs.ts'
import { type Connection, complaintText, defaultUrl } from './session.ts'
import { printable } from './table.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { type Language, languageOf, phrase } from './words.ts'

/**
 * Runs one command line and answers with its exit code: 0 done, 1 refused or failed, 2 not understood. What is wrong is
 * said in full, one problem a line; a bug is thrown.
 */
export async function runCli(
  argv: readonly string[],
  programs: Programs,
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code = 0
  const cli = buildCli(programs, terminal, left => void (code = left))
  try {
    await cli.parseAsync([...(argv.length > 0 ? withMoment(argv) : ['--help'])], { from: 'user' })
    return code
  } catch (error) {
    const { url = terminal.env['CAUSEWAY_URL'] ?? defaultUrl, lang } = cli.opts<Connection>()
    const [lines, exit] = told(error, languageOf(lang, terminal.env), url)
    for (const line of lines) terminal.err(line)
    return exit
  }
}

/** What to say of an error, and the exit code; throws it where it is a bug. */
function told(error: unknown, language: Language, url: string): readonly [readonly string[], number] {
  if (error instanceof Misuse) return [error.complaints.map(each => complaintText(each, language)), 2]
  if (error instanceof CommanderError) return [[], error.exitCode === 0 ? 0 : 2]
  if (error instanceof ApiError) {
    const lines = error.problems.map(({ at, resource, message }) =>
      printable(`  ${[resource, at].filter(Boolean).join(' ')}${resource || at ? ': ' : ''}${message}`),
    )
    return [[phrase(language, 'refused'), ...(lines.length > 0 ? lines : [`  ${error.message}`])], 1]
  }
  const cause = connectionFailure(error)
  if (cause) return [[phrase(language, 'no-server', { url, why: cause })], 1]
  throw error
}
