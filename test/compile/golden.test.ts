import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileAll } from '../../src/compile/compile.ts'
import { stepText } from '../../src/host/commands-text.ts'
import { diff } from '../../src/host/diff.ts'
import type { HostState, Item } from '../../src/host/item.ts'
import { proxyFiles, proxyText } from '../../src/host/proxy-text.ts'
import { rulesetText } from '../../src/host/ruleset-text.ts'
import { machine } from './machine.ts'
import { modelOf } from './model-of.ts'

const folder = join(import.meta.dirname, '../golden')
const dashes = `\n${'-'.repeat(40)}\n`

for (const name of readdirSync(folder).filter(file => file.endsWith('.golden'))) {
  const file = join(folder, name)
  const [input = '', output = ''] = readFileSync(file, 'utf8').split(dashes)
  const state = compileAll(modelOf(input), machine)

  test(`${name} compiles to what is written there; \`npm run golden\` writes it anew`, () => {
    const now = textOf(state)
    if (process.env['GOLDEN'] === 'write') writeFileSync(file, `${input}${dashes}${now}`)
    else assert.equal(output, now)
  })

  test(`nft and haproxy take what ${name} compiles to`, () => {
    const scratch = mkdtempSync(join(tmpdir(), 'golden-'))
    try {
      for (const item of state.values()) checkText(scratch, item)
    } finally {
      rmSync(scratch, { recursive: true })
    }
  })
}

/** The commands of an operator who starts from nothing, without what every namespace has. */
function textOf(state: HostState): string {
  return diff(new Map(), state)
    .map(step => {
      if (step.item.kind !== 'proxy') return `${stepText(step)}\n`
      const { name, config } = step.item
      const lists = [...proxyFiles(config)].filter(([file]) => file.endsWith('.list'))
      const beside = lists.map(([file, text]) => `certs/${file} <<'END'\n${text}END\n`).join('')
      return `${beside}${stepText(step)} <<'END'\n${proxyText(name, config, pathsIn('/run'))}END\n`
    })
    .join('')
}

function checkText(scratch: string, item: Item): void {
  if (item.kind === 'ruleset') {
    const file = join(scratch, 'ruleset.nft')
    writeFileSync(file, rulesetText(item.ruleset))
    run('unshare', ['-rn', 'nft', '-c', '-f', file], `${item.netns}'s ruleset`)
  }
  if (item.kind === 'proxy') {
    const file = join(scratch, 'haproxy.cfg')
    writeFileSync(join(scratch, 'state'), '1\n')
    mkdirSync(join(scratch, 'certs'), { recursive: true })
    for (const [name, text] of proxyFiles(item.config)) writeFileSync(join(scratch, 'certs', name), text)
    writeFileSync(file, proxyText(item.name, item.config, pathsIn(scratch)))
    run('haproxy', ['-c', '-q', '-f', file], `${item.netns}'s proxy`)
  }
}

function pathsIn(place: string) {
  return {
    socket: join(place, 'socket'),
    stateFile: join(place, 'state'),
    certificates: join(place, 'certs'),
    user: null,
  }
}

/** Fails with the program's words; where it is not there, too: without it nothing is known. */
function run(program: string, args: readonly string[], what: string): void {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: string; stdout?: string; stderr?: string }
    assert.fail(
      code === 'ENOENT'
        ? `${program} is not installed: apt-get install nftables haproxy util-linux`
        : `${program} refuses ${what}: ${stdout}${stderr}`,
    )
  }
}
