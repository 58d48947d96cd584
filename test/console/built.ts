import { globSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '../..')
const place = join(root, 'dist/console')

/** Builds the console where its sources are newer than what was built; another test may do so at the same time. */
export async function builtConsole(): Promise<string> {
  if (isFresh()) return place
  const apart = `${place}-${process.pid}`
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: apart } })
  // Whoever was faster may have it open in a browser already: that one stays.
  if (isFresh()) {
    await rm(apart, { recursive: true, force: true })
    return place
  }
  await rm(place, { recursive: true, force: true })
  await rename(apart, place).catch(() => rm(apart, { recursive: true, force: true }))
  return place
}

function isFresh(): boolean {
  return newest('dist/console/index.html') > newest('src/{console,model,client}/**/*')
}

function newest(pattern: string): number {
  return Math.max(0, ...globSync(pattern, { cwd: root }).map(path => statSync(join(root, path)).mtimeMs))
}
