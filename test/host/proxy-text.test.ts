import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { proxyStructure, proxyText } from '../../src/host/proxy-text.ts'
import type { ProxyConfig, ProxyListener } from '../../src/host/proxy.ts'

const server = { id: 'lbb-1', address: '192.0.2.1', port: 8080, weight: 1, backup: false, enabled: true }

function configWith(check: Partial<ProxyListener['check']>, listener: Partial<ProxyListener> = {}): ProxyConfig {
  return {
    maxConnections: 5000,
    listeners: [
      {
        id: 'lbl-1',
        mode: 'http',
        port: 80,
        balance: 'roundrobin',
        forwardedFor: true,
        timeoutS: 50,
        check: {
          protocol: 'http',
          path: '/',
          host: '',
          intervalS: 10,
          timeoutS: 5,
          fall: 2,
          rise: 5,
          accept: '200-399',
          ...check,
        },
        servers: [server],
        ...listener,
      },
    ],
  }
}

const paths = { socket: '/run/x/socket', stateFile: '/run/x/state', user: null }

test('nothing in a path or a host breaks the configuration or adds a line to it', () => {
  const lines = proxyText('lb-1', configWith({ host: 'a' }), paths).split('\n').length
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom("'", '"', '\\', '\n', '\r', '#', ' ', '$HOME', '%[src]', '%', 'server x 1.1.1.1:1', '\0'),
        { maxLength: 12 },
      )
      .map(parts => parts.join('')),
  )
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  try {
    writeFileSync(join(folder, 'state'), '1\n')
    fc.assert(
      fc.property(hostile, hostile, (path, host) => {
        const own = { socket: join(folder, 'socket'), stateFile: join(folder, 'state'), user: null }
        const text = proxyText('lb-1', configWith({ path: `/${path}`, host: `a${host}` }), own)
        assert.equal(text.split('\n').length, lines)
        writeFileSync(join(folder, 'haproxy.cfg'), text)
        execFileSync('haproxy', ['-c', '-q', '-f', join(folder, 'haproxy.cfg')], { stdio: 'pipe' })
      }),
      { numRuns: 20 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('servers are no part of the structure; everything else is', () => {
  const structure = proxyStructure(configWith({}))
  assert.equal(proxyStructure(configWith({}, { servers: [] })), structure)
  const others = [
    configWith({ path: '/x' }),
    configWith({}, { port: 81 }),
    { ...configWith({}), maxConnections: 20000 },
  ]
  for (const other of others) assert.notEqual(proxyStructure(other), structure)
  assert.match(proxyText('lb-1', configWith({}), paths), new RegExp(`description cw:${structure}\n`))
})

test('a disabled server is not there', () => {
  const text = proxyText(
    'lb-1',
    configWith({}, { servers: [server, { ...server, id: 'lbb-2', enabled: false }] }),
    paths,
  )
  assert.match(text, /server lbb-1 /)
  assert.doesNotMatch(text, /lbb-2/)
})

test('becomes another user, which is no reason for a reload', () => {
  const text = proxyText('lb-1', configWith({}), { ...paths, user: { uid: 103, gid: 106 } })
  assert.match(text, /^  uid 103\n  gid 106\n/m)
  assert.match(text, new RegExp(`description cw:${proxyStructure(configWith({}))}\n`))
  assert.doesNotMatch(proxyText('lb-1', configWith({}), paths), /uid/)
})
