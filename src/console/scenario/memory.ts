import type { Progress } from './run.ts'

const key = 'causeway.scenario'

/** Writes down how far a scenario has come, so that a reload of the page loses nothing. */
export function remember(progress: Progress): void {
  sessionStorage.setItem(key, JSON.stringify(progress))
}

/** The scenario that was under way in this window. One that was cut off counts as failed, and can be carried on. */
export function recalled(): Progress | null {
  const text = sessionStorage.getItem(key)
  if (text === null) return null
  const progress = JSON.parse(text) as Progress
  if (progress.phase === 'running') return { ...progress, phase: 'failed' }
  return progress.phase === 'undoing' ? { ...progress, phase: 'undo-failed' } : progress
}

export function forget(): void {
  sessionStorage.removeItem(key)
}
