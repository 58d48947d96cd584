import type { AgentAnswer, AnswerTo, Asked, Question, QuestionType } from '../client/questions.ts'
import { Refused } from '../model/problem.ts'

/** What an agent said to a question; nothing where it was silent for too long. */
export interface Reply<T extends QuestionType> {
  readonly host: string
  readonly answer: AnswerTo<T> | null
  /** Why it could not answer. */
  readonly failed?: string
}

/** How the server asks agents, which come for the questions by themselves. */
export interface Questions {
  /**
   * Asks every agent that reports, and waits until all have answered or the time is over. Throws where there is none, or all are
   * silent; answers with nothing where nobody waits for it any more.
   */
  ask<T extends QuestionType>(question: Question<T>, signal: AbortSignal): Promise<readonly Reply<T>[]>
  /** What an agent has not heard yet; waits for that until the signal aborts. */
  take(host: string, signal: AbortSignal): Promise<readonly Asked[]>
  /** Hears an answer. One that nobody waits for any more is let go. */
  answer(answer: AgentAnswer): void
}

interface Open {
  readonly asked: Asked
  /** Who has not heard it yet. */
  readonly unheard: Set<string>
  readonly hear: (answer: AgentAnswer) => void
}

/** Questions to the agents that are there. */
export function createQuestions(present: () => readonly string[], withinMs = 5000): Questions {
  const open = new Map<string, Open>()
  const waiting = new Map<string, Set<() => void>>()
  let count = 0

  const forHost = (host: string) => [...open.values()].filter(({ unheard }) => unheard.has(host))

  async function ask<T extends QuestionType>(question: Question<T>, signal: AbortSignal) {
    const hosts = present()
    if (hosts.length === 0) throw new Refused([{ code: 'no-agent', at: '' }])
    const id = String(++count)
    const answers = new Map<string, AgentAnswer>()
    const done = Promise.withResolvers<void>()
    open.set(id, {
      asked: { id, withinMs, question: question as Question },
      unheard: new Set(hosts),
      hear(answer) {
        if (hosts.includes(answer.host)) answers.set(answer.host, answer)
        if (answers.size === hosts.length) done.resolve()
      },
    })
    const timer = setTimeout(done.resolve, withinMs)
    signal.addEventListener('abort', () => done.resolve())
    for (const host of hosts) waiting.get(host)?.forEach(wake => wake())
    await done.promise
    clearTimeout(timer)
    open.delete(id)
    if (signal.aborted) return []
    if (answers.size === 0) throw new Refused([{ code: 'agent-silent', at: '', values: { hosts: hosts.join(', ') } }])
    return hosts.map((host): Reply<T> => {
      const { answer = null, failed } = answers.get(host) ?? {}
      return { host, answer: answer as AnswerTo<T> | null, ...(failed === undefined ? {} : { failed }) }
    })
  }

  return {
    ask,
    async take(host, signal) {
      if (forHost(host).length === 0 && !signal.aborted) {
        const woken = Promise.withResolvers<void>()
        const waiters = waiting.getOrInsertComputed(host, () => new Set())
        waiters.add(woken.resolve)
        signal.addEventListener('abort', () => woken.resolve())
        await woken.promise
        waiters.delete(woken.resolve)
        if (waiters.size === 0) waiting.delete(host)
      }
      // Who went away hears nothing: the question waits for the next time that it comes.
      const mine = forHost(host)
      for (const { unheard } of mine) unheard.delete(host)
      return mine.map(({ asked }) => asked)
    },
    answer(answer) {
      open.get(answer.id)?.hear(answer)
    },
  }
}
