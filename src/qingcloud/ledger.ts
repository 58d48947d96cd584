import type { Id, Resource } from '../model/model.ts'

/** Something that was begun, and ends when the machines have done it. */
export interface Job {
  readonly id: string
  readonly action: string
  readonly resources: readonly Id[]
  /** What machines must have reached for it to be done. */
  readonly revision: number
  /** What the resources show meanwhile as their `transition_status`. */
  readonly transition: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** How it ended; null while that is not known. */
  readonly end: JobEnd | null
}

export interface JobEnd {
  readonly status: 'successful' | 'failed'
  readonly at: number
  /** Why it failed; empty otherwise. */
  readonly reason: string
}

/** A resource as it was before it was deleted. */
interface Tombstone {
  readonly resource: Resource
  /** When it was deleted, in milliseconds since 1970. */
  readonly at: number
}

/** What this API must remember and the model does not know. Bounded: the oldest is forgotten. */
export interface Ledger {
  /** Notes a job and answers with its id. */
  begin(job: Omit<Job, 'id' | 'end'>): string
  end(id: string, end: JobEnd): void
  job(id: string): Job | undefined
  /** Newest first. */
  jobs(): Iterable<Job>
  /** The latest jobs of a resource whose end is not known. */
  open(resource: Id): readonly Job[]
  /** Keeps resources that are no more, for two hours. */
  bury(resources: readonly Resource[]): void
  /** Undefined where nothing of this id was deleted lately. */
  buried(id: Id): Tombstone | undefined
  /** Notes that a request was made; false where it was made before. It is forgotten after `until`. */
  claim(request: string, until: number): boolean
  /** Forgets a request: it changed nothing, and may be made again. */
  release(request: string): void
  /** Keeps how a client wrote something that the model writes otherwise, by the id of what it belongs to. */
  spell(id: Id, written: string): void
  spelling(id: Id): string | undefined
  /** Keeps a text and answers with its id. */
  attach(content: string): string
  attachment(id: string): string | undefined
  close(): void
}
