/** Slows guessing down: after some failures everyone must wait, twice as long each time. */
export interface LockOut {
  /** How long somebody must wait before the next attempt, in milliseconds; 0 for not at all. */
  waitMs(who: string): number
  /** Counts an attempt as failed from the start, so that many at once do not slip through. Tell how it went. */
  attempt(who: string): Attempt
}

/** How an attempt went. */
interface Attempt {
  /** The wait begins now: finding out took its time. */
  wrong(): void
  /** All earlier failures are forgotten. */
  right(): void
  /** This attempt counts for nothing, earlier ones as before. */
  undo(): void
}

interface Options {
  /** How many failures cost nothing. */
  readonly free?: number
  readonly firstMs?: number
  readonly mostMs?: number
  /** After so long without a failure all is forgotten. */
  readonly forgetMs?: number
  /** How many are remembered; beyond, whoever failed longest ago is forgotten. */
  readonly most?: number
  readonly now?: () => number
}

export function createLockOut({
  free = 5,
  firstMs = 1000,
  mostMs = 15 * 60_000,
  forgetMs = 60 * 60_000,
  most = 10_000,
  now = Date.now,
}: Options = {}): LockOut {
  const failed = new Map<string, { readonly count: number; readonly at: number }>()

  function of(who: string) {
    const known = failed.get(who)
    return known && now() - known.at < forgetMs ? known : { count: 0, at: 0 }
  }

  return {
    waitMs(who) {
      const { count, at } = of(who)
      if (count < free) return 0
      return Math.max(0, at + Math.min(mostMs, firstMs * 2 ** (count - free)) - now())
    },
    attempt(who) {
      const before = of(who)
      // Set anew to be the youngest of the map.
      failed.delete(who)
      failed.set(who, { count: before.count + 1, at: now() })
      for (const oldest of failed.keys()) {
        if (failed.size <= most) break
        failed.delete(oldest)
      }
      return {
        wrong: () => void failed.set(who, { count: Math.max(1, of(who).count), at: now() }),
        right: () => void failed.delete(who),
        undo() {
          const { count, at } = of(who)
          if (count > 0) failed.set(who, { count: count - 1, at })
        },
      }
    },
  }
}
