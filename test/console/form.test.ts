import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { changeBody, complaintOf, createBody, fieldPath, initialValues } from '../../src/console/form/body-of.ts'
import { fieldsOf, kindFields, type Field } from '../../src/console/form/field-of.ts'
import { hinted } from '../../src/console/i18n/hints.ts'
import { paths } from '../../src/console/paths.ts'
import { childListsOf } from '../../src/model/child-lists.ts'
import { kindNames, kinds } from '../../src/model/kinds.ts'

test('forms follow from the schemas: what is asked, how, and what must be given', () => {
  const text = (['eip', 'route-table', 'nat-gateway', 'ip-set'] as const)
    .map(kind => {
      const lists = childListsOf(kind).flatMap(list => [list, ...list.lists])
      const children = lists.map(list => `  ${list.attribute}: ${lineOf(fieldsOf(list.member, ['id']))}`)
      return [`${kind}: ${lineOf(kindFields(kind, false))}`.trim(), ...children].join('\n')
    })
    .join('\n')
  assert.equal(text, expectedForms.trim())
})

test('there is an input for everything that the model knows, and a hint only for what it knows', () => {
  const places = kindNames.flatMap(kind => {
    const lists = childListsOf(kind).flatMap(list => [list, ...list.lists])
    const top = {
      where: kind,
      shape: { ...kinds[kind].now.shape, ...kinds[kind].spec.shape },
      lists: childListsOf(kind),
    }
    return [
      top,
      ...lists.map(({ attribute, member, lists: inner }) => ({ where: attribute, shape: member.shape, lists: inner })),
    ]
  })
  const known = new Set<string>(['tags', 'id'])
  for (const { where, shape, lists } of places) {
    const inner = lists.map(list => list.attribute)
    const fields = fieldsOf(z.object(shape), inner)
    // A snapshot copies its rules: nobody types them.
    const copied = where === 'group-snapshot' ? ['rules'] : []
    const names = [...fields.map(({ name }) => name), ...inner, ...copied]
    assert.deepEqual(names.sort(), Object.keys(shape).sort(), where)
    for (const each of fields) noteNames(each, where, known)
  }
  assert.deepEqual(
    hinted.filter(each => !known.has(each)),
    [],
  )
})

test('a creation leaves out what was left empty, and carries what was filled in', () => {
  const fields = kindFields('subnet', false)
  const values = { vpc: 'rtr-1', cidr: ' 10.0.0.0/24 ', gateway: '', routeTable: null }
  assert.deepEqual(createBody(fields, values), { vpc: 'rtr-1', cidr: '10.0.0.0/24' })
})

test('a change inside an object carries what differs there, and what was emptied', () => {
  const [list] = childListsOf('load-balancer')
  const fields = list ? fieldsOf(list.member).filter(({ name }) => name === 'check') : []
  const check = { protocol: 'http', path: '/healthz', host: 'shop', accept: '', expect: '', send: '', intervalS: 10 }
  const { path: _, ...shown } = check
  assert.deepEqual(changeBody(fields, { check: shown }, { check }), {}, 'what the form does not ask for stays')
  const values = { check: { ...shown, host: '', intervalS: 5 } }
  assert.deepEqual(changeBody(fields, values, { check }), { check: { host: '', intervalS: 5 } })
})

test('a change carries what differs, and null for what was emptied and may be', () => {
  const fields = kindFields('load-balancer', true)
  const existing = {
    eips: ['eip-1'],
    subnet: 'vxnet-1',
    address: '10.0.0.2',
    nodeAddresses: [],
    routeTable: null,
    maxConnections: 5000,
    power: 'on',
    securityGroup: 'sg-1',
    accessLog: { local: false, remote: null },
  }
  const values = { ...initialValues(fields, existing), subnet: null, maxConnections: 20000, securityGroup: null }
  assert.deepEqual(changeBody(fields, values, existing), { subnet: null, maxConnections: 20000 })
})

test('a field complains in the language of the reader, and only of what is wrong', () => {
  const cidr = kindFields('vpc', false).find(({ name }) => name === 'cidr')
  assert.ok(cidr)
  assert.equal(complaintOf(cidr, '10.0.0.0/16', 'zh'), undefined)
  assert.equal(complaintOf(cidr, '', 'zh'), '必填')
  assert.match(complaintOf(cidr, '10.0.0.1/16', 'zh') ?? '', /主机位/)
  assert.match(complaintOf(cidr, 'ten', 'en') ?? '', /IPv4 prefix/)
})

test('a place in a document is the name of a field', () => {
  assert.deepEqual(fieldPath('listeners[0].check.fall'), ['listeners', 0, 'check', 'fall'])
})

test('paths stay where they are', () => {
  assert.deepEqual(
    [
      paths.list('vpc'),
      paths.list('subnet', { vpc: 'rtr-1', page: 2 }),
      paths.detail('load-balancer', 'lb-1'),
      paths.detail('nat-gateway', 'nfv-1', 'snatRules'),
      paths.pending(),
      paths.operations({ resource: 'lb-1' }),
      paths.signIn(),
    ],
    [
      '/vpcs',
      '/subnets?vpc=rtr-1&page=2',
      '/load-balancers/lb-1',
      '/nat-gateways/nfv-1?tab=snatRules',
      '/pending',
      '/operations?resource=lb-1',
      '/sign-in',
    ],
  )
  assert.equal(new Set(kindNames.map(kind => paths.list(kind))).size, Object.keys(kinds).length)
})

function lineOf(fields: ReturnType<typeof fieldsOf>): string {
  return fields.map(({ name, control, required }) => `${name}${required ? '*' : ''} ${control.type}`).join(', ')
}

/** Every name that a field, or one inside it, can be called by. */
function noteNames({ name, control }: Field, where: string, known: Set<string>): void {
  known.add(name).add(`${where}.${name}`)
  const inner =
    control.type === 'variants'
      ? control.variants.flatMap(({ fields }) => fields)
      : 'fields' in control
        ? control.fields
        : []
  for (const each of inner) noteNames(each, name, known)
}

const expectedForms = `
eip: zone* reference, pool text, address text, bandwidthMbps number, billing choice
route-table: vpc reference, serves choice
  routes: name text, destination* text, source text, nextHop* variants, enabled switch
nat-gateway: vpc* reference, size choice, eips reference, power choice, securityGroup reference
  snatRules: name text, target* reference, eips* reference, enabled switch
  dnatRules: name text, protocol choice, eip* reference, port* text, toAddress* text, toPort* text, enabled switch
ip-set: type* choice, members texts
`
