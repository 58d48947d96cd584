/** A flow to be tried from inside a namespace. */
export interface Try {
  readonly netns: string
  /** The address that it is sent from; empty where the kernel chooses. */
  readonly source: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Of ICMP anything. */
  readonly port: number
}

/**
 * What came of it: somebody answered; somebody said that nobody listens there; nobody could be sent to, or answered in time; or, of
 * UDP, silence, which says nothing.
 */
export interface Tried {
  readonly got: 'answer' | 'refusal' | 'nothing' | 'silence'
  /** In an operator's words. */
  readonly reason: string
}
