import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { tableName } from '../host/ruleset-text.ts'
import type { Packet } from '../host/packet.ts'
import type { Followed, FollowWish, SeenEvent } from '../host/seen.ts'
import { bind, close, ControlReader, setOption, socket, SystemCallFailed } from './libc.ts'
import { protocol } from './netlink.ts'
import { enter } from './netns.ts'
import { keepNft, type Kept } from './nft.ts'
import { socketWords } from './probe.ts'
import { protocolNumbers, sendRaw, type RawPacket } from './raw-packet.ts'
import { rulesIn, type KernelRule } from './rules.ts'
import type { Space, Spaces } from './space.ts'
import { traceGroup, traceMessages, type Headers, type TraceMessage } from './trace-messages.ts'

export interface FollowerOptions {
  readonly spaces: Spaces
  /** Runs something while nothing is being changed. */
  readonly alone: <T>(run: () => Promise<T>) => Promise<T>
}

/** The table that marks the packet, in every namespace that is looked at. The kernel takes it away with its owner. */
const marks = 'causeway-trace'
/** So many namespaces are looked at. */
const mostNamespaces = 64
/** How long an answer from outside is waited for, and how long silence lasts where all that is to come is ours. */
const [answerMs, quietMs, lookMs] = [1500, 300, 5]

/** Sends a packet, and follows it and its answer by the kernel's trace of rules. One at a time. */
export function follower({ spaces, alone }: FollowerOptions): (wish: FollowWish) => Promise<Followed> {
  let turn: Promise<unknown> = Promise.resolve()
  return wish => {
    const result = turn.then(() => follow(wish))
    turn = result.catch(() => {})
    return result
  }

  async function follow({ netns, own, packet, among }: FollowWish): Promise<Followed> {
    const raw = rawOf(packet)
    const looked = [...new Set([netns, ...among])].slice(0, mostNamespaces).flatMap(name => spaces.get(name) ?? [])
    const origin = looked.find(({ name }) => name === netns)
    if (!origin) return { unsent: `there is no namespace ${netns}`, events: [] }
    const rules = new Map(looked.map(space => [space.name, byHandle(space)]))
    const kept: Kept[] = []
    const ear = new Ear(looked, spaces.home, raw, rules)
    try {
      const failed = await alone(() => mark(looked, textFor(raw), kept))
      if (failed !== null) return { unsent: failed, events: [] }
      const unsent = enter(origin.fd, () => sent(raw, own))
      if (unsent === null) await listen(ear, netns)
      else ear.drain()
      return { unsent, events: ear.events }
    } finally {
      ear.close()
      await alone(() => unmark(looked, kept))
    }
  }
}

function rawOf({ from, to, protocol: name, sport, dport }: Packet): RawPacket {
  const sequence = randomInt(1, 2 ** 32 - 2)
  const port = name === 'icmp' ? randomInt(1, 2 ** 16) : sport
  return { from, to, protocol: name as RawPacket['protocol'], sport: port, dport, sequence }
}

function byHandle(space: Space): ReadonlyMap<number, KernelRule> {
  return new Map(rulesIn(space, 'ip').map(rule => [rule.handle, rule]))
}

/** Why it was not sent; null where it was. What a rule drops as it leaves is an error, too. */
function sent(raw: RawPacket, own: boolean): string | null {
  try {
    sendRaw(raw, own)
    return null
  } catch (error) {
    if (error instanceof SystemCallFailed) return socketWords(error)
    throw error
  }
}

/** What marks the packet and its answer, and what tells that they came, went, or stayed. */
function textFor({ protocol: name, sport, sequence }: RawPacket): string {
  const matches = {
    tcp: [`meta l4proto tcp @th,32,32 ${sequence}`, `meta l4proto tcp @th,64,32 ${sequence + 1}`],
    udp: [`udp sport ${sport}`, `udp dport ${sport}`],
    icmp: [`icmp id ${sport}`],
  }[name]
  const marked = matches.map(match => `\t\t${match} meta nftrace set 1\n`).join('')
  const chain = (what: SeenEvent['what'], hook: string, priority: number, rules = '') =>
    `\tchain ${what} {\n\t\ttype filter hook ${hook} priority ${priority}; policy accept;\n${rules}\t}\n`
  return [
    `table ip ${marks} {\n\tflags owner\n`,
    chain('enters', 'prerouting', -400, marked),
    chain('sends', 'output', -400, marked),
    chain('leaves', 'postrouting', 400),
    chain('arrives', 'input', 400),
    '}\n',
  ].join('')
}

async function mark(looked: readonly Space[], text: string, kept: Kept[]): Promise<string | null> {
  for (const space of looked) {
    const result = await withKnown(space, () => keepNft(space.fd, text))
    if ('error' in result) return result.error
    kept.push(result)
  }
  return null
}

async function unmark(looked: readonly Space[], kept: readonly Kept[]): Promise<void> {
  for (const [i, each] of kept.entries()) await withKnown(looked[i]!, () => each.release())
}

/** Does something to the rules of a namespace that leaves our table as it is: it need not be read again for it. */
async function withKnown<T>(space: Space, run: () => Promise<T>): Promise<T> {
  const before = space.rulesGeneration()
  const isKnown = space.loaded?.generation === before
  const result = await run()
  const after = space.rulesGeneration()
  if (isKnown && space.loaded && after <= before + 1) space.loaded = { ...space.loaded, generation: after }
  return result
}

async function listen(ear: Ear, origin: string): Promise<void> {
  for (let last = performance.now(); ;) {
    if (ear.drain()) last = performance.now()
    if (ear.isOver(origin)) break
    if (performance.now() - last > (ear.isOutside() ? answerMs : quietMs)) return
    await sleep(lookMs)
  }
  // What follows the last word of a packet is told a moment later.
  await sleep(lookMs * 2)
  ear.drain()
}

/** A packet of ours in a namespace, as the chain that it is in met it. */
interface Sighting {
  readonly way: SeenEvent['way']
  headers: Headers
  iif: number
  oif: number
}

/** Hears the kernel's trace of all namespaces in one order. */
class Ear {
  readonly events: SeenEvent[] = []
  readonly #raw: RawPacket
  readonly #rules: ReadonlyMap<string, ReadonlyMap<number, KernelRule>>
  readonly #spaces: ReadonlyMap<number, Space>
  readonly #reader = new ControlReader(1 << 16)
  readonly #fd = socket(16, 3, protocol.netfilter)
  /** By namespace and packet: what is known of it. */
  readonly #known = new Map<string, Sighting>()

  constructor(
    looked: readonly Space[],
    home: Space,
    raw: RawPacket,
    rules: ReadonlyMap<string, ReadonlyMap<number, KernelRule>>,
  ) {
    this.#raw = raw
    this.#rules = rules
    this.#spaces = new Map(looked.map(space => [home.nsidOf(space.fd), space]))
    setOption(this.#fd, 1, 8, 1 << 20)
    setOption(this.#fd, 270, 8, 1)
    const address = Buffer.alloc(12)
    address.writeUInt16LE(16, 0)
    address.writeUInt32LE(1 << (traceGroup - 1), 8)
    bind(this.#fd, address)
  }

  /** Whether there was anything to hear. */
  drain(): boolean {
    const before = this.events.length
    for (;;) {
      const datagram = this.#reader.receive(this.#fd)
      if (datagram === null) return this.events.length > before
      if (datagram === 'lost' || datagram.control === null) continue
      const space = this.#spaces.get(datagram.control)
      if (!space) continue
      for (const message of traceMessages(Buffer.from(datagram.data))) this.#hear(space, message)
    }
  }

  /** Whether the packet was dropped, or its answer is where the packet came from. */
  isOver(origin: string): boolean {
    return this.events.some(
      ({ way, what, verdict, netns }) =>
        verdict === 'drop' || (way === 'back' && what === 'arrives' && netns === origin),
    )
  }

  /** Whether what was seen last left for where nobody looks. */
  isOutside(): boolean {
    return this.events.at(-1)?.what === 'leaves'
  }

  close(): void {
    close(this.#fd)
  }

  #hear(space: Space, message: TraceMessage): void {
    const { table, chain, by, handle, verdict } = message
    const known = this.#packetOf(space.name, message)
    if (!known) return
    const { way, headers, iif, oif } = known
    const base = { netns: space.name, way, iif: nameOf(space, iif), oif: nameOf(space, oif), packet: packetOf(headers) }
    const says = saysOf(headers)
    if (table === marks && by === 'policy')
      this.events.push({
        ...base,
        says,
        what: chain as SeenEvent['what'],
        chain: '',
        index: -1,
        for: '',
        verdict: 'accept',
      })
    if (table !== tableName && table !== marks && verdict === 'drop') {
      const where = `${table} ${chain}`
      this.events.push({ ...base, says, what: 'rule', chain: where, index: -1, for: '', verdict })
    }
    if (table !== tableName || by === 'return' || (by === 'rule' && verdict === 'continue')) return
    const rule = this.#rules.get(space.name)?.get(handle)
    const place = by === 'rule' ? { index: rule?.index ?? -1, for: rule?.for ?? '' } : { index: -1, for: '' }
    this.events.push({ ...base, says, what: by, chain, ...place, verdict })
  }

  /** What is known of a packet; undefined where it is none of ours, or one that follows ours. */
  #packetOf(netns: string, { packet, headers, iif, oif }: TraceMessage): Sighting | undefined {
    const key = `${netns} ${packet}`
    const known = this.#known.get(key)
    // Only the first message of a chain tells them.
    if (known && headers) Object.assign(known, { headers, iif, oif })
    if (known || !headers) return known
    const way = wayOf(headers, this.#raw)
    if (way === null || [...this.#known].some(([at, each]) => each.way === way && at.startsWith(`${netns} `)))
      return undefined
    const found = { way, headers, iif, oif }
    this.#known.set(key, found)
    return found
  }
}

function nameOf(space: Space, index: number): string {
  return index === 0 ? '' : space.linkName(index)
}

/** Which of both ways a packet goes; null for one that is neither ours nor its answer. */
function wayOf(headers: Headers, raw: RawPacket): SeenEvent['way'] | null {
  if (headers.protocol !== protocolNumbers[raw.protocol]) return null
  switch (raw.protocol) {
    case 'tcp':
      return headers.sequence === raw.sequence ? 'there' : headers.acknowledged === raw.sequence + 1 ? 'back' : null
    case 'udp':
      return headers.sport === raw.sport ? 'there' : headers.dport === raw.sport ? 'back' : null
    case 'icmp':
      return headers.sport !== raw.sport ? null : headers.dport === raw.dport ? 'there' : 'back'
  }
}

function packetOf({ from, to, protocol: number, sport, dport }: Headers): Packet {
  if (number === protocolNumbers.icmp) return { from, to, protocol: 'icmp', sport: 0, dport }
  return { from, to, protocol: number === protocolNumbers.tcp ? 'tcp' : 'udp', sport, dport }
}

const reset = 4

/** What an answer says to who asks. */
function saysOf({ protocol: number, flags }: Headers): SeenEvent['says'] {
  if (number !== protocolNumbers.tcp) return 'answers'
  return (flags & reset) === 0 ? 'answers' : 'refuses'
}
