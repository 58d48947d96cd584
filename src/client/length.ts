import type { Words } from '../model/define.ts'

const units: readonly (readonly [ms: number, en: string, zh: string])[] = [
  [86_400_000, 'd', '天'],
  [3_600_000, 'h', '小时'],
  [60_000, 'min', '分'],
  [1000, 's', '秒'],
]

/** A time in its two largest units, e.g. `2 d 3 h`. */
export function lengthText(ms: number, language: keyof Words): string {
  const rounded = Math.round(ms / 1000) * 1000
  const first = units.findIndex(([unit]) => rounded >= unit)
  if (first < 0) return language === 'zh' ? '0 秒' : '0 s'
  let rest = rounded
  return units
    .slice(first, first + 2)
    .flatMap(([unit, en, zh]) => {
      const count = Math.floor(rest / unit)
      rest -= count * unit
      return count > 0 ? `${count} ${language === 'zh' ? zh : en}` : []
    })
    .join(' ')
}
