import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { compileCertificate } from '../../src/compile/certificate.ts'
import { compileAll } from '../../src/compile/compile.ts'
import { planOf } from '../../src/dataplane/proxy-plan.ts'
import { stateFileText } from '../../src/dataplane/proxy-state-file.ts'
import { proxyFiles, proxyText } from '../../src/host/proxy-text.ts'
import { rulesetText } from '../../src/host/ruleset-text.ts'
import { check } from '../../src/model/check.ts'
import { edit } from '../../src/model/edit.ts'
import { Refused } from '../../src/model/problem.ts'
import { freshModel } from '../any-model.ts'
import { certificateFor } from '../certificate-maker.ts'
import { machine } from './machine.ts'
import { modelOf } from './model-of.ts'

type Path = readonly (string | number)[]

/** A model with every sort of listener, all of whose texts are tame. */
const [tame = ''] = readFileSync(join(import.meta.dirname, '../golden/load-balancer-listeners.golden'), 'utf8').split(
  '-'.repeat(40),
)

/** Where texts stand that somebody typed: ids are given by us, see below. */
const places = [...textsIn(parse(tame), [])]
const named = places.flatMap(path => (path.at(-1) === 'port' ? [[...path.slice(0, -1), 'name']] : []))

function* textsIn(value: unknown, path: Path): Iterable<Path> {
  if (typeof value === 'string' || typeof value === 'number') yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Object.entries(value)) {
    if (key !== 'id' && key !== '$for') yield* textsIn(each, [...path, Array.isArray(value) ? Number(key) : key])
  }
}

const nasty: readonly string[] = [
  "'",
  '"',
  '\\',
  '\n',
  '\r\n',
  '\t',
  '#',
  ' ',
  '%',
  '%[src]',
  '%%',
  '$HOME',
  '${HOME}',
  '`id`',
  ',',
  ';',
  ')',
  '}',
  '\0',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ud800',
  'é',
  '漢',
  '😀',
  '--',
  '-f /etc/passwd',
  '\\1',
  '\\\n',
  '$(id)',
  '\nglobal\n',
  "' if TRUE #",
  '" comment "',
  '\n  server x 192.0.2.1:1',
  '; disable frontend lbl-00000001',
  '<<\n',
]
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 8 }).map(parts => parts.join('')),
  fc
    .constantFrom(...nasty)
    .chain(part => fc.constantFrom(60, 250, 1020).map(times => part.repeat(times / part.length))),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  // What most attributes with a form of their own let through.
  fc
    .string({ unit: fc.constantFrom(...Array.from('/-._~:%&=+,;!$()*@')), minLength: 1, maxLength: 30 })
    .map(text => `/${text}`),
)

/** The tame model with these texts, as far as each may stand where it is put; and which may. */
function modelWith(texts: readonly (readonly [Path, string])[]) {
  let document = parse(tame) as object
  const taken: Path[] = []
  for (const [path, text] of texts) {
    const next = replaced(document, path, text) as object
    if (!isAllowed(next)) continue
    document = next
    taken.push(path)
  }
  return { model: modelOf(stringify(document)), taken }
}

const problemsOf = (text: string) =>
  check(modelOf(text)).map(({ code, at, resource }) => `${code} ${at} ${resource ?? ''}`)
const usual = new Set(problemsOf(tame))

function isAllowed(document: object): boolean {
  const text = stringify(document)
  // What YAML cannot carry would be another text.
  if (JSON.stringify(parse(text)) !== JSON.stringify(document)) return false
  try {
    return problemsOf(text).every(problem => usual.has(problem))
  } catch {
    return false
  }
}

function replaced(value: unknown, [key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }
  const record = copy as Record<string | number, unknown>
  record[key] = replaced(record[key], rest, text)
  return copy
}

/** Everything that programs are told of a model: by name, text for text. */
function toldOf(model: ReturnType<typeof modelOf>, folder: string): ReadonlyMap<string, string> {
  const own = {
    socket: join(folder, 'socket'),
    stateFile: join(folder, 'state'),
    certificates: join(folder, 'certs'),
    user: null,
  }
  return new Map(
    [...compileAll(model, machine).values()].flatMap(item => {
      if (item.kind === 'ruleset') return [[`ruleset ${item.netns}`, rulesetText(item.ruleset)]]
      if (item.kind !== 'proxy') return []
      const { name, config } = item
      return [
        [`haproxy.cfg ${name}`, proxyText(name, config, own)],
        [`state ${name}`, stateFileText(config, [])],
        [`commands ${name}`, planOf(config, []).changes.join('\n')],
        ...[...proxyFiles(config)].map(([file, text]) => [`file ${file}`, text] as const),
      ]
    }),
  )
}

/** The words of a line as HAProxy reads it: what stands in quotes, or after a backslash, is part of a word. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = []
  let [word, quote, isWord] = ['', '', false]
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? ''
    if (quote !== '') {
      if (char === quote) quote = ''
      else word += quote === '"' && char === '\\' ? (line[++i] ?? '') : char
    } else if (char === '#') break
    else if (char === "'" || char === '"') [quote, isWord] = [char, true]
    else if (char === '\\') [word, isWord] = [word + (line[++i] ?? ''), true]
    else if (char !== ' ') [word, isWord] = [word + char, true]
    else if (isWord) {
      words.push(word)
      ;[word, isWord] = ['', false]
    }
  }
  assert.equal(quote, '', `a quote is open: ${line}`)
  return isWord ? [...words, word] : words
}

/** What of a text must not depend on what somebody typed: its lines, what each is about, and of how many words and commands it is. */
function structureOf(name: string, text: string): readonly string[] {
  return text.split('\n').map(line => {
    const words = wordsOf(line)
    // On the runtime socket quotes do not keep a semicolon from ending a command.
    const commands = name.startsWith('commands') ? line.split(';').length : 1
    return `${words[0] ?? ''} (${words.length} words, ${commands} commands)`
  })
}

test('the tokenizer reads lines as HAProxy does', () => {
  assert.deepEqual(wordsOf(`  a 'b #c' "d \\" e" f\\ g '' h'i'j # k`), ['a', 'b #c', 'd " e', 'f g', '', 'hij'])
  assert.throws(() => wordsOf("a 'b"))
})

test('whatever somebody types into any attribute, programs are told as many words in as many lines, and take them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  const takenAt = new Set<string>()
  try {
    mkdirSync(join(folder, 'certs'))
    const expected = toldOf(modelOf(tame), folder)
    const everywhere = [...places, ...named].map(path => fc.tuple(fc.constant(path), hostile))
    const several = fc.tuple(...everywhere).chain(texts => fc.shuffledSubarray(texts, { minLength: 12 }))
    fc.assert(
      fc.property(several, texts => {
        const { model, taken } = modelWith(texts)
        for (const path of taken)
          takenAt.add(
            path
              .filter(part => typeof part === 'string')
              .slice(1)
              .join('.'),
          )
        const told = toldOf(model, folder)
        assert.deepEqual([...told.keys()], [...expected.keys()])
        for (const [name, text] of told) {
          if (name.endsWith('.pem')) continue
          assert.doesNotMatch(text.replaceAll('\t', ''), /[^\P{Cc}\n]/u, name)
          assert.deepEqual(structureOf(name, text), structureOf(name, expected.get(name) ?? ''), name)
        }
        take(folder, told)
      }),
      { numRuns: 30, endOnFailure: true },
    )
    // What takes any text must have been given some.
    const free = ['check.expect', 'rules.pattern', 'rewrites.pattern', 'rewrites.replacement', 'listeners.name']
    assert.deepEqual(
      free.filter(place => !takenAt.has(place)),
      [],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Has HAProxy and nft look at all that they are told. */
function take(folder: string, told: ReadonlyMap<string, string>): void {
  for (const [name, text] of told) {
    const [what = '', of = ''] = name.split(' ')
    if (what === 'file') writeFileSync(join(folder, 'certs', of), text)
    if (what === 'state') writeFileSync(join(folder, 'state'), text)
  }
  for (const [name, text] of told) {
    const file = join(folder, 'text')
    if (!name.startsWith('haproxy.cfg') && !name.startsWith('ruleset')) continue
    writeFileSync(file, text)
    if (name.startsWith('haproxy.cfg')) execFileSync('haproxy', ['-c', '-q', '-f', file], { stdio: 'pipe' })
    else if (!seen.has(text)) execFileSync('unshare', ['-rn', 'nft', '-c', '-f', file], { stdio: 'pipe' })
    seen.add(text)
  }
}

const seen = new Set<string>()

test('an id that somebody made up is refused, whatever it is', () =>
  fc.assert(
    fc.property(hostile, fc.boolean(), (id, isBackend) => {
      const { model, context } = freshModel()
      const backend = { address: '198.51.100.1', port: 80, ...(isBackend ? { id } : {}) }
      const listener = { port: 80, backends: [backend], ...(isBackend ? {} : { id }) }
      const body = { eips: [{}], listeners: [listener] }
      assert.throws(() => edit(model, { do: 'create', kind: 'load-balancer', body }, context), Refused)
    }),
  ))

test('of a certificate nothing but what it says reaches a balancer, whatever stands around it', () => {
  const { model, context } = freshModel()
  const { chain, key } = certificateFor()
  const bundle = (body: object) => {
    const { resource } = edit(model, { do: 'create', kind: 'certificate', body }, context)
    assert.ok(resource?.kind === 'certificate')
    return compileCertificate(resource).pem
  }
  const clean = bundle({ chain, key })
  assert.match(clean, /^(-----(BEGIN|END) [A-Z ]+-----\n|[A-Za-z0-9+/=]+\n)+$/)
  fc.assert(
    fc.property(fc.constantFrom('chain', 'key'), fc.boolean(), hostile, (where, isAfter, text) => {
      const more = isAfter ? { chain, key }[where] + text : `${text}\n${{ chain, key }[where]}`
      try {
        assert.equal(bundle({ chain, key, [where]: more }), clean)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
      }
    }),
  )
})
