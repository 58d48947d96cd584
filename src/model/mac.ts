import { createHash } from 'node:crypto'
import type { Id } from './model.ts'

/** A hardware address of our own, always the same for one text. */
export function macFor(text: string): string {
  const digest = createHash('sha256').update(text).digest()
  return ['02', ...digest.subarray(0, 5).toString('hex').match(/../g)!].join(':')
}

/** The hardware address of whoever holds an address in a subnet, so that neighbours who remember the last holder reach the next. */
export function macAt(subnet: Id, address: string): string {
  return macFor(`${subnet} ${address}`)
}
