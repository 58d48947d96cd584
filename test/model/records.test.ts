import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { scene, withVpc } from './scene.ts'

suite('a tag', () => {
  test('is renamed wherever it is, and comes off when it is deleted', () => {
    const s = scene()
    const tag = s.create('tag', { name: 'test', color: '#1890ff' })
    const { vpc, subnet } = withVpc(s)
    s.patch('vpc', vpc, { tags: ['test', 'own'] })
    s.patch('subnet', subnet, { tags: ['live', 'test'] })
    const { touched } = s.patch('tag', tag, { name: 'live' })
    assert.deepEqual([...touched].sort(), [vpc, subnet].sort())
    const tags = () => [s.get('vpc', vpc).tags, s.get('subnet', subnet).tags]
    assert.deepEqual(tags(), [['live', 'own'], ['live']])
    s.run({ do: 'delete', kind: 'tag', id: tag })
    assert.deepEqual(tags(), [['own'], []])
  })

  test('has a name that no other has', () => {
    const s = scene()
    s.create('tag', { name: 'a' })
    const other = s.create('tag', { name: 'b' })
    assert.deepEqual(s.refusal({ do: 'create', kind: 'tag', body: {} }), ['missing name'])
    assert.deepEqual(s.refusal({ do: 'create', kind: 'tag', body: { name: 'a' } }), ['duplicate name'])
    assert.deepEqual(s.refusal({ do: 'patch', kind: 'tag', id: other, body: { name: 'a' } }), ['duplicate name'])
  })
})

suite('a snapshot of a group', () => {
  test('keeps the rules of the draft, and goes with its group', () => {
    const s = scene()
    const group = s.create('security-group', { rules: [{ protocol: 'tcp', ports: 80 }] })
    s.add('security-group', group, ['rules'], { protocol: 'udp', ports: '53' })
    const snapshot = s.create('group-snapshot', { group, name: 'before' })
    const { rules } = s.get('security-group', group).draft
    assert.deepEqual(s.get('group-snapshot', snapshot).now.rules, rules)
    s.patch('security-group', group, { rules: [] })
    assert.equal(s.get('group-snapshot', snapshot).now.rules.length, 2)
    assert.deepEqual(s.refusal({ do: 'patch', kind: 'group-snapshot', id: snapshot, body: { rules: [] } }), [
      'fixed rules',
    ])
    s.run({ do: 'delete', kind: 'security-group', id: group })
    assert.equal(s.model().resources.has(snapshot), false)
  })
})

suite('what is only noted', () => {
  test('a key pair that a server names is not deleted, a volume can be', () => {
    const s = scene()
    const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx3b1qv0Yv3 ada@example.com'
    const pair = s.create('key-pair', { publicKey })
    const server = s.create('server', { keyPairs: [pair], cpu: 2, memoryMb: 4096, image: 'debian-13' })
    const volume = s.create('volume', { sizeGb: 10, server })
    assert.deepEqual(s.refusal({ do: 'delete', kind: 'key-pair', id: pair }), ['in-use'])
    s.run({ do: 'delete', kind: 'volume', id: volume })
    const wrong = { do: 'create', kind: 'key-pair', body: { publicKey: '-----BEGIN RSA PRIVATE KEY-----' } } as const
    assert.deepEqual(s.refusal(wrong), ['bad-format publicKey'])
  })

  test('what a VPC does not do yet is said when it is applied', () => {
    const s = scene()
    const { vpc, subnet } = withVpc(s)
    const server = s.create('server', { subnet })
    s.add('vpc', vpc, ['dhcpOptions'], { server, options: ['domain-name-servers=192.0.2.53'] })
    const record = { domain: 'db.internal', addresses: ['10.0.0.9'] }
    s.add('vpc', vpc, ['dnsRecords'], record)
    const { warnings } = s.run({ do: 'apply', kind: 'vpc', id: vpc })
    assert.deepEqual(
      warnings.map(({ code, at }) => `${code} ${at}`),
      ['not-effective dhcpOptions[0].server'],
    )
    const again = { do: 'add-child', kind: 'vpc', id: vpc, path: ['dnsRecords'], body: record } as const
    assert.deepEqual(s.refusal(again), ['duplicate domain'])
    assert.deepEqual(s.refusal({ ...again, body: { domain: 'a..b', addresses: [] } }), [
      'bad-format domain',
      'too-few addresses',
    ])
  })
})
