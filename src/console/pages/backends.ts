import type { ChildPage } from './kind-page.ts'

/** The backends inside each listener. */
export const backendPage: ChildPage = {
  columns: ['target', 'weight'],
  rare: ['backup', 'backupTier', 'policy', 'maxConnections'],
  form: { either: ['address', 'server'], initial: { port: 80 } },
}
