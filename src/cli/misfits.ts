import { z } from 'zod'
import { markOf } from '../model/define.ts'
import { problemsOf } from '../model/issue.ts'
import { kinds } from '../model/kinds.ts'
import { coreOf } from './attributes.ts'
import type { Complaint } from './complaint.ts'
import { isRecord, mapLeaves, refKinds } from './leaves.ts'

/**
 * What the server would say of a value, before it is asked: by the same schema. Names stand for ids, so whether they name
 * something is another question; children need no ids yet. `at` is where the value stands.
 */
export function misfits(schema: z.core.$ZodType, value: unknown, at: string): readonly Complaint[] {
  const whole = withIds(
    schema,
    mapLeaves(schema, value, (leaf, each) => standIn(leaf, each)),
  )
  const read = z.safeParse(schema, whole)
  if (read.success) return []
  return problemsOf(read.error, whole, at).map(problem => ({
    say: 'bad-value',
    values: { at: problem.at },
    problem,
  }))
}

/** An id for a name, and for the description of a public IP that is to be bought; anything else as it is. */
function standIn(leaf: z.core.$ZodType, value: unknown): unknown {
  const to = refKinds(leaf, value)?.[0]
  const buys = to === 'eip' && isRecord(value)
  return to !== undefined && (typeof value === 'string' || buys) ? `${kinds[to].prefix ?? 'zone'}-00000000` : value
}

function withIds(schema: z.core.$ZodType, value: unknown): unknown {
  const core = coreOf(schema)
  if (core instanceof z.ZodArray && Array.isArray(value)) {
    const isChild = markOf(core.element)?.child !== undefined
    return value.map((each: unknown) => {
      const inner = withIds(core.element, each)
      return isChild && isRecord(inner) ? { id: 'new', ...inner } : inner
    })
  }
  if (!(core instanceof z.ZodObject) || !isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const inner = Object.hasOwn(core.shape, key) ? core.shape[key] : undefined
      return [key, inner ? withIds(inner, each) : each]
    }),
  )
}
