import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProxyItem } from '../host/item.ts'
import { proxyFiles, proxyText } from '../host/proxy-text.ts'
import type { ProxyFiles } from './proxy-process.ts'
import type { SystemUser } from './system-user.ts'

/** Grows when items change their form: what another Causeway wrote is not understood by chance. */
const header = '# causeway 4 '

/** Writes what a process starts from, and what it was brought to. Certificates stand in files of their own, keys nowhere else. */
export function writeRecord(files: ProxyFiles, item: ProxyItem, user: SystemUser | null): void {
  const { config, state, socket, certificates } = files
  const beside = proxyFiles(item.config)
  mkdirSync(certificates, { recursive: true, mode: 0o700 })
  for (const [file, text] of beside) replaceFile(join(certificates, file), text)
  for (const file of readdirSync(certificates)) if (!beside.has(file)) rmSync(join(certificates, file))
  const text = proxyText(item.name, item.config, { socket, stateFile: state, certificates, user })
  replaceFile(config, `${header}${JSON.stringify(withPem(item, () => ''))}\n${text}\n`)
}

/** What the process was last brought to; null where nothing is known. */
export function readRecord({ config, certificates }: ProxyFiles): ProxyItem | null {
  if (!existsSync(config)) return null
  const [first = ''] = readFileSync(config, 'utf8').split('\n', 1)
  if (!first.startsWith(header)) return null
  try {
    const item = JSON.parse(first.slice(header.length)) as ProxyItem
    return withPem(item, id => readFileSync(pemFile(certificates, id), 'utf8'))
  } catch {
    // Somebody edited a file. What runs is unknown then, and the next put writes it anew.
    return null
  }
}

/** Where a process finds a certificate, which is also what it calls it. */
export function pemFile(directory: string, id: string): string {
  return join(directory, `${id}.pem`)
}

/** Puts a text in the place of a file's: whole or not at all. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function withPem(item: ProxyItem, pemOf: (id: string) => string): ProxyItem {
  const certificates = item.config.certificates.map(({ id }) => ({ id, pem: pemOf(id) }))
  return { ...item, config: { ...item.config, certificates } }
}
