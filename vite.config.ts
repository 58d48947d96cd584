import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/**
 * What schemas say of themselves is for terminals and for the description of the API: the console has words of its own, in both
 * languages. Of it, forms go by "when left out" alone.
 */
const withoutDescriptions: Plugin = {
  name: 'without-descriptions',
  apply: 'build',
  transform: {
    filter: { id: /\/src\/model\/[^/]+\.ts$/ },
    handler: code =>
      code.replaceAll(/\.describe\(\s*("(?:[^"\\]|\\.)*"),?\s*\)/g, said =>
        said.includes('when left out') ? said : '',
      ),
  },
}

/** Builds the console into dist/console, as files that the API process serves. */
export default defineConfig({
  root: 'src/console',
  plugins: [react(), withoutDescriptions],
  build: {
    // What reads these modules at all preloads them, too.
    modulePreload: { polyfill: false },
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2023',
    // A data URL would need its own line in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/v1': process.env['CAUSEWAY_URL'] ?? 'http://127.0.0.1:7480' } },
})
