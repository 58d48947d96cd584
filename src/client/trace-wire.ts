import type { Id } from '../model/model.ts'

/** A packet that somebody asks about: `POST /v1/traces`. */
export interface TraceRequest {
  /** `internet`, an address, or the id of a server, a balancer, a NAT gateway, a VPC or a public IP. */
  readonly from: string
  /** An address, or such an id, or that of a listener or a backend. */
  readonly to: string
  /** The VPC that private addresses are meant in, where several have them. */
  readonly vpc?: Id
  /** That of the listener or backend, else TCP. */
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
  /** That of the listener or backend when left out. */
  readonly port?: number
  /** What runs, or what will run once drafts are applied. */
  readonly version?: 'live' | 'draft'
  /** Of which resources the draft counts; of all when left out. */
  readonly drafts?: readonly Id[]
  /** RFC 3339: as the network was at this moment. */
  readonly at?: string
  /** Whether such a packet is sent, too, and followed by the kernel's own trace. Only of what runs. */
  readonly real?: boolean
}

/** Its way through the network, and that of the answer. */
export interface Trace {
  readonly from: WireThing | null
  readonly to: WireThing | null
  readonly version: 'live' | 'draft'
  /** Whether it gets there and its answer comes back. */
  readonly reaches: boolean
  readonly there: TracedWay
  /** Null where there is nothing to answer. */
  readonly back: TracedWay | null
  /** What became of the packet that was sent; null where none was asked for. */
  readonly real: RealTrace | null
}

/** A packet that was sent, as the kernel told of it. */
export interface RealTrace {
  /** The machine that sent it. */
  readonly host: string
  /** Whether it went the way that the trace tells. */
  readonly agrees: boolean
  readonly there: RealWay
  /** Null where no answer was seen. */
  readonly back: RealWay | null
}

export interface RealWay extends TracedWay {
  /** Both stories side by side: places of steps, null where only the other one has it; and whether both made the same of the packet. */
  readonly pairs: readonly { readonly told: number | null; readonly seen: number | null; readonly same: boolean }[]
}

export interface TracedWay {
  /** `leaves`: for the internet, or for a machine that is not ours. `refused`: somebody answers that nobody takes it. */
  readonly outcome: 'arrives' | 'leaves' | 'dropped' | 'refused' | 'unreachable'
  /** The last one is how it ends. */
  readonly steps: readonly TracedStep[]
}

/** One thing that happens to a packet. */
export interface TracedStep {
  /** The namespace where it happens, whose that is (null for the edge of the machine), and both in words. */
  readonly netns: string
  readonly where: WireThing | null
  readonly place: string
  /** What happens, as a word that stays the same and as a sentence. */
  readonly code: string
  readonly message: string
  /** What of the API causes it; null where it is the network's nature. */
  readonly object: WireThing | null
  /** The kernel's rule or route; empty where none decides. */
  readonly kernel: string
  readonly before: WirePacket
  readonly after: WirePacket
}

/** A resource, or a child with the resource that it is a part of. */
export interface WireThing {
  /** The kind of a resource; of a child the prefix of its ids. */
  readonly kind: string
  readonly id: Id
  readonly name: string
  readonly of: WireThing | null
}

/** Of ICMP the type and the code stand where ports do. */
export interface WirePacket {
  readonly from: string
  readonly to: string
  readonly protocol: string
  readonly sport: number
  readonly dport: number
}

/** A packet that an agent is to send and follow. */
export interface FollowQuestion {
  /** The namespace that it is sent from, and whether its source is an address of that. */
  readonly netns: string
  readonly own: boolean
  readonly packet: WirePacket
  /** The namespaces in which it is looked for. */
  readonly among: readonly string[]
}

/** What an agent saw of it: why it could not be sent, and what the kernel told, in order. */
export interface FollowAnswer {
  readonly unsent: string | null
  readonly events: readonly {
    readonly netns: string
    readonly way: 'there' | 'back'
    readonly what: 'sends' | 'enters' | 'leaves' | 'arrives' | 'rule' | 'policy'
    readonly iif: string
    readonly oif: string
    readonly chain: string
    readonly index: number
    readonly for: Id
    readonly verdict: 'accept' | 'drop' | 'jump' | 'goto' | 'return' | 'continue' | 'other'
    readonly packet: WirePacket
    readonly says: 'answers' | 'refuses'
  }[]
}
