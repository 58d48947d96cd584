import type { z } from 'zod'
import { causewayClient } from '../client/client.ts'
import type { WireProblem, WireResource } from '../client/wire.ts'
import { kindNames, kinds, type KindName } from '../model/kinds.ts'
import { problemText } from '../model/problem.ts'
import { kindOf, nearest } from './attributes.ts'
import { type Complaint, Misuse } from './complaint.ts'
import type { Directory } from './directory.ts'
import { resolveValue } from './entry.ts'
import type { Terminal } from './terminal.ts'
import { hintText, labelOfKind, type Language, languageOf, phrase, type Phrase } from './words.ts'

type Client = ReturnType<typeof causewayClient>

/** Where the server listens unless somebody says otherwise. */
export const defaultUrl = 'http://127.0.0.1:7480'

/** Options that every command which talks to a server has. */
export interface Connection {
  readonly url?: string
  readonly key?: string
  readonly lang?: string
}

/** One run of a command that talks to a server. */
export interface Session {
  readonly client: Client
  readonly terminal: Terminal
  readonly language: Language
  readonly url: string
  say(key: Phrase, values?: Readonly<Record<string, string | number>>): string
  /** The notes of an answer, for people: on stderr, so that output stays clean. */
  note(warnings: readonly WireProblem[] | undefined): void
  close(): void
}

/** Opens a session; nothing is sent yet. */
export function openSession({ url, key, lang }: Connection, terminal: Terminal): Session {
  const language = languageOf(lang, terminal.env)
  const say: Session['say'] = (phraseKey, values) => phrase(language, phraseKey, values)
  const where = url ?? terminal.env['CAUSEWAY_URL'] ?? defaultUrl
  const secret = key ?? terminal.env['CAUSEWAY_KEY']
  const client = causewayClient({
    ...(where.startsWith('/') ? { socketPath: where } : { url: checkedUrl(where) }),
    ...(secret === undefined ? {} : { key: secret }),
    language: language === 'zh' ? 'zh-CN' : 'en',
  })
  return {
    client,
    terminal,
    language,
    url: where,
    say,
    note: warnings => warnings?.forEach(({ message }) => terminal.err(say('warning', { text: message }))),
    close: () => client.close(),
  }
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text
  throw new Misuse([{ say: 'not-a-url', values: { text, example: defaultUrl } }])
}

/** The kind that a word names; throws with what there is. */
export function kindNamed(word: string): KindName {
  const kind = kindOf(word)
  if (kind) return kind
  const all = [...kindNames, ...kindNames.map(name => kinds[name].plural)]
  throw new Misuse([
    { say: 'unknown-kind', values: { word, near: nearest(word, all) ?? '', all: kindNames.join(', ') } },
  ])
}

/** Every resource of these kinds; of all of them when left out. As they were at a moment (RFC 3339), where one is given. */
export async function fetchAll(
  client: Client,
  of: readonly KindName[] = kindNames,
  at?: string,
): Promise<readonly WireResource[]> {
  const lists = await Promise.all(of.map(kind => fetchKind(client, kind, at)))
  return lists.flat()
}

async function fetchKind(client: Client, kind: KindName, at: string | undefined): Promise<readonly WireResource[]> {
  const list: WireResource[] = []
  for await (const each of client.all(kind, at === undefined ? {} : { at })) list.push(each as WireResource)
  return list
}

/** The id of the resource of a kind that a person named by name or id; throws with what there is. */
export function idOf(directory: Directory, kind: KindName, word: string): string {
  const [id, ...others] = directory.find([kind], word)
  if (id !== undefined && others.length === 0) return id
  if (id !== undefined)
    throw new Misuse([{ say: 'ambiguous-name', values: { at: word, word, all: [id, ...others].join(', ') } }])
  throw new Misuse([
    { say: 'no-such-resource', values: { at: word, word, kind, near: nearest(word, directory.namesOf([kind])) ?? '' } },
  ])
}

/** A body with ids for the names that people may use in it; throws with everything that names nothing. */
export function withIds(
  schemas: Readonly<Record<string, z.core.$ZodType>>,
  body: Readonly<Record<string, unknown>>,
  directory: Directory,
): Readonly<Record<string, unknown>> {
  const looked = Object.entries(body).map(([key, value]) => {
    const schema = schemas[key]
    return {
      key,
      ...(schema ? resolveValue(schema, value, key, { entries: [], directory }) : { value, complaints: [] }),
    }
  })
  const complaints = looked.flatMap(each => each.complaints)
  if (complaints.length > 0) throw new Misuse(complaints)
  return Object.fromEntries(looked.map(({ key, value }) => [key, value]))
}

/** A complaint as a sentence in a language. */
export function complaintText({ say, values, problem }: Complaint, language: Language): string {
  const kind = String(values['kind'] ?? '')
  const readable = kind
    .split('/')
    .map(each => labelOfKind(each, language))
    .join(' / ')
  const near = String(values['near'] ?? '')
  const text = problem ? { text: problemText(problem, language) } : {}
  return phrase(language, say, { ...values, ...text, kind: readable, hint: near ? hintText(near, language) : '' })
}
