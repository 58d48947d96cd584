import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Words } from '../../model/define.ts'
import { kinds, type KindName } from '../../model/kinds.ts'
import { en, type WordKey } from './words-en.ts'
import { zh } from './words-zh.ts'
import { attributeLabel, optionLabel } from './labels.ts'

export type Language = keyof Words

const key = 'causeway.language'

/** The language that was chosen here before, else the browser's. */
function chosenLanguage(): Language {
  const chosen = localStorage.getItem(key)
  return (chosen ?? navigator.language).toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** Makes the words ready; once, before anything is drawn. */
export async function prepareWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: chosenLanguage(),
    fallbackLng: 'en',
    resources: { en: { translation: en }, zh: { translation: zh } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  })
  document.documentElement.lang = apiLanguage(chosenLanguage())
}

/** Changes the language of everything, and remembers it. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(key, language)
  document.documentElement.lang = apiLanguage(language)
  void i18next.changeLanguage(language)
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
