import type { Session } from './session.ts'

/** Whether a person agrees to what was just shown to them; says that nothing was changed where nobody does, or can. */
export async function agreed({ terminal, say }: Session, canAsk = true): Promise<boolean> {
  if (!terminal.interactive || !canAsk) {
    terminal.err(say('not-asked'))
    return false
  }
  if (/^(y|yes|是)$/i.test((await terminal.ask(say('go-ahead'))).trim())) return true
  terminal.err(say('left-alone'))
  return false
}
