/** One entry of a listing in a help. */
export interface Entry {
  /** The title of the part that it stands in. */
  readonly part: string
  readonly name: string
  /** What is said of it, each on lines of its own. */
  readonly told: readonly string[]
  /** Words that it may hold, and what each means. */
  readonly words?: readonly (readonly [string, string])[]
}

/** Entries by their parts, with names on the left and what is said of them beside, in lines of at most so many characters. */
export function listingText(entries: readonly Entry[], width: number): string {
  const parts = Map.groupBy(entries, ({ part }) => part)
  const texts = [...parts].map(([part, inside]) => [
    ...wrapped(`${part}:`, width),
    ...inside.flatMap(entry => linesOf(entry, width)),
  ])
  return texts.map(lines => lines.join('\n')).join('\n\n')
}

/** Where what is said of an entry begins; a longer name stands on a line of its own. */
const column = 22

function linesOf({ name, told, words = [] }: Entry, width: number): readonly string[] {
  const room = width - column
  const beside = [
    ...told.flatMap(each => wrapped(each, room)),
    ...words.flatMap(([word, meaning]) => wrapped(`${word}: ${meaning}`, room, '  ')),
  ]
  const [first = '', ...rest] = beside.map(line => ' '.repeat(column) + line)
  const head = `  ${name}`
  return head.length + 2 > column ? [head, first, ...rest] : [head + first.slice(head.length), ...rest]
}

/** A text in lines of at most so many characters; all but the first begin as told. */
function wrapped(text: string, width: number, hanging = ''): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(lines.length > 0 ? hanging + word : word)
  }
  return lines
}
