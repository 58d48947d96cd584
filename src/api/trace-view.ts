import type { TracedStep, TracedWay } from '../client/trace-wire.ts'
import { placeText, stepText } from '../diagnose/trace/narration.ts'
import type { Way } from '../diagnose/trace/story.ts'
import type { Language } from './answer.ts'

/** A packet's way as the API shows it. */
export function wayView({ outcome, steps }: Way, language: Language): TracedWay {
  return {
    outcome,
    steps: steps.map((step): TracedStep => {
      const { netns, where, what, it, kernel, before, after } = step
      const [place, message] = [placeText(where, language), stepText(step, language)]
      return { netns, where, place, code: what, message, object: it, kernel, before, after }
    }),
  }
}
