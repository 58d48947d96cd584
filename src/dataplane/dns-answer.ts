import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type Packet,
  type Question,
  type StringAnswer,
} from 'dns-packet'
import type { ResolverItem } from '../host/item.ts'

/** What a resolver knows, as questions look for it: names in lower case. */
export interface Zone {
  readonly addresses: ReadonlyMap<string, readonly string[]>
  /** By the name under `in-addr.arpa` that stands for an address. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

/** So many bytes at most has an answer by UDP. */
export const mostUdpBytes = 512
/** A query that is longer asks for something else. */
export const mostQueryBytes = 1024
/** For so long an answer may be remembered: a record that is taken away is gone soon. */
const ttl = 30

export function zoneOf(records: ResolverItem['records']): Zone {
  const names = new Map<string, string[]>()
  for (const { name, addresses } of records) {
    for (const address of new Set(addresses)) names.getOrInsertComputed(reverseName(address), () => []).push(name)
  }
  return { addresses: new Map(records.map(({ name, addresses }) => [name, addresses])), names }
}

/**
 * The answer to a query, of at most so many bytes; null where it deserves none, because it is malformed or no query. What is not
 * in the zone is refused, so that who asks goes on to the next server.
 */
export function answerTo(zone: Zone, query: Buffer, mostBytes: number): Buffer | null {
  const asked = questionOf(query)
  if (!asked) return null
  const { question, opcode, recursion } = asked
  const found = opcode === 0 ? answersIn(zone, question) : null
  const answer = (flags: number, answers: StringAnswer[]): Packet => ({
    type: 'response',
    id: query.readUInt16BE(0),
    flags: (opcode << 11) | recursion | flags,
    questions: [question],
    answers,
  })
  if (!found) return encode(answer(refused, []))
  const whole = encode(answer(AUTHORITATIVE_ANSWER, found))
  return whole.length <= mostBytes ? whole : encode(answer(AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE, []))
}

const refused = 5
const isResponse = 0x8000

/** Looks at the header by itself first: lists of the lengths that it tells are made before anything is read into them. */
function questionOf(query: Buffer) {
  if (query.length < 12 || query.length > mostQueryBytes) return null
  const flags = query.readUInt16BE(2)
  const [questions, answers] = [query.readUInt16BE(4), query.readUInt16BE(6)]
  if ((flags & isResponse) !== 0 || questions !== 1 || answers !== 0) return null
  // What stands behind the question, such as options, is not for us.
  const bare = Buffer.from(query)
  bare.writeUInt32BE(0, 8)
  const question = decodeQuestion(bare)
  return question && { question, opcode: (flags >> 11) & 0xf, recursion: flags & RECURSION_DESIRED }
}

function decodeQuestion(query: Buffer): Question | null {
  try {
    const [question] = decode(query).questions ?? []
    // Others would not be the same again when they are said back.
    return question && /^[\x21-\x7e]+$/.test(question.name) ? question : null
  } catch {
    return null
  }
}

/** Null where the zone does not know the name. */
function answersIn(zone: Zone, { name, type, class: family }: Question): StringAnswer[] | null {
  if (family !== 'IN' && family !== 'ANY') return null
  const key = name.toLowerCase()
  const answers = (kind: 'A' | 'PTR', data: readonly string[]) =>
    asksFor(type, kind) ? data.map((each): StringAnswer => ({ type: kind, name, ttl, class: 'IN', data: each })) : []
  const [addresses, names] = [zone.addresses.get(key), zone.names.get(key)]
  if (!addresses && !names) return null
  return [...answers('A', addresses ?? []), ...answers('PTR', names ?? [])]
}

/** There is a type that stands for all, which the types of the library do not know. */
function asksFor(type: string, kind: 'A' | 'PTR'): boolean {
  return type === kind || type === 'ANY'
}

function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`
}
