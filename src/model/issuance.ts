import type { Certificate } from './model.ts'
import { factsOf, isVouchedFor } from './pem.ts'

/** When a certificate that a directory issues is to be issued again, in milliseconds since 1970: 0 where it is not what was asked for. */
export function renewalOf({ now }: Certificate): number {
  const known = renewals.get(now)
  if (known !== undefined) return known
  const { names, notBefore, notAfter } = factsOf(now.chain)
  const proven = new Set(names)
  const isWanted = isVouchedFor(now.chain) && (now.acme?.names.every(name => proven.has(name)) ?? true)
  const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)]
  const due = isWanted ? from + ((to - from) * 2) / 3 : 0
  renewals.set(now, due)
  return due
}

/** Reading a certificate costs more than to remember this of it. */
const renewals = new WeakMap<Certificate['now'], number>()
