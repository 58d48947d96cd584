import type { Id } from '../model/model.ts'
import type { AccessFilter } from './access-filter.ts'
import type { AccessLine } from './access-line.ts'
import type { CountedRules } from './kernel-wire.ts'
import type { FollowAnswer, FollowQuestion } from './trace-wire.ts'
import type { Probe, ProbeReport } from './probes.ts'
import type { Tried, Try } from './tries.ts'
import type { Translations } from './translations.ts'

/** All that agents can be asked, with what they answer. Who adds one adds who answers it: `agent/answers.ts`. */
interface Inquiries {
  /** The newest lines of a balancer's access log that pass a filter; only those after a place where there is one. */
  readonly 'access-log': {
    readonly question: {
      readonly balancer: Id
      readonly most: number
      readonly filter: AccessFilter
      readonly after: LogPlaces | null
    }
    readonly answer: {
      /** The oldest first. */
      readonly lines: readonly AccessLine[]
      readonly next: LogPlaces
      /** Whether lines after the place were lost before they could be told. */
      readonly missed: boolean
    }
  }
  /** How the sources of an appliance's flows are translated, with so many of the fullest destinations; not at all where it is not there. */
  readonly translations: {
    readonly question: { readonly of: Id; readonly most: number }
    readonly answer: Translations
  }
  /** Connections that would not stand if namespaces held this instead: those with most first, as many as are asked for. */
  readonly 'doomed-flows': {
    readonly question: { readonly spaces: readonly PlannedSpace[]; readonly most: number }
    readonly answer: { readonly total: number; readonly pairs: readonly DoomedFlows[] }
  }
  /** What a backend answers, asked from inside the namespace of its balancer; null where that is not on this machine. */
  readonly probe: {
    readonly question: { readonly probe: Probe }
    readonly answer: ProbeReport | null
  }
  /** What comes of flows that are tried from inside namespaces, in their order; null for those that are not on this machine. */
  readonly tries: {
    readonly question: { readonly tries: readonly Try[] }
    readonly answer: readonly (Tried | null)[]
  }
  /** Our rules in namespaces, and what they count; nothing of those that are not on this machine. */
  readonly rules: { readonly question: { readonly netns: readonly string[] }; readonly answer: readonly CountedRules[] }
  /** What becomes of a packet that is sent from a namespace; fails where that is not there. */
  readonly follow: { readonly question: FollowQuestion; readonly answer: FollowAnswer }
}

/** A namespace as it would be. */
interface PlannedSpace {
  readonly netns: string
  /** What it would hold, in the words of `host/item.ts`. */
  readonly items: readonly object[]
}

/** Connections of one pair and port that would not stand. */
interface DoomedFlows {
  readonly netns: string
  readonly from: string
  readonly to: string
  readonly protocol: string
  readonly port: number
  readonly flows: number
}

/** How far the logs of a balancer's processes were read, by their names. */
export type LogPlaces = Readonly<Record<string, string>>

export type QuestionType = keyof Inquiries

/** What an agent is asked. */
export type Question<T extends QuestionType = QuestionType> = {
  readonly [K in T]: { readonly type: K } & Inquiries[K]['question']
}[T]

/** What it answers. */
export type AnswerTo<T extends QuestionType> = Inquiries[T]['answer']

/** A question on its way to an agent: `GET /v1/agent/questions?host=<name>&waitMs=<n>` on the unix socket. */
export interface Asked {
  readonly id: string
  /** For so long somebody waits for the answer. */
  readonly withinMs: number
  readonly question: Question
}

/** What an agent says to one: `POST /v1/agent/answers` on the unix socket. */
export interface AgentAnswer {
  readonly id: string
  readonly host: string
  /** Absent where it failed. */
  readonly answer?: unknown
  /** Why it could not be answered. */
  readonly failed?: string
}
