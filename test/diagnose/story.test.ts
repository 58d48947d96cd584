import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { flowOf, type Asked } from '../../src/diagnose/trace/ends.ts'
import { sceneOf, withDrafts } from '../../src/diagnose/trace/scene.ts'
import { placeText, stepText, type StoryStep } from '../../src/diagnose/trace/narration.ts'
import { reaches, tellFlow, type Story } from '../../src/diagnose/trace/story.ts'
import { tellings } from '../../src/diagnose/trace/story-words.ts'
import { packetText, samePacket } from '../../src/host/packet.ts'
import { all, put, type Model, type Resource } from '../../src/model/model.ts'
import { anyNetwork } from '../compile/any-network.ts'
import { modelOf } from '../compile/model-of.ts'

const golden = (name: string) =>
  modelOf(readFileSync(join(import.meta.dirname, `../golden/${name}.golden`), 'utf8').split(/\n-{40}\n/)[0]!)

/** A model with something else in what runs of a resource, and in what takes effect at once. */
function changed(model: Model, id: string, { now = {}, live = {} }: { now?: object; live?: object }): Model {
  const resource = model.resources.get(id)!
  const spec = { ...resource.live, ...live }
  return put(model, { ...resource, now: { ...resource.now, ...now }, draft: spec, live: spec } as Resource)
}

function ask(model: Model, from: string, to: string, more: Partial<Asked> = {}): Story {
  const flow = flowOf(model, { vpc: null, protocol: null, port: null, from, to, ...more })
  assert.ok('packet' in flow, JSON.stringify(flow))
  return tellFlow(sceneOf(model, flow.parts), flow.origin, flow.packet)
}

const told = new Set<string>()

/** A step in both languages, neither of which leaves a place open; the English one. */
function line(step: StoryStep): string {
  told.add(step.what)
  const [en, zh] = (['en', 'zh'] as const).map(language => stepText(step, language)) as [string, string]
  assert.doesNotMatch(en + zh, /[{}]/)
  return en
}

const end = ({ there }: Story) => there.steps.map(line).at(-1)

test('a story tells every decision, what of the model caused it, and how the packet changed, there and back', () => {
  const { there, back } = ask(golden('topology-a'), 'lb-aaaaaaaa', 'lbb-00000001')
  const lines = (steps: readonly StoryStep[]) =>
    steps.map((step, i) => {
      const place = steps[i - 1]?.netns === step.netns ? '' : `${placeText(step.where, 'en')}: `
      const packet = i === 0 || !samePacket(step.before, step.after) ? ` [${packetText(step.after)}]` : ''
      return `${place}${line(step)}${packet}`
    })
  const group = 'security group sg-nat00000 (sg-nat00000)'
  const route = 'route r-00000001 of route table rt-aaaaaaaa (rt-aaaaaaaa)'
  const [router, gateway] = [
    "the VPC's router rtr-aaaaaaaa (rtr-aaaaaaaa)",
    'the NAT gateway nfv-aaaaaaaa (nfv-aaaaaaaa)',
  ]
  const balancer = 'the load balancer lb-aaaaaaaa (lb-aaaaaaaa)'
  assert.deepEqual(lines(there.steps), [
    `${balancer}: sends it [tcp 192.168.1.10:40000 → 198.51.100.1:8080]`,
    `${route} leads to ${router}`,
    `${router}: it enters by br-aaaaaaaa`,
    `${route} leads to ${gateway}`,
    `${gateway}: it enters by vpc0`,
    `rule sgr-nat00000 of ${group} lets it pass`,
    'its own way to 0.0.0.0/0 leads to the edge of the machine',
    'nothing here holds it back',
    'SNAT rule snat-0000001 of NAT gateway nfv-aaaaaaaa (nfv-aaaaaaaa) rewrites the source [tcp 203.0.113.10:40000 → 198.51.100.1:8080]',
    'the edge of the machine: it enters by nfv-aaaaaaaa',
    'its own way to 0.0.0.0/0 leads out by uplink',
    'it leaves for the internet',
  ])
  assert.deepEqual(lines(back!.steps), [
    'the edge of the machine: the answer comes from the internet [tcp 198.51.100.1:8080 → 203.0.113.10:40000]',
    `its own way to 203.0.113.10/32 leads to ${gateway}`,
    `${gateway}: it enters by pub0`,
    'the translation of its flow is undone [tcp 198.51.100.1:8080 → 192.168.1.10:40000]',
    `its own way to 192.168.0.0/16 leads to ${router}`,
    'it answers a flow that was let through: it passes',
    `${router}: it enters by n-aaaaaaaa`,
    `its own way to 192.168.1.0/24 leads to ${balancer}`,
    `${balancer}: it enters by sub0`,
    'it answers a flow that was let through: it passes',
    'it arrives: 192.168.1.10 is here',
  ])
  const snat = there.steps.find(({ what }) => what === 'snat')
  assert.equal(snat?.it?.id, 'snat-0000001')
  assert.equal(
    snat?.kernel,
    'srcnat: oifname "pub0" ip saddr 192.168.1.0/24 counter snat to 203.0.113.10 comment "snat-0000001"',
  )
})

test('a source translation is undone where it was made, also when that is the last thing there', () => {
  const { back } = ask(golden('server'), 'internet', '203.0.113.12', { port: 80 })
  const undone = back?.steps.find(({ what }) => what === 'undone')
  assert.deepEqual([undone?.netns, undone?.after.from], ['cw-rtr-99999999', '203.0.113.12'])
})

test('how a way ends is told with what of the model ended it', () => {
  const [a, b, nat, server] = (['topology-a', 'topology-b', 'nat-gateway', 'server'] as const).map(golden) as [
    Model,
    Model,
    Model,
    Model,
  ]
  const lists = golden('load-balancer-listeners')
  const balancer = [...all(lists, 'load-balancer')].find(({ live }) =>
    live.listeners.some(each => each.deny.length > 0),
  )
  const listener = balancer?.live.listeners.find(each => each.deny.length > 0)
  const off = { now: { power: 'off' } }
  const port = (n: number): Partial<Asked> => ({ port: n })
  const drop = {
    id: 'sgr-drop0000',
    name: 'no-web',
    priority: 0,
    direction: 'ingress',
    action: 'drop',
    protocol: 'tcp',
  }
  const dropping = [{ ...drop, ports: '80', icmpType: null, icmpCode: null, peer: null, enabled: true }]
  const free = { cidr: '192.168.0.0/16', type: 'free' }
  const [route] = a.resources.get('rt-aaaaaaaa')!.live['routes' as never] as [object]
  const viaAddress = (address: string) =>
    changed(a, 'rt-aaaaaaaa', { live: { routes: [{ ...route, nextHop: { type: 'address', address } }] } })
  const cases: readonly (readonly [Model, string, string, Partial<Asked>, string])[] = [
    [
      a,
      'internet',
      'lb-aaaaaaaa',
      port(80),
      'it arrives: listener lbl-00000001 of load balancer lb-aaaaaaaa (lb-aaaaaaaa) takes it',
    ],
    [
      a,
      'internet',
      'lb-aaaaaaaa',
      { protocol: 'icmp' },
      'no rule of security group sg-00000000 (sg-00000000) admits it: it is dropped',
    ],
    [
      a,
      'lb-aaaaaaaa',
      '198.51.100.1',
      port(9999),
      'no rule of security group sg-nat00000 (sg-nat00000) admits it: it is dropped',
    ],
    [
      changed(a, 'sg-00000000', { live: { rules: dropping } }),
      'internet',
      'lbl-00000001',
      {},
      'rule no-web (sgr-drop0000) of security group sg-00000000 (sg-00000000) drops it',
    ],
    [
      changed(a, 'nfv-aaaaaaaa', { live: { snatRules: [] } }),
      'lb-aaaaaaaa',
      'lbb-00000001',
      {},
      'no rule of NAT gateway nfv-aaaaaaaa (nfv-aaaaaaaa) translates 192.168.1.10, and no private source may leave: it is dropped',
    ],
    [
      changed(a, 'nfv-aaaaaaaa', off),
      'lb-aaaaaaaa',
      'lbb-00000001',
      {},
      'route r-00000001 of route table rt-aaaaaaaa (rt-aaaaaaaa) leads to the NAT gateway nfv-aaaaaaaa (nfv-aaaaaaaa), which is switched off',
    ],
    [changed(a, 'lb-aaaaaaaa', off), 'lb-aaaaaaaa', 'lbb-00000001', {}, 'it is switched off'],
    [
      changed(a, 'rtr-aaaaaaaa', off),
      'lb-aaaaaaaa',
      'lbb-00000001',
      {},
      'VPC network rtr-aaaaaaaa (rtr-aaaaaaaa) is switched off: nothing passes',
    ],
    [
      b,
      'lb-bbbbbbbb',
      '198.51.100.9',
      port(80),
      'no route leads to 198.51.100.9; balancers take nothing but the routes of route tables',
    ],
    [
      changed(b, 'rtr-bbbbbbbb', { now: { eip: null } }),
      'lb-bbbbbbbb',
      '198.51.100.2',
      port(80),
      "route r-00000001 of route table rt-bbbbbbbb (rt-bbbbbbbb) leads to the VPC's router rtr-bbbbbbbb (rtr-bbbbbbbb), which has no public IP",
    ],
    [
      changed(b, 'rtr-bbbbbbbb', { now: free }),
      'lb-bbbbbbbb',
      '198.51.100.2',
      port(80),
      "route r-00000001 of route table rt-bbbbbbbb (rt-bbbbbbbb) leads to the VPC's router rtr-bbbbbbbb (rtr-bbbbbbbb), which is of the free type: it has no way to the internet",
    ],
    [server, 'internet', '203.0.113.99', port(80), 'nobody holds the public address 203.0.113.99'],
    [server, '10.0.0.2', '10.0.0.5', port(80), 'server i-44444444 (i-44444444), which has 10.0.0.5, is switched off'],
    [server, 'internet', 'i-11111111', port(80), 'it arrives: 10.0.0.2 is here'],
    [
      server,
      'i-22222222',
      '10.0.0.4',
      port(80),
      'it leaves by cw0 for server i-33333333 (i-33333333), a machine of its own',
    ],
    [server, 'i-44444444', 'i-11111111', port(80), 'it is switched off'],
    [server, 'i-11111111', '10.0.0.1', port(22), 'nothing here listens on TCP port 22: it is refused'],
    [server, 'internet', '203.0.113.12', { port: 80 }, 'it arrives: 10.0.0.3 is here'],
    [
      nat,
      'i-eeeeeeee',
      '192.0.2.9',
      port(80),
      'route r-00000002 of route table rt-eeeeeeee (rt-eeeeeeee) leads to the NAT gateway nfv-ffffffff (nfv-ffffffff), which is switched off',
    ],
    [nat, '172.16.5.3', '198.51.100.1', port(80), 'it leaves for the internet'],
    [server, 'i-22222222', '10.0.0.77', port(80), 'it leaves by cw0, for a machine that is not ours'],
    [
      viaAddress('192.168.1.10'),
      '192.168.1.77',
      '8.8.8.8',
      port(80),
      'nothing of load balancer lb-aaaaaaaa (lb-aaaaaaaa) lets it pass: it is dropped',
    ],
    [
      viaAddress('192.168.9.9'),
      '192.168.1.77',
      '8.8.8.8',
      port(80),
      'route r-00000001 of route table rt-aaaaaaaa (rt-aaaaaaaa) leads nowhere',
    ],
    [
      lists,
      listener!.deny[0]!.split('/')[0]!,
      listener!.id,
      {},
      `the lists of listener ${listener!.id} of load balancer ${balancer!.id} (${balancer!.id}) refuse ${listener!.deny[0]!.split('/')[0]}: it is dropped`,
    ],
  ]
  for (const [model, from, to, more, expected] of cases)
    assert.equal(end(ask(model, from, to, more)), expected, `${from} > ${to}`)
})

test('what the kernel spreads is told with the backend that it may go to', () => {
  const model = golden('topology-a')
  const { listeners } = model.resources.get('lb-aaaaaaaa')!.live as { listeners: readonly object[] }
  const tcp = changed(model, 'lb-aaaaaaaa', {
    live: { listeners: listeners.map(each => ({ ...each, protocol: 'tcp' })) },
  })
  const story = ask(tcp, 'internet', 'lbl-00000001')
  assert.equal(reaches(story), true)
  assert.ok(
    story.there.steps
      .map(line)
      .includes(
        'listener lbl-00000001 of load balancer lb-aaaaaaaa (lb-aaaaaaaa) gives it to the backend lbb-00000001 of load balancer lb-aaaaaaaa (lb-aaaaaaaa)',
      ),
  )
})

test('a draft is told as it will be, all of them or one', () => {
  const model = golden('topology-a')
  const rules = [{ ...model.resources.get('sg-00000000')!.live } as unknown as { rules: readonly object[] }][0]!.rules
  const drafted = (['sg-00000000', 'sg-nat00000'] as const).reduce((next, id) => {
    const group = next.resources.get(id)!
    return put(next, { ...group, draft: { rules: id === 'sg-nat00000' ? rules : [] } } as Resource)
  }, model)
  const reached = (of: Model) => [
    reaches(ask(of, 'internet', 'lbl-00000001')),
    reaches(ask(of, 'lb-aaaaaaaa', 'lbb-00000001')),
  ]
  assert.deepEqual(reached(drafted), [true, true])
  assert.deepEqual(reached(withDrafts(drafted, ['sg-00000000'])), [false, true])
  assert.deepEqual(reached(withDrafts(drafted)), [false, false])
})

test('all that is wrong with a question is said at once', () => {
  const model = golden('server')
  const wrong = (asked: Partial<Asked>) => {
    const flow = flowOf(model, { from: '', to: '', vpc: null, protocol: null, port: null, ...asked })
    assert.ok(!('packet' in flow))
    return flow.map(({ code, at }) => `${at}: ${code}`)
  }
  assert.deepEqual(wrong({ from: 'i-00000000', to: 'sg-00000000', vpc: 'rtr-00000000' }), [
    'vpc: not-found',
    'from: no-such-end',
    'to: no-such-end',
  ])
  assert.deepEqual(wrong({ from: 'internet', to: 'i-11111111' }), ['port: missing'])
  assert.deepEqual(wrong({ from: '10.9.9.9', to: 'i-11111111', port: 80 }), ['from: no-subnet-there'])
  const unbound = put(model, {
    ...model.resources.get('i-11111111')!,
    now: { ...model.resources.get('i-11111111')!.now, eip: null, address: null, subnet: null },
  } as Resource)
  const flow = flowOf(unbound, { from: 'internet', to: 'i-11111111', vpc: null, protocol: null, port: 80 })
  assert.deepEqual(Array.isArray(flow) && flow.map(({ code, at }: { code: string; at: string }) => `${at}: ${code}`), [
    'to: end-without-address',
  ])
})

test('any story hangs together: steps follow each other, every sentence is whole, and none reaches what the other says it does not', () => {
  fc.assert(
    fc.property(anyNetwork, fc.infiniteStream(fc.nat()), (model, chance) => {
      const pick = <T>(list: readonly T[]): T => list[chance.next().value % list.length]!
      const servers = [...all(model, 'server')].map(({ id }) => id)
      const ends = [...servers, 'lb-00000001', 'internet', 'rtr-00000001', 'nfv-00000001', '10.0.1.77', '8.8.8.8']
      for (let i = 0; i < 10; i++) {
        const [from, to] = [pick(ends), pick(ends.filter(each => each !== 'internet'))]
        const protocol = pick(['tcp', 'udp', 'icmp'] as const)
        const flow = flowOf(model, { from, to, vpc: null, protocol, port: pick([22, 80, 81, 443]) })
        if (!('packet' in flow)) continue
        const { there, back } = tellFlow(sceneOf(model, flow.parts), flow.origin, flow.packet)
        for (const { steps } of back ? [there, back] : [there]) {
          steps.forEach(line)
          for (const [j, step] of steps.entries()) {
            if (j > 0) assert.deepEqual(step.before, steps[j - 1]!.after)
            if (step.it) assert.ok(step.it.of === null || step.it.of.id !== step.it.id)
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('everything that can be told is told by one of these stories, but for what no model leads to', () => {
  const rest = [...new Set(Object.keys(tellings)).difference(told)]
  const bySeeing = ['refuses', 'goes-on', 'lost', 'foreign', 'unseen', 'unsent']
  assert.deepEqual(
    rest.filter(each => !bySeeing.includes(each)),
    ['no-place', 'loop'],
  )
})
