import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateFor } from '../certificate-maker.ts'
import { cellOf } from '../../src/cli/cells.ts'
import { trialServer } from './trial.ts'

test('a certificate that a directory is to issue is one word, and the list says what it waits for and what ends', async () => {
  const server = await trialServer()
  try {
    const created = await server.cli(['create', 'certificate', 'name=shop', 'acme={names: [shop.example]}'])
    assert.equal(created.code, 0, created.err)
    const notAfter = new Date(Date.now() + 5.5 * 86_400_000).toISOString().replace(/\.\d+/, '')
    const { chain, key } = certificateFor({ notAfter })
    const uploaded = await server.cli(['create', 'certificate', 'name=old', `chain=${chain}`, `key=${key}`])
    assert.equal(uploaded.code, 0, uploaded.err)
    const [, shop = '', old = ''] = (await server.cli('get certificates')).out.split('\n')
    assert.match(shop, /shop .*shop\.example .*waiting \(no published listener uses it yet/)
    assert.match(old, new RegExp(`old .*${notAfter} \\(ends soon\\) +–$`))
    const [, chinese = ''] = (await server.cli('get certificates', { env: { LANG: 'zh_CN.UTF-8' } })).out.split('\n')
    assert.match(chinese, /等待签发 \(尚无已发布的监听器使用它/)
    const alone = (await server.cli('get certificate old')).out
    assert.match(alone, new RegExp(`^Certificate +certificate \\(PEM\\)$`, 'm'))
    assert.match(alone, new RegExp(`^Valid until +${notAfter} \\(ends soon\\)$`, 'm'))
    assert.match((await server.cli('get certificate old -o wide')).out, /BEGIN CERTIFICATE/)
    assert.match((await server.cli('get certificate shop')).out, /^Issuance +waiting \(no published listener/m)
    // The file holds the wish, and nothing that another server could not do without.
    const file = (await server.cli('get certificate shop -o yaml')).out
    assert.match(file, /acme:/)
    assert.doesNotMatch(file, /BEGIN|accountKey/)
    const applied = await server.cli('apply -f - --yes', { input: file })
    assert.match(applied.out, /Nothing to do/)
    const elsewhere = await trialServer()
    try {
      assert.equal((await elsewhere.cli('apply -f - --yes', { input: file })).code, 0)
      assert.match((await elsewhere.cli('get certificates')).out, /shop\.example/)
    } finally {
      await elsewhere.close()
    }
  } finally {
    await server.close()
  }
})

test('when a certificate is renewed, or tried again, stands where its issuance does', () => {
  const nextAt = '2026-12-01T08:00:00Z'
  const told = (state: string, reason: string, language: 'en' | 'zh') =>
    cellOf({ kind: 'certificate', issuance: { state, reason, nextAt } } as never, 'issuance', {
      directory: null as never,
      language,
      wide: false,
    })
  assert.equal(told('valid', '', 'en'), 'issued (renewed at 2026-12-01T08:00:00Z)')
  assert.equal(told('failed', 'it is away', 'en'), 'not issued (it is away; tried again at 2026-12-01T08:00:00Z)')
  assert.equal(told('failed', '无法访问', 'zh'), '签发失败 (无法访问; 将于 2026-12-01T08:00:00Z 重试)')
})
