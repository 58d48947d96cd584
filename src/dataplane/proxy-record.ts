import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProxyItem } from '../host/item.ts'
import { proxyFiles, proxyText } from '../host/proxy-text.ts'
import type { ProxyFiles } from './proxy-process.ts'
import type { SystemUser } from './system-user.ts'

/** Grows when items change their form: what another Causeway wrote is not understood by chance. */
const header = '# causeway 4 '

/** So long after a change the file tells of it: until then whoever comes anew sees what the process itself says. */
const soonMs = 500

/** What a process was last brought to, and starts from. Certificates stand in files of their own, keys nowhere else. */
export class ProxyRecord {
  readonly #files: ProxyFiles
  readonly #user: SystemUser | null
  /** Undefined until it was read. */
  #item: ProxyItem | null | undefined
  #soon: NodeJS.Timeout | undefined

  constructor(files: ProxyFiles, user: SystemUser | null) {
    this.#files = files
    this.#user = user
  }

  /** Null where nothing is known. */
  get item(): ProxyItem | null {
    if (this.#item === undefined) this.#item = readRecord(this.#files)
    return this.#item
  }

  /** Takes note of it, and writes it before anything else is done. */
  write(item: ProxyItem): void {
    this.#item = item
    this.#stopWaiting()
    writeRecord(this.#files, item, this.#user)
  }

  /** Takes note of it, and writes it a little later, together with what follows it until then. */
  writeSoon(item: ProxyItem): void {
    this.#item = item
    this.#soon ??= setTimeout(() => this.flush(), soonMs).unref()
  }

  /** Writes what waits to be written. Where that cannot be done it waits for the next. */
  flush(): void {
    if (!this.#soon || !this.#item) return
    this.#stopWaiting()
    try {
      writeRecord(this.#files, this.#item, this.#user)
    } catch {
      this.writeSoon(this.#item)
    }
  }

  /** To be called when the files are gone. */
  forget(): void {
    this.#item = null
    this.#stopWaiting()
  }

  #stopWaiting(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
  }
}

function writeRecord(files: ProxyFiles, item: ProxyItem, user: SystemUser | null): void {
  const { config, state, socket, certificates } = files
  const beside = proxyFiles(item.config)
  mkdirSync(certificates, { recursive: true, mode: 0o700 })
  for (const [file, text] of beside) replaceFile(join(certificates, file), text)
  for (const file of readdirSync(certificates)) if (!beside.has(file)) rmSync(join(certificates, file))
  const text = proxyText(item.name, item.config, { socket, stateFile: state, certificates, user })
  replaceFile(config, `${header}${JSON.stringify(withPem(item, () => ''))}\n${text}\n`)
}

function readRecord({ config, certificates }: ProxyFiles): ProxyItem | null {
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
