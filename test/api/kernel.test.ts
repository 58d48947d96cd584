import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../src/client/api-error.ts'
import { serving } from '../client/serving.ts'

test('what machines hold for a resource is told with what of it causes each, who applied that and when', async t => {
  const { client } = await serving(t)
  const rules = [{ name: 'http', protocol: 'tcp', ports: '80' }]
  const web = await client.create('security-group', { name: 'web', rules })
  const vpc = await client.create('vpc', {
    name: 'prod',
    eip: {},
    cidr: '10.0.0.0/16',
    subnets: [{ cidr: '10.0.0.0/24' }],
  })
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

test('a listener, a backend, a route and a public IP are each told what machines hold for them', async t => {
  const { client } = await serving(t)
  const vpc = await client.create('vpc', { name: 'prod', cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const [table] = (await client.list('route-table', { vpc: vpc.id })).items
  const eip = await client.create('eip', { name: 'door' })
  const spare = await client.create('eip', { name: 'spare' })
  const backends = [1, 2].map(n => ({ address: `198.51.100.${n}`, port: 8080 }))
  const balancer = await client.create('load-balancer', {
    subnet: subnet!.id,
    eips: [eip.id],
    listeners: [{ protocol: 'http', port: 80, backends }],
  })
  const next = { type: 'router', id: vpc.id }
  await client.children.add('route-table', table!.id, ['routes'], { destination: '198.51.100.0/24', nextHop: next })
  await client.apply('route-table', table!.id)
  const [listener] = balancer.listeners
  const [route] = (await client.get('route-table', table!.id)).routes
  const texts = async (resource: string) => (await client.kernel({ resource })).items.map(({ text }) => text)

  const ofListener = await texts(listener!.id)
  assert.ok(ofListener.includes(`listen ${listener!.id}`), ofListener.join('\n'))
  assert.match(ofListener.join('\n'), /: bind :80/)
  const [server, ...others] = await texts(listener!.backends[0]!.id)
  assert.match(server ?? '', /: server lbb-\w+ 198\.51\.100\.1:8080 /)
  assert.deepEqual(others, [])
  assert.match((await texts(route!.id)).join('\n'), /^ip -n \S+ route replace 198\.51\.100\.0\/24 via /m)

  const ofEip = (await texts(eip.id)).join('\n')
  for (const what of [/address replace [\d.]+\/32 dev pub0/, /route replace [\d.]+\/32 dev lb-/, / rule add /])
    assert.match(ofEip, what)
  assert.deepEqual(await texts(spare.id), [])
})
