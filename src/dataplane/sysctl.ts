import { writeFileSync } from 'node:fs'
import { close, newProc, raised, readSmall } from './libc.ts'
import { enter } from './netns.ts'

/** Of every namespace of ours: no link speaks IPv6 by itself, and an address that goes takes no other of its network with it. */
export const quiet = { 'ipv6/conf/default/disable_ipv6': '1', 'ipv4/conf/all/promote_secondaries': '1' }

/** The values of settings below /proc/sys/net as a namespace has them; null for one that is not there. */
export function readSysctls(netns: number, names: readonly string[]): Record<string, string | null> {
  const directory = settings()
  return enter(netns, () => Object.fromEntries(names.map(name => [name, readHere(directory, name)])))
}

/** Writes settings that differ. Returns what was refused, in words. */
export function writeSysctls(netns: number, sysctls: Readonly<Record<string, string>>): string[] {
  const directory = settings()
  return enter(netns, () =>
    Object.entries(sysctls).flatMap(([name, value]) => {
      if (settled(name, readHere(directory, name), value)) return []
      try {
        writeFileSync(`${directory}/${name}`, value)
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

function readHere(directory: string, name: string): string | null {
  return readSmall(`${directory}/${name}`)?.trim().replaceAll('\t', ' ') ?? null
}

let choices: readonly string[] | undefined

function mayChoose(congestionControl: string): boolean {
  choices ??= (readHere(usual, 'ipv4/tcp_allowed_congestion_control') ?? '').split(' ')
  return choices.includes(congestionControl)
}

const usual = '/proc/sys/net'
/** So many namespaces are looked into through one view. */
const mostLooks = 16
let view: { readonly fd: number; looks: number } | null | undefined

/**
 * Where settings are found. A view of /proc keeps what it was asked for, of every namespace under the same names, and walks over all of
 * that to find one: after a thousand namespaces that was half of an agent's work for the next. So a view is let go after a few, where a
 * new one is allowed.
 */
function settings(): string {
  if (view && view.looks >= mostLooks) {
    close(view.fd)
    view = undefined
  }
  if (view === undefined) {
    const fd = newProc()
    view = fd === null ? null : { fd: raised(fd), looks: 0 }
  }
  if (!view) return usual
  view.looks++
  return `/proc/self/fd/${view.fd}/sys/net`
}
