import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCli } from '../../src/cli/run.ts'
import { logging, written } from '../api/logging.ts'
import { serving } from '../client/serving.ts'
import { recordingPrograms, type } from './trial.ts'

test('logs follows what is written, and ends when it is told to', async t => {
  const served = await serving(t)
  const { host } = await logging(t, served)
  const lines: string[] = []
  const following = runCli(
    ['logs', 'web', '-f', '--status', '2xx', '-o', 'raw', '--url', served.server.url],
    recordingPrograms(() => {}),
    {
      env: { LANG: 'en_US.UTF-8' },
      columns: 120,
      interactive: false,
      out: line => lines.push(line),
      err: line => lines.push(line),
      ask: async () => '',
      readInput: async () => '',
    },
  )
  const heard = async (word: string) => {
    for (let i = 0; i < 600 && !lines.some(line => line.includes(word)); i++) await sleep(50)
    assert.equal(lines.filter(line => line.includes(word)).length, 1, lines.join('\n'))
  }
  await sleep(300)
  host.write([written(1, '/one'), written(2, '/bad', 503)])
  await heard('GET /one ')
  host.write([written(1, '/one'), written(2, '/bad', 503), written(3, '/two\u001b[2J')])
  await heard('GET /two [2J ')
  process.emit('SIGINT', 'SIGINT')
  assert.equal(await following, 0)
  assert.ok(!lines.some(line => line.includes('/bad')))
})

test('logs says how a log is switched on, in either language', async t => {
  const served = await serving(t)
  await logging(t, served, {})
  const ask = (lang: string) => type(['logs', 'web', '--url', served.server.url, '--lang', lang])
  const [en, zh] = [await ask('en'), await ask('zh')]
  assert.deepEqual([en.code, zh.code], [1, 1])
  assert.match(en.err, /accessLog\.local.*apply/)
  assert.match(zh.err, /accessLog\.local.*应用修改/)
})

test('an ending that was not well is told in words', async t => {
  const served = await serving(t)
  const { host } = await logging(t, served)
  host.write([written(1, '/slow', 504).replace('----', 'sH--')])
  const { out } = await type(['logs', 'web', '--url', served.server.url])
  assert.match(out, /504 .*the backend did not answer in time \(sH--\)/)
  const chinese = await type(['logs', 'web', '--url', served.server.url, '--lang', 'zh'])
  assert.match(chinese.out, /时间 +客户端 +监听器 +状态码/)
  assert.match(chinese.out, /后端未在时限内应答/)
})

test('an address that stands behind several listeners means all of them, or those of the listener that is said', async t => {
  const served = await serving(t)
  const { client, host, id, settled } = await logging(t, served)
  const backends = [{ name: 'first', address: '198.51.100.10', port: 80 }]
  const listeners = [80, 81].map(port => ({ port, backends }))
  await client.patch('load-balancer', id, { listeners })
  await settled()
  const made = (await client.get('load-balancer', id)).listeners
  host.write(
    [...made, made[0]!].map((listener, i) => {
      const backend = i < 2 ? listener.backends[0]!.id : 'lbb-1'
      return written(i, `/${i}`).replace('lbl-1 lbl-1/lbb-1', `${listener.id} ${listener.id}/${backend}`)
    }),
  )
  const ask = async (...options: readonly string[]) => {
    const { code, out, err } = await type(['logs', 'web', ...options, '-o', 'raw', '--url', served.server.url])
    return code === 0 ? [...out.matchAll(/"GET (\S+) /g)].map(([, path]) => path) : err
  }
  for (const word of ['198.51.100.10', '198.51.100.10:80', 'first'])
    assert.deepEqual(await ask('--backend', word), ['/0', '/1'])
  assert.deepEqual(await ask('--backend', '198.51.100.10', '--listener', '81'), ['/1'])
  assert.match(String(await ask('--backend', '198.51.100.11')), /no 198\.51\.100\.11 among the backends: first/)
})
