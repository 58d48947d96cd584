import type { ServerHealth } from './host.ts'

/**
 * Where a backend is between down (0) and up (`rise + fall - 1`), as HAProxy counts: successes on the way up, and beyond `rise`
 * the failures that are left on the way down.
 */
interface Life {
  readonly health: number
  readonly rise: number
  readonly fall: number
}

/** Where one is in words. */
export function lifeState({
  health,
  rise,
  fall,
}: Life): ServerHealth['state'] & ('up' | 'falling' | 'rising' | 'down') {
  if (health >= rise + fall - 1) return 'up'
  if (health >= rise) return 'falling'
  return health > 0 ? 'rising' : 'down'
}

/** Where one is that is entirely up. */
export function fullHealth({ rise, fall }: Omit<Life, 'health'>): number {
  return rise + fall - 1
}

/** Where a backend is after one more check. */
export function nextHealth({ health, rise, fall }: Life, ok: boolean): number {
  if (ok) return health + 1 >= rise ? fullHealth({ rise, fall }) : health + 1
  return health > rise ? health - 1 : 0
}

/** Milliseconds until the next check: seldom where nothing changes, every second while something does, as HAProxy does it. */
export function waitAfter(life: Life, intervalS: number): number {
  switch (lifeState(life)) {
    case 'up':
      return intervalS * 1000
    case 'down':
      return 2000
    default:
      return 1000
  }
}
