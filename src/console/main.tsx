import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { prepareWords } from './i18n/language.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id root')
await prepareWords()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
