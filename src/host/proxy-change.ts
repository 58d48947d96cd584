import { proxyStructure, servedBy, serverText } from './proxy-text.ts'
import type { ProxyConfig, ProxyListener, ProxyServer } from './proxy.ts'

/** What a running HAProxy process says of itself. */
export interface RunningProxy {
  /** The structure's digest, from its description. */
  readonly structure: string
  /** Its servers, each with the id of the listener that it serves. */
  readonly servers: readonly (ProxyServer & { readonly listener: string })[]
}

/** What turns a running process into the desired one. */
export interface ProxyPlan {
  /** Whether only a reload can; there are no commands then. */
  readonly reload: boolean
  /**
   * Lines for the runtime socket, each to be sent as a whole. `del server` is refused while connections last: observe
   * and plan again until there is nothing left to do.
   */
  readonly commands: readonly string[]
}

/** The plan by which a process comes to run `desired`, a configuration that has been written to its file already. */
export function proxyChange(running: RunningProxy, desired: ProxyConfig): ProxyPlan {
  if (running.structure !== proxyStructure(desired)) return { reload: true, commands: [] }
  const before = new Map(running.servers.map(server => [`${server.listener}/${server.id}`, server]))
  const wanted = new Set<string>()
  const changes = desired.listeners.flatMap(listener =>
    servedBy(listener).flatMap(server => {
      const name = `${listener.id}/${server.id}`
      wanted.add(name)
      return serverCommands(name, listener, before.get(name), server)
    }),
  )
  const removals = [...before.keys()].filter(name => !wanted.has(name)).map(removal)
  return { reload: false, commands: [...removals, ...changes] }
}

function serverCommands(
  name: string,
  listener: ProxyListener,
  from: ProxyServer | undefined,
  to: ProxyServer,
): string[] {
  if (from?.backup === to.backup) return inPlace(name, listener, from, to)
  const add = `add server ${name} ${serverText(listener, to)} weight 0`
  const health = listener.check.protocol === 'none' ? [] : [`enable health ${name}`]
  return [...(from ? [removal(name)] : []), [add, ...health, ...started(name, listener, to)].join('; ')]
}

function inPlace(name: string, listener: ProxyListener, from: ProxyServer, to: ProxyServer): string[] {
  const moved = from.address !== to.address || from.port !== to.port
  if (from.enabled && !moved) return from.weight === to.weight ? [] : [`set server ${name} weight ${to.weight}`]
  const address = moved ? [`set server ${name} addr ${to.address} port ${to.port}`] : []
  return [[`set server ${name} weight 0`, ...address, ...started(name, listener, to)].join('; ')]
}

/**
 * Lets a server of weight 0 serve. Leaving maintenance counts as up, so the weight comes last, when it is down again and
 * its checks decide.
 */
function started(name: string, { check }: ProxyListener, { weight }: ProxyServer): string[] {
  const down = check.protocol === 'none' ? [] : [`set server ${name} health down`]
  return [`set server ${name} state ready`, ...down, `set server ${name} weight ${weight}`]
}

function removal(name: string): string {
  return `set server ${name} state maint; del server ${name}`
}
