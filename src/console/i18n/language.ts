import type { Locale } from 'antd/es/locale/index.js'
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Words } from '../../model/define.ts'
import { kinds, type KindName } from '../../model/kinds.ts'
import { untilThere } from '../server/until-there.ts'
import type { WordKey } from './words-en.ts'
import { attributeLabel, optionLabel } from './labels.ts'

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
const kits: Partial<Record<Language, Locale>> = {}

async function load(language: Language): Promise<void> {
  const { words, kit } = await untilThere(packs[language])
  kits[language] = kit
  i18next.addResourceBundle(language, 'translation', words)
  document.documentElement.lang = apiLanguage(language)
}

/** Makes the words ready; once, before anything is drawn. */
export async function prepareWords(): Promise<void> {
  const language = chosenLanguage()
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  })
  await load(language)
}

/** Changes the language of everything, and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(key, language)
  await load(language)
  await i18next.changeLanguage(language)
}

/** The words of the kit's own parts, in a language that is loaded. */
export function kitLocale(language: Language): Locale | undefined {
  return kits[language]
}

/** A language as HTTP and HTML call it. */
export function apiLanguage(language: Language): 'en' | 'zh-CN' {
  return language === 'zh' ? 'zh-CN' : 'en'
}

type Values = Readonly<Record<string, string | number>>

/** The words of the page, in the reader's language. */
export function useWords() {
  const { t, i18n } = useTranslation()
  const language: Language = i18n.language === 'zh' ? 'zh' : 'en'
  return {
    language,
    t: (word: WordKey, values: Values = {}): string => t(word, values),
    kind: (kind: KindName): string => kinds[kind].label[language],
    /** What an attribute is called; `where` is its kind, or the list of children that it is in. */
    label: (attribute: string, where = ''): string => attributeLabel(attribute, where, language),
    /** What a value of an enumerated attribute is called. */
    option: (attribute: string, value: unknown): string => optionLabel(attribute, String(value), language),
    when: (at: string): string =>
      new Date(at).toLocaleString(apiLanguage(language), { dateStyle: 'medium', timeStyle: 'medium' }),
  }
}

export type Vocabulary = ReturnType<typeof useWords>
