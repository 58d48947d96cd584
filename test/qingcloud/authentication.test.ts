import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { request, timeText, type Sent } from './clients.ts'
import { keys, startSite, type Answer, type Site } from './site.ts'

const second = 1000
const codeOf = ({ ret_code: code }: Answer) => code

/** Asks for the regions at a time that is off by so much, with further parameters. */
async function atTime(site: Site, offMs: number, more: Readonly<Record<string, string>> = {}): Promise<number> {
  const at = new Date(Date.now() + offMs)
  return codeOf((await site.send(request('go', keys.operator, 'DescribeZones', more, { at }))).answer)
}

test('a request holds for a minute, and no longer', async t => {
  const site = await startSite(t)
  assert.equal(await atTime(site, 0), 0)
  assert.equal(await atTime(site, -55 * second), 0)
  assert.equal(await atTime(site, -65 * second), 1300)
  assert.equal(await atTime(site, 55 * second), 0)
  assert.equal(await atTime(site, 65 * second), 1300)
})

test('one that says until when holds until then, but not for ever', async t => {
  const site = await startSite(t)
  const expires = (ms: number) => ({ expires: timeText(new Date(Date.now() + ms)) })
  assert.equal(await atTime(site, -600 * second, expires(30 * second)), 0)
  assert.equal(await atTime(site, -600 * second, expires(-30 * second)), 1300)
  assert.equal(await atTime(site, -10 * second, expires(-5 * second)), 1300)
  assert.equal(await atTime(site, -25 * 3600 * second, expires(3600 * second)), 1300)
  assert.equal(await atTime(site, 0, { expires: 'soon' }), 1100)
})

test('a signature that is wrong, a key that is unknown and one that cannot sign are refused', async t => {
  const site = await startSite(t)
  const sent = request('go', keys.operator, 'DescribeZones', {})
  const changed = (from: string | RegExp, to: string) => site.send({ ...sent, url: sent.url.replace(from, to) })
  const refused = [
    await changed('action=DescribeZones', 'action=DescribeEips'),
    await changed('/iaas?', '/iaas/?'),
    await changed(/signature=[^&]+/, 'signature=AAAA'),
    await changed(keys.operator.id, keys.admin.id),
    await changed(keys.operator.id, 'key-ffffffffff'),
    await changed('signature_version=1', 'signature_version=2'),
  ]
  assert.deepEqual(
    refused.map(({ answer }) => codeOf(answer)),
    [1200, 1200, 1200, 1200, 1200, 1200],
  )
  // Whether a key is there is not told.
  assert.equal(refused[3]?.answer.message, refused[4]?.answer.message)
  for (const name of ['access_key_id', 'signature', 'time_stamp']) {
    const { answer } = await changed(new RegExp(`${name}=[^&]*`), `${name}=`)
    assert.ok([1100, 1200].includes(codeOf(answer)), name)
  }
  assert.equal(codeOf((await changed('HmacSHA256', 'MD5')).answer), 1100)
})

test('what a key may not do is refused, whatever it is', async t => {
  const site = await startSite(t)
  const revision = site.cloud.model().revision
  const refusals = [
    await site.ask('go', 'AllocateEips', { bandwidth: 1 }, 'read-only'),
    await site.ask('go', 'AllocateEips', {}, 'read-only'),
    await site.ask('go', 'DeleteAccessKeys', { access_keys: [keys.admin.id] }, 'operator'),
  ]
  assert.deepEqual(refusals.map(codeOf), [1400, 1400, 1400])
  assert.equal(site.cloud.model().revision, revision)
  assert.equal(codeOf(await site.ask('go', 'DescribeEips', {}, 'read-only')), 0)
})

test('a request that was heard and is sent again changes nothing twice, and looks as often as one likes', async t => {
  const site = await startSite(t)
  const allocate = request('python', keys.operator, 'AllocateEips', { bandwidth: 1 })
  assert.equal(codeOf((await site.send(allocate)).answer), 0)
  assert.equal(codeOf((await site.send(allocate)).answer), 1300)
  assert.equal(site.cloud.model().byKind.get('eip')?.size, 1)
  const look = request('python', keys.operator, 'DescribeEips', {})
  for (let i = 0; i < 3; i++) assert.equal(codeOf((await site.send(look)).answer), 0)
})

test('of the same request, sent many times at once, one is done', async t => {
  const site = await startSite(t)
  const allocate = request('python', keys.operator, 'AllocateEips', { bandwidth: 1 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => site.send(allocate)))
  assert.equal(answers.filter(({ answer }) => codeOf(answer) === 0).length, 1)
  assert.equal(site.cloud.model().byKind.get('eip')?.size, 1)
})

test('a request that was refused may be tried again', async t => {
  const site = await startSite(t)
  const eip = await site.make('eip', {})
  const vpc = await site.make('vpc', { cidr: '10.0.0.0/16', eip })
  const release = request('python', keys.operator, 'ReleaseEips', { eips: [eip] })
  assert.equal(codeOf((await site.send(release)).answer), 1400)
  await site.core.commands.run({ do: 'patch', kind: 'vpc', id: vpc, body: { eip: null } }, 'test')
  assert.equal(codeOf((await site.send(release)).answer), 0)
})

const word = fc.stringMatching(/^[\w.~ +%&=/-]{0,12}$/)
/** Requests that nobody signed: anything, and right ones with something changed on the way. */
const unsigned: fc.Arbitrary<Sent> = fc
  .record({
    action: fc.constantFrom('AllocateEips', 'DescribeEips', 'DescribeAccessKeys', 'DeleteAccessKeys', 'Nonsense'),
    method: fc.constantFrom('GET' as const, 'POST' as const),
    secret: fc.constantFrom('', 'guess', keys['read-only'].secret),
    role: fc.constantFrom('operator' as const, 'admin' as const),
    extra: fc.dictionary(word, word, { maxKeys: 3 }),
    cut: fc.nat({ max: 40 }),
    at: fc.integer({ min: -200_000, max: 200_000 }),
  })
  .map(({ action, method, secret, role, extra, cut, at }) => {
    const key = { id: keys[role].id, secret }
    const sent = request('python', key, action, { bandwidth: 1, ...extra }, { method, at: new Date(Date.now() + at) })
    if (method === 'GET') return { ...sent, url: sent.url.slice(0, sent.url.length - cut) }
    return { ...sent, body: sent.body.slice(0, sent.body.length - cut) }
  })

test('no request without a valid signature changes anything or learns anything', async t => {
  const site = await startSite(t)
  await site.make('eip', { name: 'secret name' })
  const { revision } = site.cloud.model()
  await fc.assert(
    fc.asyncProperty(unsigned, async sent => {
      const { status, type, answer } = await site.send(sent)
      assert.deepEqual([status, type], [200, 'application/json'])
      assert.ok([1100, 1200].includes(answer.ret_code), JSON.stringify(answer))
      assert.deepEqual(Object.keys(answer).sort(), ['message', 'ret_code'])
      assert.ok(!JSON.stringify(answer).includes('secret name'))
      assert.equal(site.cloud.model().revision, revision)
    }),
    { numRuns: 300 },
  )
  assert.equal([...site.cloud.ledger.jobs()].length, 0)
  assert.deepEqual(site.bugs, [])
})
