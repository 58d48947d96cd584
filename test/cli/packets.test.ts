import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { type } from './trial.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'src/main.ts')

/** The topology files name servers that are somewhere else; these are in the demo's internet. */
const servers = { '203.0.113.10': '198.51.100.10', '203.0.113.20': '198.51.100.138' }

test('the example topologies carry real packets, and one command waits for that', { timeout: 240_000 }, async t => {
  const allowed = spawnSync('unshare', ['-rnm', 'true'])
  if (allowed.status !== 0) return t.skip(`needs user namespaces: ${allowed.stderr.toString().trim()}`)
  const temporary = mkdtempSync(join(tmpdir(), 'causeway-packets-'))
  const demo = spawn(process.execPath, [main, 'demo', '--topology', 'b'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary },
  })
  const ended = once(demo, 'exit')
  // Also when the test runs out of time: a demo that nobody ends would keep the whole run waiting.
  t.signal.addEventListener('abort', () => demo.kill('SIGTERM'))
  try {
    const url = await addressIn(demo.stdout)
    const [folder = ''] = readdirSync(temporary)
    const state = join(temporary, folder)
    const cli = (line: string, input = '') => type(line.split(' '), { input, env: { CAUSEWAY_URL: url } })
    for (const [file, balancer, seenAs] of [
      ['topology-a.yaml', 'web', 'nat-ip'],
      ['topology-b.yaml', 'web-b', 'vpc-ip'],
    ] as const) {
      const text = Object.entries(servers).reduce(
        (whole, [from, to]) => whole.replaceAll(from, to),
        readFileSync(join(root, 'examples', file), 'utf8'),
      )
      const applied = await cli('apply -f - --yes --wait 60', text)
      assert.equal(applied.code, 0, applied.err)
      assert.match((await cli('apply -f - --yes', text)).out, /Nothing to do/)
      const eip = JSON.parse((await cli(`get eip ${seenAs} -o json`)).out) as { address: string }
      const { out } = await cli(`get load-balancer ${balancer}`)
      assert.match(out, new RegExp(`198\\.51\\.100\\.10 .*active.*${eip.address.replaceAll('.', '\\.')}`))
      assert.equal((await cli(`diagnose ${balancer}`)).code, 0)
    }
    assert.equal((await cli('status')).code, 0)
    assert.equal((await cli('create server name=vm subnet=apps --wait 60')).code, 0)
    const exec = [main, 'exec', 'vm', '--url', url, '--state', state, '--', 'ip', '-br', 'addr', 'show', 'eth0']
    const inside = spawnSync(process.execPath, exec, { encoding: 'utf8' })
    assert.match(inside.stdout, /^eth0\S*\s+UP\s+10\.0\.0\.\d+\/24/, inside.stderr)
  } finally {
    demo.kill('SIGTERM')
    await ended
    rmSync(temporary, { recursive: true })
  }
})

/** Where the demo's API is, once it says how to look around. */
async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: output })) {
    said.push(line)
    const [, url] = /^\s*(http:\/\/127\.0\.0\.1:\d+)\/?$/.exec(line) ?? []
    if (url !== undefined) return url
  }
  throw new Error(`the demo ended early:\n${said.join('\n')}`)
}
