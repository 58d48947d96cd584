import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { kinds } from '../src/model/kinds.ts'

const root = join(import.meta.dirname, '..')

/** Which rooms a room may import, besides itself. What is not listed may import nothing. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  host: ['model'],
  compile: ['model', 'host'],
  diagnose: ['model', 'host', 'compile'],
  store: ['model'],
  pki: [],
  commands: ['model', 'store', 'pki'],
  acme: ['model', 'diagnose', 'store', 'commands', 'pki'],
  dataplane: ['host'],
  client: ['model'],
  cli: ['model', 'client'],
  console: ['model', 'client'],
  agent: ['model', 'host', 'compile', 'dataplane', 'client'],
  monitor: ['client'],
  api: ['model', 'host', 'compile', 'diagnose', 'store', 'commands', 'client', 'monitor', 'acme'],
  qingcloud: ['model', 'store', 'commands', 'client'],
  demo: ['model', 'host', 'compile', 'diagnose', 'dataplane', 'client'],
  programs: [
    'model',
    'host',
    'compile',
    'diagnose',
    'store',
    'commands',
    'dataplane',
    'client',
    'agent',
    'acme',
    'api',
    'monitor',
    'qingcloud',
    'cli',
    'demo',
  ],
}

/** Rooms that must not touch the world: no modules of Node that do. */
const pure = ['model', 'host', 'compile', 'diagnose']
/** Parts of Node that only compute. */
const harmless = ['node:crypto', 'node:util']
/** Within diagnosis: what happens to packets, what is wrong, what reaches what, and what a plan will do. */
const mayImportInDiagnosis: Readonly<Record<string, readonly string[]>> = {
  trace: [],
  cause: ['trace'],
  reach: ['trace'],
  plan: ['trace', 'cause', 'reach'],
}
/** All of the model that the words of the host are made of: addresses and ports. */
const hostMayImport = ['src/model/address.ts', 'src/model/define.ts', 'src/model/same.ts']

const longest = 350

interface Source {
  readonly path: string
  readonly room: string
  readonly text: string
  /** Relative imports as paths from the root. */
  readonly imports: readonly string[]
  readonly packages: readonly string[]
}

const sources = new Map(globSync('src/**/*.{ts,tsx}', { cwd: root }).map(path => [path, read(path)]))

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/gm),
  ].map(([, written, late]) => written ?? late ?? '')
  return {
    path,
    room: path.split('/').length > 2 ? (path.split('/')[1] ?? '') : '',
    text,
    imports: specifiers
      .filter(each => each.startsWith('.'))
      .map(each => relative(root, join(root, dirname(path), each))),
    packages: specifiers.filter(each => !each.startsWith('.')),
  }
}

function offences(of: (source: Source) => readonly string[]): readonly string[] {
  return [...sources.values()].flatMap(source => of(source).map(what => `${source.path}: ${what}`))
}

test('the scanner sees what it is meant to see', () => {
  assert.ok(sources.get('src/model/model.ts')?.imports.includes('src/model/kinds.ts'))
  assert.ok(sources.get('src/model/model.ts')?.packages.includes('immutable'))
  assert.ok(sources.size > 40)
})

test('imports run one way between the rooms', () => {
  const wrong = offences(({ room, imports }) => {
    if (room === '') return []
    const allowed = [room, ...(mayImport[room] ?? [])]
    return imports.filter(each => !allowed.includes(each.split('/')[1] ?? '')).map(each => `imports ${each}`)
  })
  assert.deepEqual(wrong, [])
})

test('imports run one way within diagnosis', () => {
  const part = (path: string) => /^src\/diagnose\/(.*)\/[^/]*$/.exec(path)?.[1]
  const wrong = offences(({ path, room, imports }) => {
    if (room !== 'diagnose') return []
    const own = part(path) ?? 'none'
    const allowed = [own, ...(mayImportInDiagnosis[own] ?? [])]
    return imports.flatMap(each => {
      const other = each.startsWith('src/diagnose/') ? (part(each) ?? 'none') : own
      return allowed.includes(other) && own in mayImportInDiagnosis ? [] : [`imports ${each}`]
    })
  })
  assert.deepEqual(wrong, [])
})

test('every room is in the table, and everything imported exists', () => {
  const rooms = new Set([...sources.values()].map(({ room }) => room).filter(Boolean))
  assert.deepEqual(
    [...rooms].filter(room => !(room in mayImport)),
    [],
  )
  assert.deepEqual(
    offences(({ imports }) =>
      imports.filter(each => !sources.has(each) && !isStyle(each)).map(each => `imports ${each}, which is not there`),
    ),
    [],
  )
})

/** Styles are no sources, and have nothing to import. */
function isStyle(path: string): boolean {
  return path.endsWith('.css') && existsSync(join(root, path))
}

test('the words of the host know addresses and ports, and nothing else of the model', () => {
  const wrong = offences(({ room, imports }) =>
    room === 'host' ? imports.filter(each => each.startsWith('src/model/') && !hostMayImport.includes(each)) : [],
  )
  assert.deepEqual(wrong, [])
})

test('pure rooms do not touch the world', () => {
  const wrong = offences(({ room, packages, text }) =>
    pure.includes(room)
      ? [
          ...packages.filter(each => each.startsWith('node:') && !harmless.includes(each)),
          ...(text.match(/\b(?:Date\.now|Math\.random|process\.\w+|new Date\(\))/g) ?? []),
        ]
      : [],
  )
  assert.deepEqual(wrong, [])
})

test('no file imports itself in a circle', () => {
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path)
    if (at !== -1) circles.push([...trail.slice(at), path].join(' → '))
    if (at !== -1 || done.has(path)) return
    for (const next of valueImports(path)) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of sources.keys()) walk(path, [])
  assert.deepEqual(circles, [])
})

/** Imports that remain when types are gone: a circle of types alone does nothing at run time. */
function valueImports(path: string): readonly string[] {
  const { text = '', imports = [] } = sources.get(path) ?? {}
  const typesOnly = new Set(
    [...text.matchAll(/^import type\s[^'";]*?\sfrom\s'(\.[^']+)'/gm)].map(([, each = '']) =>
      relative(root, join(root, dirname(path), each)),
    ),
  )
  return imports.filter(each => !typesOnly.has(each))
}

test(`no file is longer than ${longest} lines`, () => {
  assert.deepEqual(
    offences(({ text }) => (text.split('\n').length - 1 > longest ? [`${text.split('\n').length - 1} lines`] : [])),
    [],
  )
})

test('files say what they hold: no barrels, no default exports, no drawers for everything', () => {
  const drawer = /(?:^|\/)(?:index|utils?|helpers?|common|misc|types)\.tsx?$/
  assert.deepEqual(
    offences(({ path }) => (drawer.test(path) ? ['a name that says nothing'] : [])),
    [],
  )
  assert.deepEqual(
    offences(({ text }) => (/^export default/m.test(text) ? ['a default export'] : [])),
    [],
  )
  assert.deepEqual(
    offences(({ path }) => (/[A-Z_]/.test(path) ? ['is not kebab-case'] : [])),
    [],
  )
})

test('every kind has its file in the model, and its slice of the compiler', () => {
  const model = Object.keys(kinds).filter(kind => !sources.has(`src/model/${kind}.ts`))
  assert.deepEqual(model, [])
  // Words of other kinds, and records: nothing on a machine is theirs alone.
  const shared = ['zone', 'ip-set', 'eip', 'vip', 'tag', 'key-pair', 'volume', 'group-snapshot', 'policy-test']
  const compiled = Object.keys(kinds).filter(kind => !shared.includes(kind) && !sources.has(`src/compile/${kind}.ts`))
  assert.deepEqual(compiled, [])
})

test('nothing in the tree switches the type checker, the linter or a test off', () => {
  const off = /:\s*any\b|\bas any\b|@ts-(?:ignore|expect-error|nocheck)|(?:oxlint|eslint)-disable/
  assert.deepEqual(
    offences(({ text }) => (off.test(text) ? [off.exec(text)?.[0] ?? ''] : [])),
    [],
  )
  const idle = /\b(?:test|it|describe|suite)\.(?:skip|todo|only)\(/
  const tests = globSync('test/**/*.ts', { cwd: root }).filter(path =>
    idle.test(readFileSync(join(root, path), 'utf8')),
  )
  assert.deepEqual(tests, [])
})
