import type { Server } from '../model/model.ts'
import { fail } from './failure.ts'
import type { Ledger } from './ledger.ts'

/** How large an instance is. */
type Size = Pick<Server['now'], 'cpu' | 'memoryMb'>

/** Old names of types, by what they hold: processors and memory in GB. */
const oldTypes: Readonly<Record<string, readonly [cpu: number, memoryGb: number]>> = {
  small_b: [1, 1],
  small_c: [1, 2],
  medium_a: [2, 2],
  medium_b: [2, 4],
  medium_c: [2, 8],
  large_a: [4, 4],
  large_b: [4, 8],
  large_c: [4, 16],
}

/** What a request says of a size: a type where it names one, as many clients send both; else what it gives as numbers, 0 for none. */
export function sizeAsked(asked: {
  readonly instance_type?: string | undefined
  readonly cpu?: number | undefined
  readonly memory?: number | undefined
}): { readonly cpu: number | undefined; readonly memoryMb: number | undefined } {
  if (asked.instance_type !== undefined) return sizeCalled(asked.instance_type)
  return { cpu: asked.cpu || undefined, memoryMb: asked.memory || undefined }
}

function sizeCalled(type: string): Size {
  const [, cpu, gb] = /^c(\d{1,4})m(\d{1,5})$/.exec(type) ?? []
  const [cores, memory] = (Object.hasOwn(oldTypes, type) && oldTypes[type]) || [Number(cpu), Number(gb)]
  if (Number.isNaN(cores)) {
    fail(1100, `parameter [instance_type] must be a type such as c2m4, or small_b to large_c; or give cpu and memory`)
  }
  return { cpu: cores, memoryMb: memory * 1024 }
}

/** What clients said of an instance and read again, though nothing here comes of it. */
export interface Said {
  readonly instance_type: string
  readonly instance_class: number
  readonly os_disk_size: number
}

/** Keeps what was said of an instance. */
export function keepSaid(id: string, said: Said, ledger: Ledger): void {
  ledger.spell(id, JSON.stringify(said))
}

/** What was said of an instance, its type as long as it is still of that size; the rest is as it is by default. */
export function saidOf({ id, now }: Pick<Server, 'id' | 'now'>, ledger: Ledger): Said {
  const written = ledger.spelling(id)
  const said: Said = written === undefined ? unsaid : (JSON.parse(written) as Said)
  const plain = now.memoryMb % 1024 === 0 ? `c${now.cpu}m${now.memoryMb / 1024}` : ''
  return { ...said, instance_type: isOf(said.instance_type, now) ? said.instance_type : plain }
}

/** What an instance is where nobody said anything. */
export const unsaid: Said = { instance_type: '', instance_class: 0, os_disk_size: 20 }

function isOf(type: string, { cpu, memoryMb }: Size): boolean {
  if (type === '') return false
  const size = sizeCalled(type)
  return size.cpu === cpu && size.memoryMb === memoryMb
}
