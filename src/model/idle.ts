import type { Listener, Resource } from './model.ts'
import type { Problem } from './problem.ts'

const http = ['http', 'https'] as const
const tls = ['https', 'ssl'] as const

/** The protocols on which an option or a scene does something, and elsewhere nothing. */
export const goesWith: Readonly<Record<string, readonly Listener['protocol'][]>> = {
  'any-url': http,
  compress: http,
  'drop-proxy-header': http,
  'no-insecure-ciphers': tls,
  'compatible-ciphers': tls,
  'strong-ciphers': tls,
  'refuse-when-down': ['tcp', 'ssl'],
  'keep-alive': http,
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
