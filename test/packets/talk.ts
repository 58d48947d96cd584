/** What a resident of a namespace can be asked to do there. */
export type Ask =
  /** Opens a TCP connection and keeps it; the other side greets with the address that it sees. */
  | { readonly do: 'open'; readonly address: string; readonly port: number; readonly timeoutMs: number }
  /** Says something over an open connection; answered with whether it came back. */
  | { readonly do: 'say'; readonly flow: number; readonly timeoutMs: number }
  | { readonly do: 'hang-up'; readonly flow: number }
  | { readonly do: 'get'; readonly url: string; readonly timeoutMs: number }
  /** Reads from a URL for so long; answered with the bytes per second, the first fifth of the time left out. */
  | { readonly do: 'measure'; readonly url: string; readonly ms: number }
  /** Sends a datagram and waits for an echo, which says whom the other side sees. */
  | {
      readonly do: 'ask-udp'
      readonly address: string
      readonly port: number
      readonly timeoutMs: number
      /** The port to send from; with the same one it is the same flow. */
      readonly from: number
    }
  /** Asks a DNS server, by UDP or TCP; answered with the code and what is answered, or null where nothing is. */
  | {
      readonly do: 'ask-dns'
      readonly address: string
      readonly by: 'udp' | 'tcp'
      readonly name: string
      readonly type: 'A' | 'AAAA' | 'PTR'
      readonly timeoutMs: number
    }
  /** Sends a datagram to each of so many ports, so many a second: each is a flow of its own. */
  | {
      readonly do: 'flood-udp'
      readonly address: string
      readonly from: number
      readonly count: number
      readonly perSecond: number
    }
  /** At all addresses of the namespace, or at one. */
  | { readonly do: 'serve-http'; readonly port: number; readonly name: string; readonly address?: string }
  /** The same over TLS; the name in a certificate's hello is not asked for. */
  | {
      readonly do: 'serve-https'
      readonly port: number
      readonly name: string
      readonly chain: string
      readonly key: string
    }
  /** The same behind the PROXY protocol, of either version: the source is the one that it tells. */
  | { readonly do: 'serve-proxied'; readonly port: number; readonly name: string }
  /** They greet, and answer, with the address that they see, after their name where they have one. */
  | { readonly do: 'serve-tcp'; readonly port: number; readonly name: string }
  | { readonly do: 'serve-udp'; readonly port: number; readonly name: string }
  /** Takes what balancers log; TCP frames by their length, as RFC 6587 has it. */
  | { readonly do: 'serve-syslog'; readonly by: 'udp' | 'tcp'; readonly port: number }
  /** Everything that a syslog server was sent. */
  | { readonly do: 'read-syslog'; readonly port: number }
  /** What an HTTP server answers to health checks from now on. */
  | { readonly do: 'set-health'; readonly port: number; readonly status: number }
  | { readonly do: 'stop'; readonly port: number }
  /** Reads a file as it is seen in the namespace, e.g. below /proc/sys/net. */
  | { readonly do: 'read'; readonly file: string }

/** How an attempt to connect ended. */
export type Ending = 'ok' | 'refused' | 'timeout' | 'unreachable' | 'reset'

export interface Opened {
  readonly ending: Ending
  readonly flow: number
  /** The address that the other side sees; empty where it did not say. */
  readonly seenAs: string
}

export interface Got {
  /** Null where no answer came. */
  readonly status: number | null
  readonly body: string
}

/** A message that a syslog server was sent, and by whom. */
export interface Logged {
  readonly source: string
  readonly text: string
}

/** What a DNS server answers. */
export interface Told {
  readonly rcode: string
  readonly data: readonly string[]
  /** Whether there was more than fits. */
  readonly cut: boolean
}

/** What an HTTP server of the lab says of a request. */
export interface Page {
  readonly name: string
  readonly source: string
  readonly forwardedFor: string
}

/** What it says to whoever asks with `X-Echo`. */
export interface Echo extends Page {
  /** What was asked for, as the server heard it. */
  readonly url: string
  /** By which port of its client: with the same one it is the same connection. */
  readonly port: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Ran {
  readonly code: number | null
  readonly out: string
}

/** What the process inside the sandbox can be asked to do. */
export type Errand =
  | { readonly to: 'resident'; readonly netns: string; readonly ask: Ask }
  /** Runs a command in a namespace, or where the agent runs. */
  | { readonly to: 'run'; readonly netns: string | null; readonly argv: readonly [string, ...string[]] }
  | { readonly to: 'start-agent' }
  /** Answered when the agent ends, with how. */
  | { readonly to: 'wait-for-agent' }
  /** Ends the agent by force, or kindly. */
  | { readonly to: 'end-agent'; readonly signal: 'SIGKILL' | 'SIGTERM' }

export interface Request {
  readonly id: number
  readonly errand: Errand
}

export interface Reply {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}
