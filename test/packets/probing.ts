/** Sends many packets at once from namespaces, in one process and without waiting for each, and hears where they arrive. */
import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { close, open } from '../../src/dataplane/libc.ts'
import { enter, namespaceId, netnsPath } from '../../src/dataplane/netns.ts'
import {
  accept,
  boundSocket,
  earAtDoor,
  earFor,
  endAbruptly,
  errorOf,
  heardAtDoor,
  heardOn,
  listenOn,
  ownAddressOf,
  protocols,
  ready,
  sendOn,
  sendTo,
} from './sockets.ts'
import { heardOf, shotFrom, type Arrival, type Flight, type Heard, type Shot } from './flight.ts'
import { wordsOf, type Words } from './packet-words.ts'

/** A connection that was made, where it ended, and the socket at either end. */
export interface Connection {
  /** With the source that was chosen. */
  readonly shot: Shot
  readonly at: Arrival
  readonly fds: readonly [client: number, server: number]
}

/** A place where people listen. */
interface Place {
  readonly netns: string
  readonly fd: number
  readonly id: string
  readonly ears: readonly Ear[]
  /** Sockets of TCP that listen; those of UDP only keep the kernel from refusing. */
  readonly listening: readonly number[]
  readonly mute: readonly number[]
}

interface Ear {
  readonly fd: number
  readonly isDoor: boolean
}

/** Numbers of shots, below the ports that the kernel chooses. */
const [firstNumber, lastNumber] = [10_000, 32_000]
/** So long after the last word is waited for what nobody expects. */
const graceMs = 15

export class Field {
  readonly #ports: readonly number[]
  readonly #places = new Map<string, Place>()
  readonly #doors: ReadonlySet<string>
  #kept: Connection[] = []
  #others: Arrival[] = []
  #next = firstNumber

  /** Whoever lives somewhere answers on these ports; at doors everything that comes is heard. */
  constructor(ports: readonly number[], doors: Iterable<string>) {
    this.#ports = ports
    this.#doors = new Set(doors)
  }

  /** Listens in these namespaces, and in no others from now on; in those that `answer` there is somebody at every port. */
  attend(all: Iterable<string>, answer: (netns: string) => boolean): void {
    const names = new Set(all)
    for (const place of this.#places.values()) {
      if (!names.has(place.netns) || namespaceId(netnsPath(place.netns)) !== place.id) this.#leave(place)
    }
    for (const netns of names) {
      if (!this.#places.has(netns)) this.#places.set(netns, this.#enter(netns, answer(netns)))
    }
  }

  #enter(netns: string, answers: boolean): Place {
    const fd = open(netnsPath(netns))
    const ports = answers ? this.#ports : []
    return enter(fd, () => ({
      netns,
      fd,
      id: namespaceId(netnsPath(netns)) ?? '',
      ears: this.#doors.has(netns)
        ? [{ fd: earAtDoor(), isDoor: true }]
        : Object.values(protocols).map(protocol => ({ fd: earFor(protocol), isDoor: false })),
      listening: ports.map(port => {
        const socket = boundSocket('stream', protocols.tcp, '', port)
        listenOn(socket)
        return socket
      }),
      mute: ports.map(port => boundSocket('datagram', protocols.udp, '', port)),
    }))
  }

  #leave(place: Place): void {
    for (const { fd } of place.ears) close(fd)
    for (const fd of [...place.listening, ...place.mute, place.fd]) close(fd)
    this.#places.delete(place.netns)
  }

  /** Sends them all, and hears until that is enough, or so long. Connections that were made are kept until they are hung up. */
  async shoot(
    shots: readonly Shot[],
    mostMs: number,
    isEnough: (heard: readonly Heard[]) => boolean,
  ): Promise<readonly Heard[]> {
    const flights = new Map<number, Flight>()
    this.#listen(flights)
    for (const shot of shots) {
      const flight = this.#launch(shot)
      flights.set(flight.number, flight)
      // Ears have only so much room.
      if (flights.size % 16 === 0) this.#listen(flights)
    }
    const heard = () => [...flights.values()].map(heardOf)
    const from = performance.now()
    let changed = from
    while (performance.now() - from < mostMs) {
      if (this.#listen(flights)) changed = performance.now()
      else if (performance.now() - changed > graceMs && isEnough(heard())) break
      ready([], 'read', 3)
      await turn()
    }
    for (const {
      shot,
      fd,
      accepted,
      ending,
      arrivals: [at],
    } of flights.values()) {
      if (fd !== null && accepted !== null && ending === 'answer' && at)
        this.#kept.push({ shot: { ...shot, from: ownAddressOf(fd) }, at, fds: [fd, accepted] })
      else for (const each of [fd, accepted]) if (each !== null) hangUp(each)
    }
    return heard()
  }

  /** Where connections arrive that others make when somebody connects, and says something, so. */
  async whoFollows(shot: Shot, waitMs: number): Promise<readonly Arrival[]> {
    // What is still heard of others' flights is none of this.
    this.#listen(new Map())
    this.#others = []
    const flight = this.#launch(shot)
    const flights = new Map([[flight.number, flight]])
    for (const from = performance.now(); performance.now() - from < waitMs;) {
      this.#listen(flights)
      if (flight.ending === 'answer' && flight.accepted === null)
        flight.accepted = sendOn(flight.fd!, Buffer.from('hello')) === '' ? -1 : null
      if (this.#others.length > 0 && performance.now() - from > waitMs / 4) break
      ready([], 'read', 3)
      await turn()
    }
    if (flight.fd !== null) hangUp(flight.fd)
    return this.#others
  }

  /** The connections that are open. */
  get connections(): readonly Connection[] {
    return this.#kept
  }

  /** Which open connections still carry words there and back, once that is enough, or after so long. */
  async whichLive(
    mostMs: number,
    isEnough: (living: ReadonlySet<Connection>) => boolean,
  ): Promise<ReadonlySet<Connection>> {
    const word = createHash('sha256').update(String(performance.now())).digest('hex').slice(0, 12)
    const living = new Set<Connection>()
    for (const { fds } of this.#kept) sendOn(fds[0], Buffer.from(word))
    const from = performance.now()
    while (performance.now() - from < mostMs) {
      let news = false
      for (const connection of this.#kept) {
        const [client, server] = connection.fds
        const asked = heardOn(server)
        if (asked instanceof Buffer && asked.length > 0) sendOn(server, Buffer.from(asked))
        const answer = heardOn(client)
        if (!(answer instanceof Buffer) || !answer.includes(word)) continue
        living.add(connection)
        news = true
      }
      if (!news && performance.now() - from > graceMs && isEnough(living)) break
      ready([], 'read', 3)
      await turn()
    }
    return living
  }

  /** Ends connections: those that are said, or all. */
  hangUp(which: (connection: Connection) => boolean = () => true): void {
    for (const { fds } of this.#kept.filter(which)) for (const fd of fds) hangUp(fd)
    this.#kept = this.#kept.filter(each => !which(each))
  }

  close(): void {
    this.hangUp()
    for (const place of this.#places.values()) this.#leave(place)
  }

  #launch(shot: Shot): Flight {
    const number = this.#next
    this.#next = number === lastNumber ? firstNumber : number + 1
    const place = this.#places.get(shot.netns)
    if (!place) throw new Error(`nobody is in ${shot.netns}`)
    const flight: Flight = { shot, number, fd: null, arrivals: [], ending: '', accepted: null }
    return enter(place.fd, () => {
      try {
        return { ...flight, ...shotFrom(shot, number) }
      } catch (error) {
        return { ...flight, ending: (error as { readonly code?: string }).code ?? String(error) }
      }
    })
  }

  /** Takes note of all that there is to hear; whether there was anything. */
  #listen(flights: ReadonlyMap<number, Flight>): boolean {
    let news = false
    for (const place of this.#places.values()) {
      for (const ear of place.ears) {
        for (;;) {
          const packet = ear.isDoor ? heardAtDoor(ear.fd) : heardOn(ear.fd)
          if (!(packet instanceof Buffer)) break
          news = this.#hear(place, packet, flights) || news
        }
      }
      for (const fd of place.listening.length > 0 ? ready(place.listening, 'read', 0) : []) {
        for (let made = accept(fd); made; made = accept(fd)) {
          const flight = flights.get(made.port)
          if (!flight || flight.accepted !== null) close(made.fd)
          else flight.accepted = made.fd
          news = true
        }
      }
    }
    return this.#hearSenders(flights) || news
  }

  #hear(place: Place, packet: Buffer, flights: ReadonlyMap<number, Flight>): boolean {
    const words = wordsOf(packet)
    if (!words) return false
    const flight = flights.get(words.number)
    const { from, to, port, isAnswer } = words
    if (words.protocol === 'tcp' && !flight) this.#others.push({ netns: place.netns, from, to, port })
    if (!flight || flight.shot.protocol !== words.protocol) return false
    if (isAnswer) {
      const { netns, to: asked } = flight.shot
      // Of ICMP there is no socket that would hear it.
      if (netns === place.netns && from === asked) flight.ending = 'answer'
      return true
    }
    const { netns } = place
    if (
      flight.arrivals.some(each => each.netns === netns && each.from === from && each.to === to && each.port === port)
    )
      return true
    flight.arrivals.push({ netns, from, to, port })
    if (words.protocol === 'udp' && place.mute.length > 0) this.#answer(place, words)
    return true
  }

  #answer(place: Place, { from, to, port, number }: Words): void {
    enter(place.fd, () => {
      const fd = boundSocket('datagram', protocols.udp, to, port)
      sendTo(fd, Buffer.from('yes'), from, number)
      close(fd)
    })
  }

  #hearSenders(flights: ReadonlyMap<number, Flight>): boolean {
    let news = false
    const waiting = [...flights.values()].filter(each => each.fd !== null && each.ending === '')
    const of = (protocol: Shot['protocol']) => waiting.filter(({ shot }) => shot.protocol === protocol)
    const [tcp, udp] = [of('tcp'), of('udp')]
    const connected = new Set(
      ready(
        tcp.map(({ fd }) => fd!),
        'write',
        0,
      ),
    )
    for (const flight of tcp) {
      if (!connected.has(flight.fd!)) continue
      flight.ending = errorOf(flight.fd!) || 'answer'
      news = true
    }
    const spoken = new Set(
      ready(
        udp.map(({ fd }) => fd!),
        'read',
        0,
      ),
    )
    for (const flight of udp) {
      const heard = spoken.has(flight.fd!) ? heardOn(flight.fd!) : null
      if (heard === null) continue
      flight.ending = typeof heard === 'string' ? heard : 'answer'
      news = true
    }
    return news
  }
}

function hangUp(fd: number): void {
  endAbruptly(fd)
  close(fd)
}
