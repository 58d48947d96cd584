import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../src/client/api-error.ts'
import { serving } from '../client/serving.ts'

test('what machines hold for a resource is told with what of it causes each, who applied that and when', async t => {
  const { client } = await serving(t)
  const rules = [{ name: 'http', protocol: 'tcp', ports: '80' }]
  const web = await client.create('security-group', { name: 'web', rules })
  const vpc = await client.create('vpc', { name: 'prod', cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const servers = await Promise.all(
    ['a', 'b'].map(name => client.create('server', { name, subnet: subnet!.id, securityGroup: web.id })),
  )
  const http = web.rules[0]!.id
  const ofGroup = await client.kernel({ resource: web.id })
  const own = ofGroup.items.filter(({ object }) => object?.id === http)
  assert.deepEqual(own.map(({ netns }) => netns).sort(), servers.map(({ id }) => `cw-${id}`).sort())
  assert.match(own[0]?.text ?? '', /^sg-\w+-ingress: tcp dport 80 counter accept comment "sgr-/)
  assert.deepEqual([own[0]?.object?.of?.name, own[0]?.applied?.generation], ['web', 1])
  assert.ok((own[0]?.applied?.author ?? '') !== '')
  assert.deepEqual(ofGroup.silent, ['*'], 'no machine could say what its kernel has')

  await client.patch('security-group', web.id, { rules: [] })
  await client.apply('security-group', web.id)
  const later = await client.kernel({ resource: web.id })
  assert.deepEqual([...new Set(later.items.map(({ applied }) => applied?.generation))], [2])

  const router = await client.kernel({ netns: `cw-${vpc.id}` })
  assert.deepEqual(
    router.items.filter(({ netns }) => netns !== `cw-${vpc.id}`),
    [],
  )
  for (const kind of ['netns', 'bridge', 'veth', 'address', 'ruleset']) {
    assert.ok(
      router.items.some(each => each.kind === kind),
      kind,
    )
  }
  const forwarding = await client.kernel({ netns: `cw-${vpc.id}`, rule: 'forward' })
  assert.ok(forwarding.items.length > 0 && forwarding.items.every(({ text }) => text.includes('forward')))
  assert.equal(
    (await client.kernel({ resource: servers[0]!.id })).items.some(({ kind }) => kind === 'veth'),
    true,
  )
})

test('what there is not is refused', async t => {
  const { client } = await serving(t)
  const codes = (asked: Promise<unknown>) =>
    asked.then(
      () => [],
      (error: unknown) => (error as ApiError).problems.map(({ code }) => code),
    )
  assert.deepEqual(await codes(client.kernel({ resource: 'sg-00000000' })), ['no-such-resource'])
  assert.deepEqual(await codes(client.kernel({})), ['bad-query'])
  assert.deepEqual(await codes(client.counters('sg-00000000')), ['no-such-resource'])
  assert.deepEqual((await client.kernel({ netns: 'cw-lb-00000000' })).items, [])
})
