import type { AnswerTo, Question } from '../client/questions.ts'
import { keyOf } from '../host/item.ts'
import type { Known } from './answers.ts'

/** Sends a packet from a namespace of this machine, and tells what the kernel did with it. */
export async function followAnswer({ host, held }: Known, wish: Question<'follow'>): Promise<AnswerTo<'follow'>> {
  const key = keyOf({ kind: 'netns', netns: wish.netns, name: '' })
  if (!held?.values().some(shard => shard.has(key))) throw new Error(`${wish.netns} is not on this machine`)
  if (!host.follow) throw new Error('this machine cannot follow packets')
  return host.follow(wish)
}
