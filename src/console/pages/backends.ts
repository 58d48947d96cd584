import type { ChildPage } from './kind-page.ts'

/** The backends inside each listener. */
export const backendPage: ChildPage = {
  columns: ['target', 'port', 'weight', 'backup'],
  rare: ['backupTier', 'policy', 'maxConnections'],
  form: { either: ['address', 'server'], initial: { port: 80 } },
}
