import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trace, TraceRequest } from '../../src/client/trace-wire.ts'
import { ApiError } from '../../src/client/api-error.ts'
import { serving } from '../client/serving.ts'

/** What a trace says happens, a line each. */
const linesOf = ({ there }: Trace) => there.steps.map(({ place, message }) => `${place}: ${message}`)

test('a trace tells a packet through what runs or through drafts, in the language of whoever asks, and what caused each step', async t => {
  const { client } = await serving(t)
  const web = await client.create('security-group', {
    name: 'web',
    rules: [{ name: 'http', protocol: 'tcp', ports: '80' }],
  })
  const vpc = await client.create('vpc', {
    name: 'prod',
    cidr: '10.0.0.0/16',
    subnets: [{ name: 'apps', cidr: '10.0.0.0/24' }],
  })
  const [subnet] = (await client.list('subnet', { vpc: vpc.id })).items
  const front = await client.create('load-balancer', {
    name: 'front',
    eips: [{}],
    subnet: subnet!.id,
    securityGroup: web.id,
    listeners: [{ name: 'shop', port: 80, backends: [{ address: '198.51.100.10', port: 80 }] }],
  })
  const [listener] = front.listeners
  const asked: TraceRequest = { from: 'internet', to: listener!.id }
  const open = await client.trace(asked)
  assert.equal(open.reaches, true)
  assert.deepEqual(linesOf(open).slice(-2), [
    `the load balancer front (${front.id}): rule http (${web.rules[0]!.id}) of security group web (${web.id}) lets it pass`,
    `the load balancer front (${front.id}): it arrives: listener shop (${listener!.id}) of load balancer front (${front.id}) takes it`,
  ])
  const admitted = open.there.steps.find(({ code }) => code === 'admits')
  assert.deepEqual(admitted?.object, {
    kind: 'sgr',
    id: web.rules[0]!.id,
    name: 'http',
    of: { kind: 'security-group', id: web.id, name: 'web', of: null },
  })
  assert.match(admitted?.kernel ?? '', /^sg-\w+-ingress: tcp dport 80 counter goto admitted comment "sgr-/)
  assert.deepEqual(open.back?.steps.at(-1)?.after.from, open.there.steps[0]?.before.to)

  await client.patch('security-group', web.id, { rules: [] })
  assert.equal((await client.trace(asked)).reaches, true, 'what waits for an apply is not what runs')
  const closed = await client.trace({ ...asked, version: 'draft' })
  assert.deepEqual([closed.reaches, closed.there.outcome, closed.back], [false, 'dropped', null])
  assert.equal((await client.trace({ ...asked, version: 'draft', drafts: [front.id] })).reaches, true)
  assert.equal((await client.trace({ ...asked, version: 'draft', drafts: [web.id] })).reaches, false)
})

test('a trace is refused with all that is wrong with its question', async t => {
  const { client } = await serving(t)
  const codes = async (request: object) => {
    const refused = await client.trace(request as TraceRequest).then(
      () => assert.fail('it was not refused'),
      (error: unknown) => error as ApiError,
    )
    return refused.problems.map(({ code, at }) => `${at} ${code}`)
  }
  assert.deepEqual(await codes({ to: 7, port: 0, version: 'soon', by: 'foot' }), [
    'from missing',
    'to wrong-type',
    'port too-small',
    'version not-one-of',
    'by unknown-field',
  ])
  assert.deepEqual(await codes({ from: 'i-00000000', to: 'sg-00000000' }), ['from no-such-end', 'to no-such-end'])
  const outside = { from: 'internet', to: '192.0.2.1', port: 80, real: true }
  assert.deepEqual(await codes({ ...outside, version: 'draft' }), ['real real-draft'])
  assert.deepEqual(await codes(outside), [' no-agent'])
  assert.deepEqual(await codes({ from: 'internet', to: '192.0.2.1', version: 'draft', drafts: ['lb-00000000'] }), [
    'drafts[0] no-such-resource',
  ])
})
