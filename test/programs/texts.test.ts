import assert from 'node:assert/strict'
import test from 'node:test'
import { placesOf } from '../../src/programs/places.ts'
import { listenOf, poolsIn } from '../../src/programs/pools.ts'
import { unitText } from '../../src/programs/systemd.ts'

test('pools are read as people write them', () => {
  const { pools, wrong } = poolsIn(
    ['isp=198.51.100.0/28,203.0.113.7', '192.0.2.0/29', 'isp=192.0.2.64/30'],
    ['198.51.100.1'],
  )
  assert.deepEqual(wrong, [])
  assert.deepEqual(pools, [
    { name: 'isp', addresses: ['198.51.100.0/28', '203.0.113.7/32', '192.0.2.64/30'], reserved: ['198.51.100.1'] },
    { name: 'default', addresses: ['192.0.2.0/29'], reserved: ['198.51.100.1'] },
  ])
  assert.deepEqual(poolsIn(['x=10.0.0.1/24', '=10.0.0.0/8', 'a', '']).wrong, ['x=10.0.0.1/24', '=10.0.0.0/8', 'a', ''])
})

test('a place to listen is an address and a port', () => {
  assert.deepEqual(listenOf('127.0.0.1:7480'), { host: '127.0.0.1', port: 7480 })
  assert.deepEqual(listenOf('[::1]:80'), { host: '::1', port: 80 })
  for (const text of ['7480', '127.0.0.1', '127.0.0.1:70000', ':80', 'a:b']) assert.equal(listenOf(text), null)
})

test('systemd reads back the words that its unit was given, and leaves HAProxy alone', () => {
  const text = unitText('/opt/cause way/causeway', ['up', '--pool', 'a$b=10%'])
  assert.match(text, /^ExecStart="\/opt\/cause way\/causeway" up --pool "a\$\$b=10%%"$/m)
  assert.match(text, /^KillMode=process$/m)
})

test('only the usual state directory has its runtime files in /run', () => {
  assert.equal(placesOf('/var/lib/causeway').runtime, '/run/causeway')
  assert.equal(placesOf('/tmp/x').socket, '/tmp/x/run/server/agent.sock')
})
