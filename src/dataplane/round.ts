import type { Step } from '../host/diff.ts'
import type { Request } from './netlink.ts'
import type { Space } from './space.ts'

interface Entry {
  readonly step: Step
  readonly request: Request
  /** Errors that mean that there was nothing left to do. */
  readonly fine: readonly number[]
}

/** What is in the way goes first; the far ends of links are finished last. */
type Wave = 'clear' | 'do' | 'finish'

function newQueues(): Record<Wave, Map<Space, Entry[]>> {
  return { clear: new Map(), do: new Map(), finish: new Map() }
}

/** One round of work on the kernel: collects requests by namespace, sends them in few pieces, remembers what failed. */
export class Round {
  readonly #failures = new Map<Step, string>()
  #queues = newQueues()

  /** Adds a request. Those of a later wave are sent when all of the earlier ones have been. */
  ask(step: Step, space: Space, request: Request, fine: readonly number[] = [], wave: Wave = 'do'): void {
    const queue = this.#queues[wave]
    const entries = queue.get(space)
    if (entries) entries.push({ step, request, fine })
    else queue.set(space, [{ step, request, fine }])
  }

  fail(step: Step, words: string): void {
    if (!this.#failures.has(step)) this.#failures.set(step, words)
  }

  failureOf(step: Step): string | undefined {
    return this.#failures.get(step)
  }

  /** Sends what was collected. Lets other work in between namespaces when it takes long. */
  async flush(): Promise<void> {
    const { clear, do: main, finish } = this.#queues
    this.#queues = newQueues()
    let since = performance.now()
    for (const queue of [clear, main, finish])
      for (const [space, entries] of queue) {
        this.#send(space, entries)
        if (performance.now() - since < longestStretchMs) continue
        await new Promise(setImmediate)
        since = performance.now()
      }
  }

  #send(space: Space, entries: readonly Entry[]): void {
    const answers = space.route.exchange(entries.map(({ request }) => request))
    for (const [i, { errno, words }] of answers.entries()) {
      const { step, fine } = entries[i]!
      if (errno === 0 || fine.includes(errno)) continue
      this.fail(step, words)
      // What was believed of its links may be wrong.
      space.forgetLinks()
    }
  }
}

/** So long other work of the process may have to wait. */
const longestStretchMs = 10
