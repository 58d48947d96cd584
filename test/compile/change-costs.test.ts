import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { compileAll } from '../../src/compile/compile.ts'
import type { ProxyItem } from '../../src/host/item.ts'
import { proxyStructure } from '../../src/host/proxy-text.ts'
import { childListsOf } from '../../src/model/child-lists.ts'
import { kinds } from '../../src/model/kinds.ts'
import { machine } from './machine.ts'
import { modelOf } from './model-of.ts'

type Body = Readonly<Record<string, unknown>>

const backend = { id: 'lbb-00000001', address: '198.18.0.1', port: 80 }
const listener = { id: 'lbl-00000001', protocol: 'https', port: 443, certificates: ['sc-00000001'] }
const rule = { id: 'lbpr-00000001', pattern: 'shop' }
const rewrite = { id: 'lbpw-00000001', pattern: 'a' }

interface Parts {
  readonly balancer?: Body
  readonly listener?: Body
  readonly backend?: Body
  readonly policy?: Body
  readonly rule?: Body
  readonly rewrite?: Body
  readonly certificate?: Body
}

/** What HAProxy is to do for a balancer with everything, some of it other than usual. */
function proxyOf(change: Parts): ProxyItem['config'] {
  const own = { ...backend, ...change.backend }
  const others = ['lbp-00000001', 'lbp-00000002'].map((policy, i) => ({
    ...backend,
    id: `lbb-1000000${i}`,
    port: 83 + i,
    policy,
  }))
  const model = {
    local: { pools: [{ name: 'bgp', addresses: ['203.0.113.0/24'] }] },
    'sg-00000000': { rules: [] },
    'eip-00000001': { zone: 'local', address: '203.0.113.11' },
    'sc-00000001': change.certificate ?? pair,
    'sc-00000002': pair,
    'lbp-00000001': {
      rules: [
        { ...rule, ...change.rule },
        { ...rule, id: 'lbpr-00000002', type: 'url' },
      ],
      rewrites: [
        { ...rewrite, ...change.rewrite },
        { ...rewrite, id: 'lbpw-00000002', pattern: 'z' },
      ],
      ...change.policy,
    },
    'lbp-00000002': { rules: [{ ...rule, id: 'lbpr-00000003' }] },
    'lb-11111111': {
      eips: ['eip-00000001'],
      securityGroup: 'sg-00000000',
      listeners: [{ ...listener, ...change.listener, backends: [own, ...others] }],
      ...change.balancer,
    },
  }
  const items = [...compileAll(modelOf(JSON.stringify(model)), machine).values()]
  const proxy = items.find(item => item.kind === 'proxy')
  return (
    proxy?.config ?? { nodes: [], source: null, maxConnections: 0, headerBytes: 0, certificates: [], listeners: [] }
  )
}

const pair = { $for: ['shop.example'] }
const renewed = { $for: ['shop.example', 'www.shop.example'] }

/** Another value for every attribute that HAProxy hears of. */
const changes: Readonly<Record<keyof Parts, Body>> = {
  balancer: { headerSizeKb: 20, maxConnections: 20000, nodeCount: 2, accessLog: { local: true } },
  listener: {
    protocol: 'ssl',
    port: 444,
    lastPort: 450,
    balance: 'leastconn',
    stickiness: { type: 'insert' },
    check: { intervalS: 11 },
    certificates: ['sc-00000001', 'sc-00000002'],
    tls: { minVersion: '1.3' },
    http2: false,
    redirectStatus: 301,
    redirectPort: 8443,
    forwardedFor: false,
    headers: ['x-forwarded-proto'],
    options: ['compress'],
    scene: 'keep-alive',
    proxyProtocol: 'v2',
    acceptProxy: true,
    clientLimits: { connections: 10 },
    timeoutS: 51,
    tunnelTimeoutS: 3601,
    retries: 2,
    retryOn: 'idempotent',
    queueS: 5,
    slowStartS: 30,
    drainS: 60,
    enabled: false,
  },
  backend: {
    address: '198.18.0.9',
    port: 82,
    weight: 2,
    policy: 'lbp-00000001',
    maxConnections: 5,
    backup: true,
    enabled: false,
  },
  policy: { operator: 'and', priority: 60, balance: 'source', check: { intervalS: 12 } },
  rule: { type: 'url', pattern: 'other', enabled: false },
  rewrite: { pattern: 'b', replacement: 'c', priority: 60, enabled: false },
  certificate: { chain: 'renewed', key: 'renewed' },
}

/** Attributes that HAProxy never hears of, or only once something else has some value. */
const unheard = {
  balancer: ['securityGroup', 'nodeAddresses', 'listeners', 'eips', 'subnet', 'address', 'routeTable', 'power'],
  listener: ['id', 'name', 'backends', 'redirectStatus', 'redirectPort', 'via', 'allow', 'deny'],
  backend: ['id', 'name', 'server', 'backupTier'],
  policy: ['rules', 'rewrites'],
  rule: ['id', 'name', 'header'],
  rewrite: ['id', 'name'],
  certificate: ['acme', 'accountKey'],
} as const

function costOf(part: keyof Parts, attribute: string): 'socket' | 'reload' | 'nothing' {
  const before = proxyOf({})
  const changed = part === 'certificate' ? renewed : { [attribute]: changes[part][attribute] }
  const after = proxyOf({ [part]: changed })
  if (proxyStructure(before) !== proxyStructure(after)) return 'reload'
  return isDeepStrictEqual(before, after) ? 'nothing' : 'socket'
}

const shapes: Readonly<Record<keyof Parts, readonly string[]>> = {
  balancer: Object.keys({ ...kinds['load-balancer'].now.shape, ...kinds['load-balancer'].spec.shape }),
  listener: shapeOf('load-balancer', 'listeners'),
  backend: shapeOf('load-balancer', 'backends'),
  policy: Object.keys(kinds['forward-policy'].spec.shape),
  rule: shapeOf('forward-policy', 'rules'),
  rewrite: shapeOf('forward-policy', 'rewrites'),
  certificate: Object.keys(kinds.certificate.now.shape),
}

function shapeOf(kind: 'load-balancer' | 'forward-policy', attribute: string): readonly string[] {
  const lists = childListsOf(kind).flatMap(list => [list, ...list.lists])
  return Object.keys(lists.find(list => list.attribute === attribute)?.member.shape ?? {})
}

const titles: Readonly<Record<keyof Parts, string>> = {
  balancer: 'balancer',
  listener: 'listener',
  backend: 'backend',
  policy: 'policy',
  rule: 'rule of a policy',
  rewrite: 'rewrite of a policy',
  certificate: 'certificate',
}

test('the documentation says which changes are a reload; `npm run golden` writes it anew', () => {
  const parts = Object.keys(titles) as (keyof Parts)[]
  const lines = parts.map(part => {
    const heard = shapes[part].filter(each => !(unheard[part] as readonly string[]).includes(each))
    assert.deepEqual([...heard, ...unheard[part]].sort(), [...shapes[part]].sort(), part)
    const costs = Map.groupBy(heard, attribute => costOf(part, attribute))
    assert.deepEqual(costs.get('nothing') ?? [], [], part)
    const cell = (cost: 'socket' | 'reload') => (costs.get(cost) ?? []).map(each => `\`${each}\``).join(', ') || '–'
    return `| ${titles[part]} | ${cell('socket')} | ${cell('reload')} |`
  })
  const table = ['| of a | by the runtime socket | by a reload |', '|---|---|---|', ...lines].join('\n')
  const file = join(import.meta.dirname, '../../docs/load-balancer.md')
  const text = readFileSync(file, 'utf8')
  const written = text.replace(
    /(<!-- changes -->\n)[^]*(\n<!-- end -->)/,
    (_, from: string, to: string) => `${from}${table}${to}`,
  )
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, written)
  else assert.equal(text, written)
})
