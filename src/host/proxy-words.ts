/** A word that HAProxy takes as it stands, but for spaces and what is no text: those are percent-encoded, as in a URL. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[^\x21-\x7e]|'/gu, percentEncoded)}'`
}

/** A word that HAProxy takes exactly as it stands. It must not hold control characters, which would end the line. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** An argument of a converter, inside of what {@link literal} quotes. */
export function argument(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map(byte => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')
}
