import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { trialServer } from './trial.ts'

suite('deleting a public IP that is in use', async () => {
  const { cli, close } = await trialServer()
  after(close)
  await cli('create eip name=way-out')
  await cli('create vpc name=office cidr=10.0.0.0/16 eip=way-out')
  const isThere = async () => (await cli('get eip way-out')).code === 0

  test('is refused without force', async () => {
    const { code, err } = await cli('delete eip way-out')
    assert.equal(code, 1)
    assert.match(err, /office/)
  })

  test('by force shows who would lose it, and asks', async () => {
    for (const typing of [{}, { answer: 'n' }]) {
      const { code, err } = await cli('delete eip way-out --force', typing)
      assert.equal(code, 1)
      assert.match(err, /office[^]*lose it/)
      assert.match(err, /Nothing was changed/)
      assert.ok(await isThere())
    }
    assert.equal((await cli('delete eip way-out --force', { answer: 'y' })).code, 0)
    assert.ok(!(await isThere()))
  })

  test('is not asked about with --yes, nor where nothing holds it', async () => {
    await cli('create eip name=free')
    assert.equal((await cli('delete eip free --force')).code, 0)
    await cli('create eip name=way-out')
    await cli('set vpc office eip=way-out')
    assert.equal((await cli('delete eip way-out --force --yes')).code, 0)
    assert.ok(!(await isThere()))
  })
})
