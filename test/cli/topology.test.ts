import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import type { Document } from '../../src/cli/attributes.ts'
import { parseTopology, topologyText } from '../../src/cli/topology-file.ts'
import { isDone, planTopology } from '../../src/cli/topology.ts'
import { isApplied, type Model, put, type Resource } from '../../src/model/model.ts'
import { toldOf } from '../../src/model/secrets.ts'
import { anyModel } from '../any-model.ts'

/** The resources of a model, flat as the API shows them. */
function documentsOf(model: Model): readonly Document[] {
  return [...model.resources.values()].map(resource => {
    const { kind, id, name, description, tags, draft } = resource
    return { kind, id, name, description, tags, ...toldOf(resource), ...draft, applied: isApplied(resource) }
  })
}

const stepsOf = (text: string, server: readonly Document[], prune = false) => {
  const { entries, complaints } = parseTopology(text, 'file')
  const plan = planTopology(entries, server, prune)
  return { plan, complaints: [...complaints, ...plan.complaints] }
}

const group = {
  kind: 'security-group',
  id: 'sg-00000001',
  name: 'web',
  description: '',
  tags: [],
  isDefault: false,
  applied: true,
} as const
const rule = {
  id: 'sgr-00000001',
  name: '',
  priority: 1,
  direction: 'ingress',
  action: 'accept',
  protocol: 'tcp',
  ports: '80',
  icmpType: null,
  icmpCode: null,
  peer: null,
  enabled: true,
}

suite('topology files', () => {
  test('what a server prints as YAML changes nothing when it is applied to it, draft or not', () =>
    fc.assert(
      fc.property(anyModel, model => {
        const documents = documentsOf(model)
        const { plan, complaints } = stepsOf(topologyText(documents, documents), documents, true)
        assert.deepEqual(complaints, [])
        for (const step of plan.steps) {
          const applied = documents.find(each => 'id' in step && each.id === step.id)?.applied
          assert.equal(step.do, applied ? 'keep' : 'publish', JSON.stringify(step))
        }
        assert.equal(plan.steps.length, documents.length)
      }),
      { numRuns: 60 },
    ))

  test('what the server never tells is sent with what it belongs to, is shown to nobody, and is no difference by itself', () => {
    const shop = {
      kind: 'certificate',
      id: 'sc-00000001',
      name: 'shop',
      description: '',
      tags: [],
      chain: 'a',
      applied: true,
    } as const
    const file = (chain: string) => `certificates: [{ name: shop, chain: ${chain}, key: secret }]`
    assert.ok(isDone(stepsOf(file('a'), [shop]).plan))
    const [step] = stepsOf(file('b'), [shop]).plan.steps
    assert.ok(step?.do === 'change')
    assert.deepEqual(step.body, { chain: 'b', key: 'secret' })
    assert.deepEqual(step.changes, [{ at: 'chain', from: 'a', to: 'b' }])
  })

  test('the same holds where several resources share a name, or a name looks like something else', () =>
    fc.assert(
      fc.property(
        anyModel,
        fc.array(fc.constantFrom('a', '', '80', '10.0.0.0/8', 'vxnet-00000001', '名称', 'on'), { minLength: 1 }),
        (model, names) => {
          const renamed = [...model.resources.values()].reduce(
            (next: Model, each, i) => put(next, { ...each, name: names[i % names.length] } as Resource),
            model,
          )
          const documents = documentsOf(renamed)
          const { plan, complaints } = stepsOf(topologyText(documents, documents), documents)
          assert.deepEqual(complaints, [])
          assert.ok(plan.steps.every(step => step.do === 'keep' || step.do === 'publish'))
        },
      ),
      { numRuns: 60 },
    ))

  test('an attribute that is left out stays; a list that is named becomes that list', () => {
    const server: Document[] = [{ ...group, rules: [rule] } as Document]
    assert.ok(isDone(stepsOf('security-groups: [{name: web}]', server).plan))
    const { plan } = stepsOf('security-groups: [{name: web, rules: []}]', server)
    assert.deepEqual(
      plan.steps.map(step => (step.do === 'change' ? step.body : step.do)),
      [{ rules: [] }],
    )
  })

  test('a child that is changed keeps its id, and only what changed is told', () => {
    const server: Document[] = [{ ...group, rules: [rule, { ...rule, id: 'sgr-00000002', ports: '443' }] } as Document]
    const { plan } = stepsOf(
      'security-groups: [{name: web, rules: [{protocol: tcp, ports: 443}, {protocol: tcp, ports: 8080}]}]',
      server,
    )
    const [step] = plan.steps
    assert.ok(step?.do === 'change')
    assert.deepEqual(step.changes, [{ at: 'rules[sgr-00000001].ports', from: '80', to: '8080' }])
    const { rules } = step.body as { rules: { id: string; ports: string }[] }
    assert.deepEqual(
      rules.map(({ id, ports }) => [id, ports]),
      [
        ['sgr-00000002', '443'],
        ['sgr-00000001', '8080'],
      ],
    )
  })

  test('an unapplied draft that says so already is applied', () => {
    const { plan } = stepsOf('security-groups: [{name: web}]', [{ ...group, applied: false, rules: [] } as Document])
    assert.deepEqual(
      plan.steps.map(step => step.do),
      ['publish'],
    )
  })

  test('only what the file names goes with --prune, users before what they use; defaults and regions stay', () => {
    const server = [
      { ...group, rules: [] },
      { ...group, id: 'sg-00000002', name: 'default', isDefault: true, rules: [] },
      { kind: 'eip', id: 'eip-00000001', name: 'x', applied: true },
      { kind: 'zone', id: 'local', name: '', applied: true },
      { kind: 'vpc', id: 'rtr-00000001', name: 'v', applied: true },
      { kind: 'subnet', id: 'vxnet-00000001', name: 's', vpc: 'rtr-00000001', applied: true },
    ] as unknown as Document[]
    const text = 'zones: []\nsubnets: [{name: t, vpc: w}]\nvpcs: [{name: w}]\nsecurity-groups: [{name: new}]'
    const gone = (prune: boolean) =>
      stepsOf(text, server, prune).plan.steps.flatMap(step => (step.do === 'delete' ? step.name : []))
    assert.deepEqual(gone(true), ['s', 'v', 'web'])
    assert.deepEqual(gone(false), [])
  })

  test('what is wrong with a file is said all at once, with the place', () => {
    const { complaints } = stepsOf(
      [
        'vpcz: []',
        'subnets: [{name: a, vpc: nowhere, cidrr: 10.0.0.0/24}, {name: a, vpc: nowhere}, {cidr: 10.0.0.0/24}]',
        'eips: {name: x}',
        'security-groups: [{id: sg-99999999, name: gone}]',
        'load-balancers: [{name: lb, securityGroup: gone, listeners: [{port: 80, backends: [{server: nobody, port: 1}]}]}]',
      ].join('\n'),
      [],
    )
    const said = complaints.map(({ say, values }) => `${values['at']} ${say} ${values['word'] ?? ''}`.trim())
    assert.deepEqual(said.sort(), [
      'eips not-a-topology',
      'load-balancers[0].listeners[0].backends[0].server (lb) no-such-resource nobody',
      'security-groups[0] (gone) no-such-id sg-99999999',
      'subnets[0] (a) unknown-attribute cidrr',
      'subnets[0].vpc (a) no-such-resource nowhere',
      'subnets[1] named-twice a',
      'subnets[1].vpc (a) no-such-resource nowhere',
      'subnets[2] needs-a-name',
      'vpcz unknown-section',
    ])
  })

  test('YAML that is none is refused with its place', () => {
    const { complaints } = parseTopology('vpcs: [\n', 'net.yaml')
    assert.equal(complaints[0]?.say, 'bad-yaml')
    assert.match(String(complaints[0]?.values['why']), /line 2/)
  })

  test('what cannot change after creation is refused, naming both values', () => {
    const vpc = {
      kind: 'vpc',
      id: 'rtr-00000001',
      name: 'v',
      cidr: '10.0.0.0/16',
      applied: true,
    } as unknown as Document
    const { complaints } = stepsOf('vpcs: [{name: v, cidr: 10.1.0.0/16}]', [vpc])
    assert.deepEqual(complaints, [
      {
        say: 'fixed-attribute',
        values: { at: 'vpcs[0].cidr (v)', kind: 'vpc', from: '"10.0.0.0/16"', to: '"10.1.0.0/16"' },
      },
    ])
  })

  test('a network that is in no VPC may join one, and one that is in a VPC changes to no other range', () => {
    const about = { kind: 'subnet', description: '', tags: [], type: 'managed', applied: true } as const
    const vpc = { ...about, kind: 'vpc', id: 'rtr-00000001', name: 'v', cidr: '10.0.0.0/16' } as unknown as Document
    const loose = { ...about, id: 'vxnet-00000001', name: 's', vpc: null, cidr: null, gateway: null, routeTable: null }
    const joined = { ...loose, vpc: vpc.id, cidr: '10.0.1.0/24' }
    const asked = (file: string, server: object) => stepsOf(file, [vpc, server as Document])
    const joining = asked('subnets: [{name: s, vpc: v, cidr: 10.0.1.0/24}]', loose)
    assert.deepEqual(joining.complaints, [])
    assert.deepEqual(
      joining.plan.steps.map(step => [step.do, 'body' in step && step.body]),
      [['change', { vpc: vpc.id, cidr: '10.0.1.0/24' }]],
    )
    assert.deepEqual(asked('subnets: [{name: s, vpc: null, cidr: null}]', joined).complaints, [])
    const exchanging = asked('subnets: [{name: s, vpc: v, cidr: 10.0.2.0/24}]', joined)
    assert.deepEqual(
      exchanging.complaints.map(({ say }) => say),
      ['fixed-attribute'],
    )
  })
})
