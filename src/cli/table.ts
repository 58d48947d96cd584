import Table from 'cli-table3'

/** Column heads, and rows of cells. */
export interface Grid {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A table without lines, each column as wide as its widest cell; Chinese takes two cells a character. */
export function tableText({ heads, rows }: Grid): string {
  const table = new Table({
    head: [...heads],
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows.map(row => row.map(cell => printable(cell))))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}

/** Text without what would move a cursor: names come from other people. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
