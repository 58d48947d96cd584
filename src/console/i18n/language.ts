import type { Locale } from 'antd/es/locale/index.js'
import { useSyncExternalStore } from 'react'
import type { Words } from '../../model/define.ts'
import { kinds, type KindName } from '../../model/kinds.ts'
import { untilThere } from '../server/until-there.ts'
import type { formWords } from '../form/words.ts'
import type { healthWords } from '../health/words.ts'
import type { signInWords } from '../pages/sign-in-words.ts'
import type { trialWords } from '../ui/trial-words.ts'
import type { childWords } from '../ui/child-words.ts'
import type { effectsWords } from '../ui/effects-words.ts'
import type { historyWords } from '../ui/history-words.ts'
import type { operationsWords } from '../ui/operation-words.ts'
import { laterWord } from './later-words.ts'
import type { WordKey } from './words-en.ts'
import { attributeLabel, optionLabel, type Labels } from './labels.ts'

export type Language = keyof Words

const key = 'causeway.language'

/** The language that was chosen here before, else the browser's. */
function chosenLanguage(): Language {
  const chosen = localStorage.getItem(key)
  return (chosen ?? navigator.language).toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** A language is loaded when somebody reads it. */
const packs = {
  en: async () => (await import('./pack-en.ts')).pack,
  zh: async () => (await import('./pack-zh.ts')).pack,
}
const loaded: Partial<Record<Language, Awaited<ReturnType<(typeof packs)[Language]>>>> = {}
let current: Language = 'en'
const listeners = new Set<() => void>()

/** Makes the words ready; once, before anything is drawn. */
export async function prepareWords(): Promise<void> {
  await turnTo(chosenLanguage())
}

/** Changes the language of everything, and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(key, language)
  await turnTo(language)
}

async function turnTo(language: Language): Promise<void> {
  loaded[language] = await untilThere(packs[language])
  document.documentElement.lang = apiLanguage(language)
  current = language
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The words of the kit's own parts, in a language that is loaded. */
export function kitLocale(language: Language): Locale | undefined {
  return loaded[language]?.kit
}

/** A language as HTTP and HTML call it. */
export function apiLanguage(language: Language): 'en' | 'zh-CN' {
  return language === 'zh' ? 'zh-CN' : 'en'
}

/** Words that are loaded with what uses them. */
type LaterWord =
  | keyof typeof childWords
  | keyof typeof effectsWords
  | keyof typeof formWords
  | keyof typeof healthWords
  | keyof typeof historyWords
  | keyof typeof operationsWords
  | keyof typeof signInWords
  | keyof typeof trialWords

const none: Labels = { labels: {}, options: {} }

type Values = Readonly<Record<string, string | number>>

/** A sentence with its blanks filled in, e.g. `{count}`. */
function filled(sentence: string, values: Values): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank))
}

/** The words of the page, in the reader's language. */
export function useWords() {
  const language = useSyncExternalStore(subscribe, () => current)
  return {
    language,
    t: (word: WordKey | LaterWord, values: Values = {}): string => {
      const words: Readonly<Partial<Record<string, string>>> = loaded[language]?.words ?? {}
      return filled(words[word] ?? laterWord(word, language) ?? word, values)
    },
    kind: (kind: KindName): string => kinds[kind].label[language],
    /** What an attribute is called; `where` is its kind, or the list of children that it is in. */
    label: (attribute: string, where = ''): string =>
      attributeLabel(loaded[language]?.labels ?? none, attribute, where),
    /** What a value of an enumerated attribute is called. */
    option: (attribute: string, value: unknown): string =>
      optionLabel(loaded[language]?.labels ?? none, attribute, String(value)),
    when: (at: string): string =>
      new Date(at).toLocaleString(apiLanguage(language), { dateStyle: 'medium', timeStyle: 'medium' }),
  }
}

export type Vocabulary = ReturnType<typeof useWords>
