import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeBody, complaintOf, createBody, fieldPath, initialValues } from '../../src/console/form/body-of.ts'
import { fieldsOf, kindFields } from '../../src/console/form/field-of.ts'
import { paths } from '../../src/console/paths.ts'
import { childListsOf } from '../../src/model/child-lists.ts'
import { kindNames, kinds } from '../../src/model/kinds.ts'

test('forms follow from the schemas: what is asked, how, and what must be given', () => {
  const text = kindNames
    .map(kind => {
      const lists = childListsOf(kind).flatMap(list => [list, ...list.lists])
      const children = lists.map(list => `  ${list.attribute}: ${lineOf(fieldsOf(list.member, ['id']))}`)
      return [`${kind}: ${lineOf(kindFields(kind, false))}`.trim(), ...children].join('\n')
    })
    .join('\n')
  assert.equal(text, expectedForms.trim())
})

test('a creation leaves out what was left empty, and carries what was filled in', () => {
  const fields = kindFields('subnet', false)
  const values = { vpc: 'rtr-1', cidr: ' 10.0.0.0/24 ', gateway: '', routeTable: null }
  assert.deepEqual(createBody(fields, values), { vpc: 'rtr-1', cidr: '10.0.0.0/24' })
})

test('a change carries what differs, and null for what was emptied and may be', () => {
  const fields = kindFields('load-balancer', true)
  const existing = {
    eips: ['eip-1'],
    subnet: 'vxnet-1',
    address: '10.0.0.2',
    routeTable: null,
    maxConnections: 5000,
    power: 'on',
    securityGroup: 'sg-1',
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

const expectedForms = `
zone: pools records
ip-set: type* choice, members texts
security-group:
  rules: name text, priority number, direction choice, action choice, protocol choice, ports text-or-reference, icmpType number, icmpCode number, peer text-or-reference, enabled switch
eip: zone* reference, pool text, address text, bandwidthMbps number, billing choice
vpc: zone reference, type choice, cidr* text, eip reference, power choice, securityGroup reference
  portForwards: name text, protocol choice, port* number, toAddress* text, toPort* number, enabled switch
route-table: vpc* reference, serves choice
  routes: name text, destination* text, source text, nextHop* variants, enabled switch
nat-gateway: vpc* reference, size choice, eips reference, power choice, securityGroup reference
  snatRules: name text, target* reference, eips* reference, enabled switch
  dnatRules: name text, protocol choice, eip* reference, port* text, toAddress* text, toPort* text, enabled switch
subnet: vpc* reference, cidr* text, gateway text, routeTable reference
server: subnet* reference, address text, eip reference, securityGroup reference, attach variants, power choice
load-balancer: eips reference, subnet reference, address text, routeTable reference, maxConnections choice, power choice, securityGroup reference
  listeners: name text, protocol choice, port* number, balance choice, check group, forwardedFor switch, timeoutS number, enabled switch
  backends: name text, address text, server reference, port* number, weight number, backup switch, enabled switch
`
