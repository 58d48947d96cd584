import type { Client } from '../../client/api-client.ts'
import { useWords, type Language } from '../i18n/language.ts'
import { queriesOf } from './queries.ts'
import { serverIn } from './server.ts'

const queries = { en: queriesOf(serverIn('en'), 'en'), zh: queriesOf(serverIn('zh'), 'zh') }

/** The API and what pages ask of it, in the reader's language. */
export function useServer(): {
  readonly server: Client
  readonly queries: (typeof queries)[Language]
} {
  const { language } = useWords()
  return { server: serverIn(language), queries: queries[language] }
}
