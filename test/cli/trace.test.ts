import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { traceText } from '../../src/cli/trace-text.ts'
import type { Trace, TracedStep } from '../../src/client/trace-wire.ts'
import { all } from '../../src/model/model.ts'
import { trialServer } from './trial.ts'

let server: Awaited<ReturnType<typeof trialServer>>
before(async () => {
  server = await trialServer()
  const { cli } = server
  const lines = [
    ['security-group', 'name=web', 'rules=[{name: http, protocol: tcp, ports: "80"}]'],
    ['vpc', 'name=prod', 'cidr=10.0.0.0/16'],
    ['subnet', 'name=apps', 'vpc=prod', 'cidr=10.0.0.0/24'],
    ['server', 'name=web-1', 'subnet=apps', 'securityGroup=web'],
    ['server', 'name=web-2', 'subnet=apps', 'securityGroup=web'],
    ['eip', 'name=front-ip'],
    [
      'load-balancer',
      'name=front',
      'eips=[front-ip]',
      'subnet=apps',
      'securityGroup=web',
      'listeners=[{name: shop, port: 80, backends: [{name: first, server: web-1, port: 80}]}]',
    ],
  ]
  for (const line of lines) {
    const { code, err } = await cli(['create', ...line])
    assert.equal(code, 0, `${line.join(' ')}: ${err}`)
  }
})
after(() => server.close())

test('trace tells by name where a packet goes and what lets it, and leaves with 0 where its answer comes back', async () => {
  const { code, out } = await server.cli('trace web-1 web-2:80')
  assert.equal(code, 0, out)
  assert.match(out, /^the server web-1 \(i-\w+\)\n {2}sends it +tcp 10\.0\.0\.\d+:40000 → 10\.0\.0\.\d+:80\n/)
  assert.match(out, /\n {2}rule http \(sgr-\w+\) of security group web \(sg-\w+\) lets it pass\n/)
  assert.match(out, /\nThe answer:\n/)
  assert.match(out, /\n\nIt gets there, and the answer comes back\.$/)
})

test('trace says in the end that a packet does not get there, and leaves with 1', async () => {
  const { code, out } = await server.cli('trace web-1 web-2:22')
  assert.equal(code, 1)
  assert.match(
    out,
    /no rule of security group web \(sg-\w+\) admits it: it is dropped\n\nIt does not get there: it is dropped\.$/,
  )
  const chinese = await server.cli('trace web-1 web-2:22', { env: { LANG: 'zh_CN.UTF-8' } })
  assert.match(chinese.out, /^云服务器 web-1 /)
  assert.match(chinese.out, /安全组 web \(sg-\w+\) 中没有放行它的规则，被丢弃\n\n无法到达：被丢弃。$/)
})

test('trace takes a draft, a listener and a backend by path, what the kernel has, and JSON', async () => {
  assert.equal((await server.cli('set security-group web rules=[]')).code, 0)
  assert.equal((await server.cli('trace internet front:80')).code, 0)
  assert.equal((await server.cli('trace internet front:80 --draft')).code, 1)
  assert.equal((await server.cli('trace internet front/listeners/shop --draft web')).code, 1)
  assert.equal((await server.cli('trace internet front/listeners/shop --draft front')).code, 0)
  const { out } = await server.cli('trace front front/listeners/80/backends/first -o json')
  assert.equal((JSON.parse(out) as { reaches: boolean }).reaches, true)
  assert.match(
    (await server.cli('trace internet front-ip:80 -o wide')).out,
    /ingress: tcp dport 80 counter goto admitted/,
  )
})

test('explain says what machines hold for something, and what a rule of a namespace is for', async () => {
  const { code, out } = await server.cli('explain web')
  assert.equal(code, 0)
  assert.match(out, /^Namespace +Handle +Packets +For +Generation +Author/)
  assert.match(out, /cw-i-\w+ +– +– +http sgr-\w+ +1 +local +\d{4}-\d\d-\d\d .* tcp dport 80 counter/)
  const rule = await server.cli(['explain', 'rule', 'web-1', 'dport 80'])
  assert.deepEqual([rule.code, /http sgr-/.test(rule.out)], [0, true])
  assert.equal((await server.cli('explain rule')).code, 2)
  assert.equal((await server.cli('explain rule web-1 999999')).code, 1)
})

test('trace says what a word does not name, and what is wrong with the question', async () => {
  const mistyped = await server.cli('trace web-1 web-3:80')
  assert.deepEqual(
    [mistyped.code, /there is no .* named web-3 \(did you mean web-\d\?\)/.test(mistyped.err)],
    [2, true],
  )
  const unsaid = await server.cli('trace web-1 web-2')
  assert.deepEqual([unsaid.code, /port/.test(unsaid.err)], [1, true])
})

test('a packet that was sent is told beside what was expected, with marks where they differ', () => {
  const packet = { from: '10.0.0.2', to: '10.0.0.3', protocol: 'tcp', sport: 61_000, dport: 80 }
  const step = (code: string, message: string): TracedStep => ({
    netns: 'cw-i-1',
    where: null,
    place: 'the server web-1',
    code,
    message,
    object: null,
    kernel: '',
    before: packet,
    after: packet,
  })
  const way = { outcome: 'arrives', steps: [step('sends', 'sends it'), step('arrives', 'it arrives')] } as const
  const seen = { outcome: 'dropped', steps: [step('sends', 'sends it'), step('lost', 'it is lost')] } as const
  const pairs = [
    { told: 0, seen: 0, same: true },
    { told: 1, seen: null, same: false },
    { told: null, seen: 1, same: false },
  ]
  const real = { host: 'box', agrees: false, there: { ...seen, pairs }, back: null }
  const trace: Trace = { from: null, to: null, version: 'live', reaches: true, there: way, back: null, real }
  assert.equal(
    traceText(trace, 'en', false),
    [
      'the server web-1',
      '= sends it        tcp 10.0.0.2:61000 → 10.0.0.3:80',
      '- it arrives',
      '+ it is lost',
      '',
      'It gets there, and the answer comes back.',
      'A packet was sent from box: it went another way. Marked + is what the kernel did, - what it should have.',
    ].join('\n'),
  )
})

test('where several kinds have a name, what is meant is said before it; a public IP stands back behind its holder', async () => {
  const { cli } = server
  await cli(['create', 'security-group', 'name=shared', 'rules=[{name: https, protocol: tcp, ports: "443"}]'])
  await cli('create vpc name=shared cidr=10.9.0.0/16')
  await cli('create eip name=twin')
  assert.equal((await cli('create nat-gateway name=twin vpc=shared eips=twin security-group=shared')).code, 0)
  assert.equal((await cli('explain rule twin')).code, 0)
  assert.equal((await cli('forecast twin')).err.includes('several'), false)
  assert.match((await cli('forecast vpc:shared')).err, /no public IP of its own; what leaves it goes by twin: /)
  assert.match((await cli('trace twin 9.9.9.9:443')).out, /^the NAT gateway twin /)

  const both = await cli('explain shared')
  assert.equal(both.code, 2)
  assert.match(both.err, /several\. Write security-group:shared \(sg-\w+\), vpc:shared \(rtr-\w+\)$/)
  assert.match((await cli('explain vpc:shared')).out, /ip netns add cw-rtr-/)
  assert.match((await cli('explain shared/rules/https')).out, /dport 443/)
  const { address } = [...all(server.store.snapshot(), 'eip')].find(({ name }) => name === 'twin')!.now
  assert.match((await cli(`explain ${address}`)).out, new RegExp(`address replace ${address}/32 dev pub0`))

  assert.match((await cli('explain shred')).err, /nothing here is named shred \(did you mean shared\?\)/)
  assert.match((await cli('diagnose front listeners/81')).err, /no 81 among the listeners: shop \(lbl-\w+\)$/)
  assert.match((await cli('diagnose front listeners/shop')).err, /listeners\/shop\/backends\/<name>$/)
  assert.match((await cli('diagnose front:81')).out, /has no listener at TCP 81 /)
  assert.match((await cli('explain 谁', { env: { LANG: 'zh_CN.UTF-8' } })).err, /没有名为 谁 的资源/)
})
