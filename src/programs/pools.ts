import { cidr } from '../model/address.ts'
import type { Zone } from '../model/model.ts'

type Pool = Zone['now']['pools'][number]

/** What a pool is called when nobody said. */
const defaultName = 'default'

/**
 * Pools of public addresses as people write them, `[name=]prefix[,prefix…]`, those of one name taken together. What is no
 * pool is in `wrong`.
 */
export function poolsIn(
  texts: readonly string[],
  reserved: readonly string[] = [],
): { readonly pools: Pool[]; readonly wrong: readonly string[] } {
  const byName = new Map<string, string[]>()
  const wrong: string[] = []
  for (const text of texts) {
    const [, name = defaultName, list = ''] = /^(?:([^=]*)=)?(.*)$/.exec(text) ?? []
    for (const each of list.split(',')) {
      const read = cidr.safeParse(each.trim())
      if (read.success && name !== '') byName.getOrInsertComputed(name, () => []).push(read.data)
      else wrong.push(text)
    }
  }
  return {
    pools: [...byName].map(([name, addresses]) => ({ name, addresses, reserved: [...reserved] })),
    wrong: [...new Set(wrong)],
  }
}

/** The host and port of `address:port`; null where it is no such thing. */
export function listenOf(text: string): { readonly host: string; readonly port: number } | null {
  const [, bracketed, plain, port = ''] = /^(?:\[([\da-f:]+)\]|([^:]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = bracketed ?? plain
  return host !== undefined && Number(port) <= 65535 ? { host, port: Number(port) } : null
}
