import type { Listener, Resource } from './model.ts'
import type { Problem } from './problem.ts'

const http = ['http', 'https'] as const
const tls = ['https', 'ssl'] as const

/** The protocols on which an option or a scene does something, and elsewhere nothing. */
const goesWith: Readonly<Record<string, readonly Listener['protocol'][]>> = {
  'any-url': http,
  compress: http,
  'drop-proxy-header': http,
  'no-insecure-ciphers': tls,
  'compatible-ciphers': tls,
  'strong-ciphers': tls,
  'refuse-when-down': ['tcp', 'ssl'],
  'keep-alive': http,
}

/** The same of those that are refused elsewhere. */
const allowedOn: typeof goesWith = { transparent: ['tcp', 'udp'], 'redirect-to-https': ['http'] }

/** The protocols that an option or a scene is for; undefined where it is for all. */
export function protocolsOf(option: string): readonly Listener['protocol'][] | undefined {
  return goesWith[option] ?? allowedOn[option]
}

/** Whether an option does something on a protocol, or may be given there. */
export function mayHave(protocol: string, option: string): boolean {
  return protocolsOf(option)?.some(each => each === protocol) ?? true
}

/** Warns of what listeners were told to do that their protocol has no place for. */
export function idleProblems(balancer: Resource): readonly Problem[] {
  if (balancer.kind !== 'load-balancer') return []
  return balancer.live.listeners.flatMap(({ protocol, port, options, scene, headers }, i) => {
    const idle = (at: string, value: string, goes: readonly string[] | undefined): Problem[] =>
      goes === undefined || goes.includes(protocol)
        ? []
        : [{ code: 'idle', at: `listeners[${i}].${at}`, resource: balancer.id, values: wordsOf(value, goes) }]
    const wordsOf = (value: string, goes: readonly string[]) => ({
      value,
      port,
      protocol: protocol.toUpperCase(),
      goes: goes.map(each => each.toUpperCase()).join(', '),
    })
    return [
      ...options.flatMap(option => idle('options', option, goesWith[option])),
      ...idle('scene', scene, goesWith[scene]),
      ...headers.slice(0, 1).flatMap(() => idle('headers', headers.join(', '), http)),
    ]
  })
}
