import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** A file as it is sent. */
interface StaticFile {
  readonly type: string
  readonly body: Buffer
  readonly encoding: Encoding | null
  /** A strong ETag: of the bytes that are sent. */
  readonly etag: string
}

type Encoding = 'br' | 'gzip'

/** The files of a directory, in the best encoding that the other side takes. */
interface StaticFiles {
  /** Null where there is no such file. */
  file(path: string, acceptEncoding: string): Promise<StaticFile | null>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}
const squeezable = /^(?:text\/|image\/svg|application\/)/
const endings = { br: '.br', gzip: '.gz' } as const
const smallest = 1024

const [squeezeBr, squeezeGzip] = [promisify(brotliCompress), promisify(gzip)]
const squeeze = {
  br: (body: Buffer) =>
    squeezeBr(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
  gzip: (body: Buffer) => squeezeGzip(body, { level: 9 }),
}

/**
 * The files of a directory, kept in memory once they were asked for, until they change. A compressed file beside another
 * (`x.js.br`, `x.js.gz`) is sent in its place; where there is none it is made, once.
 */
export function staticFiles(directory: string): StaticFiles {
  const known = new Map<string, { readonly mark: string; readonly file: Promise<StaticFile> }>()

  async function load(path: string, encoding: Encoding | null): Promise<StaticFile> {
    const type = types[extname(path)] ?? 'application/octet-stream'
    const plain = await readFile(path)
    if (encoding === null || !squeezable.test(type) || plain.length < smallest) return fileOf(type, plain, null)
    const made = await readFile(path + endings[encoding]).catch(() => squeeze[encoding](plain))
    return fileOf(type, made, encoding)
  }

  return {
    async file(path, acceptEncoding) {
      const full = join(directory, path)
      if (!full.startsWith(directory + sep) || path.includes('\0')) return null
      const found = await stat(full).catch(() => null)
      if (!found?.isFile()) return null
      const encoding = encodingOf(acceptEncoding)
      const mark = `${found.mtimeMs} ${found.size} ${found.ino}`
      const key = `${full} ${encoding}`
      const before = known.get(key)
      if (before?.mark === mark) return before.file
      const file = load(full, encoding)
      known.set(key, { mark, file })
      file.catch(() => known.delete(key))
      return file
    },
  }
}

function fileOf(type: string, body: Buffer, encoding: Encoding | null): StaticFile {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  return { type, body, encoding, etag }
}

function encodingOf(accept: string): Encoding | null {
  const takes = accept
    .split(',')
    .map(each =>
      each
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .filter(([, q]) => q === undefined || !/^q=0(?:\.0*)?$/.test(q))
    .map(([name]) => name)
  return (['br', 'gzip'] as const).find(each => takes.includes(each)) ?? null
}
