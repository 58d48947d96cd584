import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Builds the console into dist/console, as files that the API process serves. */
export default defineConfig({
  root: 'src/console',
  plugins: [react()],
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
