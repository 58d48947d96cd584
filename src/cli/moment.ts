import { Option } from 'commander'
import { Misuse } from './complaint.ts'

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** How a moment may be written. */
export const momentForms = '10m, 2h or 3d ago, 14:05 today, or 2026-01-31T12:00:00Z'

/** The option that asks for the past. */
export function momentOption(): Option {
  return new Option('--at <time>', `as it was then: ${momentForms}`)
}

/** A moment as a person writes it, as RFC 3339; throws where it is none. */
export function momentOf(text: string): string {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) {
    return new Date(Date.now() - Number(count) * seconds[unit as keyof typeof seconds] * 1000).toISOString()
  }
  const isTime = /^\d{1,2}:\d\d(:\d\d)?$/.test(text)
  const today = new Date()
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map(part => String(part).padStart(2, '0'))
  const time = /^\d{4}-\d\d-\d\d/.test(text) || isTime ? Date.parse(isTime ? `${day.join('-')} ${text}` : text) : NaN
  if (Number.isNaN(time)) throw new Misuse([{ say: 'not-a-moment', values: { text, forms: momentForms } }])
  return new Date(time).toISOString()
}

/** `at <time> get vpcs` is `get vpcs --at <time>`; all else stands as it was written. */
export function withMoment(argv: readonly string[]): readonly string[] {
  let start = 0
  while (['--url', '--key', '--lang'].includes(argv[start] ?? '')) start += 2
  const [word, time, ...rest] = argv.slice(start)
  if (word !== 'at' || time === undefined || time.startsWith('-') || rest.length === 0) return argv
  return [...argv.slice(0, start), ...rest, '--at', time]
}
