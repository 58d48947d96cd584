import { apiClient, type Client } from '../../client/api-client.ts'
import { apiLanguage, type Language } from '../i18n/language.ts'
import { fetchTransport } from './fetch-transport.ts'

const clients: Readonly<Record<Language, Client>> = {
  en: apiClient(fetchTransport(), { language: apiLanguage('en') }),
  zh: apiClient(fetchTransport(), { language: apiLanguage('zh') }),
}

/** The API of the server that the console came from; its messages are in this language. */
export function serverIn(language: Language): Client {
  return clients[language]
}
