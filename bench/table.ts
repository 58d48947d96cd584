/** What a benchmark found, as people read it. */
export interface Table {
  /** The section of docs/benchmarks.md that it fills, by the name of its mark there. */
  readonly mark: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A table as Markdown, its columns aligned. */
export function markdown({ head, rows }: Table): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map(row => (row[i] ?? '').length)))
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** A text with what lies between the marks of a table replaced by it. Throws where there are no such marks. */
export function filledIn(text: string, table: Table): string {
  const [start, end] = [`<!-- ${table.mark} -->`, `<!-- /${table.mark} -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`there is no place marked ${table.mark} to write the figures to`)
  return `${text.slice(0, from)}${start}\n${markdown(table)}\n${text.slice(to)}`
}

/** The middle one; of an even number, the greater of the two. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[values.length >> 1]
  if (middle === undefined) throw new Error('there is no median of nothing')
  return middle
}

/** A figure held against its target. */
export function judged(value: number, target: number, better: 'less' | 'more', digits = 2): string {
  const holds = better === 'less' ? value <= target : value >= target
  return `${value.toFixed(digits)} (${better === 'less' ? '≤' : '≥'} ${target}${holds ? '' : ', missed'})`
}
