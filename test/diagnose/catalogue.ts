import { brokenElsewhere } from './broken-elsewhere.ts'
import { brokenHabits } from './broken-habits.ts'
import { brokenDoors } from './broken-doors.ts'
import { brokenLimits } from './broken-limits.ts'
import { brokenPlaces } from './broken-places.ts'
import { brokenRemotes } from './broken-remotes.ts'
import { brokenSteps } from './broken-steps.ts'
import { brokenWays } from './broken-ways.ts'
import type { Broken } from './broken.ts'

/** Everything that we know to go wrong. */
export const catalogue: readonly Broken[] = [
  ...brokenSteps,
  ...brokenWays,
  ...brokenPlaces,
  ...brokenDoors,
  ...brokenRemotes,
  ...brokenHabits,
  ...brokenLimits,
  ...brokenElsewhere,
]
