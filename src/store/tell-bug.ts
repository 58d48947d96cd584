import { isFull } from './store-failed.ts'

/** A full disk meets whatever writes; it is said so often. */
const sayMs = 60_000

/** Writes errors whole, for whoever mends them. That a disk is full is none, and said in a line, once a minute. */
function bugTeller(write: (what: unknown) => void, now: () => number = Date.now): (error: unknown) => void {
  let saidAt = Number.NEGATIVE_INFINITY
  return error => {
    if (!isFull(error) && !isFull((error as Error | undefined)?.cause)) return write(error)
    if (now() - saidAt < sayMs) return
    saidAt = now()
    write(
      'causeway server: the disk of the state directory is full: changes are refused, and of what happens meanwhile nothing is kept; free space',
    )
  }
}

/** Tells the log of the process. */
export const tellBug = bugTeller(what => console.error(what))
