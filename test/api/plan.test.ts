import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan } from '../../src/client/apply-wire.ts'
import { serving } from '../client/serving.ts'

/** What a plan says of reach, a line each. */
function linesOf(list: Plan['gained']): string[] {
  return list.map(({ from, to, protocol, ports }) => {
    const name = ({ kind, names, address }: typeof from) => names[0] || (kind === 'internet' ? kind : address)
    return `${name(from)} > ${name(to)} ${[protocol, ...ports].join(' ')}`
  })
}

test('a plan says who would reach whom, what the machine would do, and what is probably not meant', async t => {
  const { client } = await serving(t)
  const web = await client.create('security-group', { name: 'web', rules: [{ protocol: 'tcp', ports: '80' }] })
  const vpc = await client.create('vpc', { cidr: '10.0.0.0/16', subnets: [{ name: 'apps', cidr: '10.0.0.0/24' }] })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  assert.ok(subnet)
  const gateway = await client.create('nat-gateway', { vpc: vpc.id, eips: [{}], securityGroup: web.id, size: 'large' })
  const server = (name: string) => client.create('server', { name, subnet: subnet.id, securityGroup: web.id })
  await Promise.all(['a', 'b'].map(server))
  const front = { name: 'front', eips: [{ name: 'front-ip' }], subnet: subnet.id, securityGroup: web.id }
  const backends = [
    { address: '198.51.100.10', port: 80 },
    { address: '198.51.100.10', port: 8080 },
  ]
  await client.create('load-balancer', { ...front, listeners: [{ port: 80, via: 'proxy', backends }] })

  await client.patch('nat-gateway', gateway.id, { snatRules: [{ target: subnet.id, eips: gateway.eips }] })
  const translated = await client.plan('nat-gateway', gateway.id)
  assert.deepEqual(linesOf(translated.gained), ['a > internet tcp 80', 'front > 198.51.100.10 tcp 80'])
  assert.deepEqual(translated.lost, [])
  assert.deepEqual(
    translated.steps.map(({ do: verb, kind, for: owner }) => [verb, kind, owner]),
    [['put', 'ruleset', gateway.id]],
  )
  assert.deepEqual(
    translated.traps.map(({ code }) => code),
    ['scarce-ports'],
  )
  assert.equal(translated.commands, undefined)
  assert.match(
    (await client.plan('nat-gateway', gateway.id, true)).commands ?? '',
    /nft -f - <<'END'[^]*snat to 203\.0\.113\./,
  )
  await client.apply('nat-gateway', gateway.id)
  assert.deepEqual((await client.plan('nat-gateway', gateway.id)).steps, [], 'nothing waits any more')

  const rules = [
    { protocol: 'tcp', ports: '80' },
    { name: 'again', protocol: 'tcp', ports: '80', peer: '10.0.0.0/8', priority: 9 },
    { protocol: 'tcp', ports: '8000-9000' },
  ]
  await client.patch('security-group', web.id, { rules })
  const opened = await client.plan('security-group', web.id)
  assert.deepEqual(linesOf(opened.gained).sort(), [
    'a > a tcp 8000-9000',
    'a > internet tcp 8000-9000',
    'front > 198.51.100.10 tcp 8080',
  ])
  assert.deepEqual(
    opened.traps.map(({ code }) => code),
    ['rule-shadowed'],
  )
  assert.match(opened.traps[0]?.message ?? '', /rule again \(sgr-\w+\) never decides/)

  await client.patch('security-group', web.id, { rules: [{ protocol: 'tcp', ports: '443' }] })
  const closed = await client.plan('security-group', web.id)
  assert.ok(linesOf(closed.lost).includes('internet > front-ip tcp 80'), linesOf(closed.lost).join('\n'))
  assert.deepEqual(closed.networks, { concerned: 1, looked: 1 })
  assert.match(closed.backends[0]?.reason ?? '', /^web \(sg-\w+\), the group of .*, does not admit TCP 80$/)
  assert.deepEqual(
    translated.backends.map(({ becomes, reason }) => [becomes, reason]),
    [['reachable', '']],
  )
})
