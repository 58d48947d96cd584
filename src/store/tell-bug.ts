import { isFull } from './store-failed.ts'

/** A full disk meets whatever writes; it is said so often. */
const sayMs = 60_000

let saidAt = Number.NEGATIVE_INFINITY

/** Tells the log of the process of errors, whole, for whoever mends them. That a disk is full is none, and said in a line, once a minute. */
export function tellBug(error: unknown): void {
  if (!isFull(error) && !isFull((error as Error | undefined)?.cause)) return console.error(error)
  if (Date.now() - saidAt < sayMs) return
  saidAt = Date.now()
  console.error(
    'causeway server: the disk of the state directory is full: changes are refused, and of what happens meanwhile nothing is kept; free space',
  )
}
