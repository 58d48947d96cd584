import { childAt } from './child-path.ts'
import { Misuse } from './complaint.ts'
import { directoryOf } from './directory.ts'
import { consequenceLines } from './effects-text.ts'
import type { Format } from './output.ts'
import { fetchAll, idOf, kindNamed, type Session } from './session.ts'

/** What somebody wants to know the loss of. */
interface Wish {
  readonly kind: string | undefined
  readonly name: string | undefined
  /** A part of it, e.g. `listeners/80`. */
  readonly part: string | undefined
}

/** Shows what would be lost without something; changes nothing. */
export async function showWithout(session: Session, wish: Wish, output: Format): Promise<number> {
  const { terminal, language, say } = session
  const { name, lost } = await lossOf(session, wish)
  if (output === 'json') {
    terminal.out(JSON.stringify(lost, null, 2))
    return 0
  }
  const lines = consequenceLines(lost, language)
  terminal.out(lines.length > 0 ? lines.join('\n') : say('without-nothing', { name }))
  return 0
}

async function lossOf(session: Session, { kind: word, name, part }: Wish) {
  const { client } = session
  if (word === undefined || name === undefined) throw new Misuse([{ say: 'without-what', values: {} }])
  if (word === 'host' || word === 'hosts') return { name, lost: await client.withoutHost(name) }
  const kind = kindNamed(word)
  const all = await fetchAll(client)
  const id = idOf(directoryOf(all), kind, name)
  const resource = all.find(each => each.id === id)
  const child = part === undefined || !resource ? undefined : childAt(resource, part, 'member').path.at(-1)
  return { name: part === undefined ? name : `${name} ${part}`, lost: await client.without(kind, id, child) }
}
