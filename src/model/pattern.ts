/** The forms that a rule's pattern gives, one of which must match. */
export function wordsOf(pattern: string): readonly string[] {
  return pattern.split(/[ \t]+/).filter(word => word !== '')
}

/**
 * Whether a word is a regular expression that PCRE reads as JavaScript does: neither has to be asked of the other, and a balancer
 * is never given one that it cannot read.
 */
export function isPattern(word: string): boolean {
  const bare = word.replace(/^\(\?i\)/, '').replaceAll(/\\[^\w\s]/g, 'x')
  if (elsewhere.test(bare) || sizeOf(bare) > mostSize) return false
  try {
    return new RegExp(bare, 'u').unicode
  } catch {
    return false
  }
}

/**
 * What the one knows and the other does not: looking back, names, properties, POSIX and empty classes, verbs, code points; and what
 * was found before, as HAProxy's conditions keep nothing of it.
 */
const elsewhere = /\(\?[^:=!]|\(\*|\[\^?\]|\[[:.=]|\\[1-9]|\\[a-zA-Z](?<!\\[dDwWsSbBnrtfv])/

/** Far below what PCRE can hold. */
const mostSize = 10_000

/** How long a pattern is at most once its counted repetitions are written out. */
function sizeOf(word: string): number {
  const counts = [...word.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, from, to]) => Number(to || from))
  return counts.reduce((size, count) => size * Math.max(1, count), word.length)
}
