import type { TestContext } from 'node:test'
import { serving, type Serving } from '../client/serving.ts'
import { startBrowser, type Browser } from './browser.ts'
import { builtConsole } from './built.ts'

export interface Visiting extends Serving {
  readonly url: string
  readonly browser: Browser
}

/** A real server without machines, with its console, and a browser to visit it. */
export async function visiting(t: TestContext): Promise<Visiting> {
  await builtConsole()
  const served = await serving(t)
  const browser = await startBrowser()
  t.after(() => browser.close())
  return { ...served, url: served.server.url, browser }
}
