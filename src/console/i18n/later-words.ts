import type { Words } from '../../model/define.ts'

const later: Record<string, Words> = {}

/** Makes words known that are loaded with what uses them, and not with every page. */
export function know(words: Readonly<Record<string, Words>>): void {
  Object.assign(later, words)
}

/** A word that was made known. */
export function laterWord(word: string, language: keyof Words): string | undefined {
  return later[word]?.[language]
}
