import type { Packet } from '../../host/packet.ts'
import type { StoryStep } from './narration.ts'
import type { Way } from './story.ts'
import type { Telling } from './story-words.ts'

/** A step of each of two stories of one way, by its place there; null where only the other has it. */
export interface Pair {
  readonly told: number | null
  readonly seen: number | null
  /** Whether it is in both, and made the same of the packet. */
  readonly same: boolean
}

/**
 * Lays what a trace tells and what was seen side by side. The port of whoever is asked is a packet's `dport` on its way there, its `sport`
 * on the way back; the other one does not count, as translation may change it.
 */
export function compareWays(told: Way, seen: Way, asked: 'dport' | 'sport'): readonly Pair[] {
  const [a, b] = [told.steps.map(keyOf), seen.steps.map(keyOf)]
  const lengths = commonLengths(a, b)
  const pairs: Pair[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pairs.push({ told: i, seen: j, same: alike(told.steps[i]!.after, seen.steps[j]!.after, asked) })
      i++
      j++
    } else if (j === b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      pairs.push({ told: i++, seen: null, same: false })
    } else pairs.push({ told: null, seen: j++, same: false })
  }
  return pairs
}

/** How many steps the rests of two stories have in common, from every place of either. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [down, right] = [lengths[i + 1]![j]!, lengths[i]![j + 1]!]
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(down, right)
    }
  }
  return lengths
}

const onward: readonly Telling[] = ['route', 'own-route', 'route-out', 'own-route-out', 'goes-on']
const departures: readonly Telling[] = ['leaves-for', 'leaves-for-machine', 'unseen', 'silence', 'holder-off']
const arrivals: readonly Telling[] = ['arrives', 'listens', 'nothing-listens']

/** Ends that no rule makes. */
const losses: readonly Telling[] = [
  'no-route',
  'no-balancer-route',
  'route-nowhere',
  'gateway-off',
  'router-free',
  'router-without-eip',
  'router-off',
  'address-free',
  'place-off',
  'no-place',
  'reverse-path',
  'no-forwarding',
  'loop',
  'lost',
  'unsent',
]

/** What makes two steps of two stories one: in the kernel's trace a route is a link that it goes on by, and what ends by no rule is lost. */
function keyOf({ what, netns, values, kernel }: StoryStep, i: number): string {
  if (i === 0) return 'begins'
  if (what === 'enters') return `enters ${netns} ${values['link']}`
  if (onward.includes(what)) return `on ${netns} ${values['link']}`
  if (what === 'undone') return `undone ${netns}`
  if (arrivals.includes(what)) return `arrives ${netns}`
  if (what === 'leaves') return `leaves ${netns}`
  if (departures.includes(what)) return `unseen ${netns}`
  return losses.includes(what) ? `lost ${netns}` : `rule ${netns} ${kernel}`
}

/** Whether two packets are the same but for the port of whoever asks. */
function alike(a: Packet, b: Packet, asked: 'dport' | 'sport'): boolean {
  return a.from === b.from && a.to === b.to && a.protocol === b.protocol && a[asked] === b[asked]
}
