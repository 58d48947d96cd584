import type { FindingCode } from '../diagnose/cause/finding.ts'
import type { Words } from '../model/define.ts'
import type { Id } from '../model/model.ts'
import type { Hands } from './hands.ts'

/** What the steps of one topology made, as far as they were taken. */
export interface Site {
  readonly topology: 'a' | 'b'
  /** Names of steps and details that are left out. */
  readonly skip: ReadonlySet<string>
  vpc?: Id
  vpcEip?: Id
  subnet?: Id
  natGateway?: Id
  natEip?: Id
  balancer?: Id
  balancerEip?: Id
  listener?: Id
  backends: Id[]
  routeTable?: Id
  group?: Id
}

/** One thing that a person does in the console. */
export interface ScriptStep {
  readonly title: Words
  /** Its name for `--skip`; null where nothing can follow without it. */
  readonly name: string | null
  /** What a diagnosis must say when it was left out; null where nobody can ask. */
  readonly missed: FindingCode | null
  /** Details of it that can be left out on their own, with what a diagnosis must say then. */
  readonly details?: Readonly<Record<string, FindingCode>>
  /** Whether what it builds on is there; it is passed over where it is not. */
  readonly possible: (site: Site) => boolean
  /** Does it, remembers what it made in the site, and says what that changed. */
  readonly take: (site: Site, hands: Hands) => Promise<readonly Words[]>
}

/** Everything that `--skip` understands for a topology, with what the diagnosis says then. */
export function skippable(script: readonly ScriptStep[]): ReadonlyMap<string, FindingCode> {
  return new Map(
    script.flatMap(({ name, missed, details }) => [
      ...(name !== null && missed !== null ? [[name, missed] as const] : []),
      ...Object.entries(details ?? {}),
    ]),
  )
}
