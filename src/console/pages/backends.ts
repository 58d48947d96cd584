import type { ChildPage } from './kind-page.ts'

/** The backends inside each listener. */
export const backendPage: ChildPage = {
  columns: ['target', 'port', 'weight', 'backup'],
  form: { either: ['address', 'server'], initial: { port: 80 } },
}
