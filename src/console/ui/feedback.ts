import { useSyncExternalStore } from 'react'
import type { App } from 'antd'

/** Messages, notices and questions. */
type Feedback = ReturnType<typeof App.useApp>

let wanted = false
let current: Feedback | undefined
const waiting = new Set<(feedback: Feedback) => void>()
const listeners = new Set<() => void>()

/** What says things to the reader; loaded when something is first to be said, as it is a large part of the kit. */
export function feedback(): Promise<Feedback> {
  if (current) return Promise.resolve(current)
  wanted = true
  for (const listener of listeners) listener()
  return new Promise(resolve => waiting.add(resolve))
}

/** Takes what {@link feedback} hands out. */
export function giveFeedback(given: Feedback): void {
  current = given
  for (const resolve of waiting) resolve(given)
  waiting.clear()
}

/** Whether anybody has something to say yet. */
export function useFeedbackWanted(): boolean {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => wanted,
  )
}
