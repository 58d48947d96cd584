import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { spawnInSandbox } from '../../src/dataplane/sandbox.ts'

const seed = Number(process.env['AGREE_SEED'] ?? Date.now() % 100_000)
const probes = Number(process.env['AGREE_PROBES'] ?? 1500)

interface Told {
  readonly probes: number
  readonly arrived: number
  readonly answered: number
  readonly spread: number
  readonly kept: number
  readonly cut: number
  readonly disagreements: readonly string[]
}

test(`the kernel does with packets what trace says (seed ${seed})`, { timeout: 60_000 + probes * 100 }, async t => {
  const inside = fileURLToPath(new URL('agreement-inside.ts', import.meta.url))
  // Without this the inner run would report to the outer one in a language of machines.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawnInSandbox([process.execPath, inside, String(seed), String(probes)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  let [out, err] = ['', '']
  child.stdout!.on('data', (part: Buffer) => (out += part.toString()))
  child.stderr!.on('data', (part: Buffer) => (err += part.toString()))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  assert.equal(code, 0, `seed ${seed}: this needs user, network, mount and process namespaces (unshare)\n${err}${out}`)
  const told = JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Told
  t.diagnostic(out.trim())
  assert.deepEqual(told.disagreements, [])
  // A world in which nothing gets anywhere, or nothing changes, would agree with anything.
  assert.ok(told.arrived > told.probes * 0.15 && told.arrived < told.probes * 0.85, `${told.arrived} arrived`)
  assert.ok(told.answered > told.probes * 0.1, `${told.answered} were answered`)
  assert.ok(told.kept > told.probes * 0.02 && told.cut > 0, `${told.kept} connections went on, ${told.cut} were cut`)
})
