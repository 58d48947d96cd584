import { writeFileSync } from 'node:fs'
import { readSmall } from './libc.ts'
import { enter } from './netns.ts'

/** Of every namespace of ours: no link speaks IPv6 by itself, and an address that goes takes no other of its network with it. */
export const quiet = { 'ipv6/conf/default/disable_ipv6': '1', 'ipv4/conf/all/promote_secondaries': '1' }

/** The values of settings below /proc/sys/net as a namespace has them; null for one that is not there. */
export function readSysctls(netns: number, names: readonly string[]): Record<string, string | null> {
  return enter(netns, () => Object.fromEntries(names.map(name => [name, readHere(name)])))
}

/** Writes settings that differ. Returns what was refused, in words. */
export function writeSysctls(netns: number, sysctls: Readonly<Record<string, string>>): string[] {
  return enter(netns, () =>
    Object.entries(sysctls).flatMap(([name, value]) => {
      if (settled(name, readHere(name), value)) return []
      try {
        writeFileSync(`/proc/sys/net/${name}`, value)
        return []
      } catch (error) {
        return [`net/${name} = ${value}: ${error instanceof Error ? error.message : String(error)}`]
      }
    }),
  )
}

/**
 * Whether a setting needs nothing done. One of bridges' netfilter that is not there is off, and without conntrack there
 * is nothing to set. What the kernel does not let a
 * user namespace have is done without: times of the neighbour table, and a congestion control that is not free to choose.
 */
export function settled(name: string, actual: string | null, wanted: string): boolean {
  if (actual === wanted) return true
  if (actual === null) return (name.startsWith('bridge/') && wanted === '0') || /^(ipv4\/neigh|netfilter)\//.test(name)
  return name === 'ipv4/tcp_congestion_control' && !mayChoose(wanted)
}

function readHere(name: string): string | null {
  return readSmall(`/proc/sys/net/${name}`)?.trim().replaceAll('\t', ' ') ?? null
}

let choices: readonly string[] | undefined

function mayChoose(congestionControl: string): boolean {
  choices ??= (readHere('ipv4/tcp_allowed_congestion_control') ?? '').split(' ')
  return choices.includes(congestionControl)
}
