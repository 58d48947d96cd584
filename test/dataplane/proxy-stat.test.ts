import assert from 'node:assert/strict'
import { test } from 'node:test'
import { healthOf, statOf } from '../../src/dataplane/proxy-stat.ts'

const head =
  '# pxname,svname,scur,stot,status,bck,check_status,check_code,check_duration,last_chk,check_rise,check_fall,check_health,addr,uweight,lastchg,'

/** The health of a server whose line says this about its check. */
function saying(status: string, check: string, health: number): string {
  const [stat] = statOf(`${head}\nlbl-1,lbb-1:2,3,44,${status},0,${check},5,2,${health},192.0.2.1:80,7,90,\n`)
  assert.ok(stat)
  const { state, reason } = healthOf(stat, 'lbb-1')
  return `${state}: ${reason}`
}

const cases: readonly (readonly [status: string, check: string, health: number, expected: string])[] = [
  ['DOWN', 'L4CON,,0,Connection refused', 0, 'down: connection refused'],
  ['DOWN', 'L4CON,,0,General socket error (Network is unreachable)', 0, 'down: no route'],
  ['DOWN', 'L4CON,,0,General socket error (No route to host)', 0, 'down: no route: host unreachable'],
  ['DOWN', 'L4CON,,0,General socket error (Permission denied)', 0, 'down: permission denied'],
  ['DOWN', '* L4TOUT,,5001,', 0, 'down: timeout after 5 s'],
  ['DOWN', 'L7TOUT,,5000,', 0, 'down: timeout after 5 s: connected, but no answer'],
  ['DOWN', 'L7STS,503,1,Service Unavailable', 0, 'down: HTTP 503'],
  ['DOWN', 'L7STS,418,1,"I, said the ""teapot"""', 0, 'down: HTTP 418'],
  ['DOWN', 'L7RSP,,0,', 0, 'down: connected, but the answer is not HTTP'],
  ['DOWN', 'L6RSP,,0,', 0, 'down: TLS handshake failed'],
  ['DOWN', 'SOCKERR,,0,Connection reset by peer', 0, 'down: connection reset by peer'],
  ['DOWN', 'INI,,,', 0, 'down: '],
  ['DOWN 1/5', 'L7OK,200,1,', 1, 'rising: HTTP 200'],
  ['DOWN 1/5', '* L7OK,0,1,', 1, 'rising: '],
  ['UP', 'L4OK,,0,', 6, 'up: connected'],
  ['UP 1/2', 'L4TOUT,,5000,', 5, 'falling: timeout after 5 s'],
  ['DRAIN', 'L7OK,200,1,', 6, 'up: HTTP 200'],
  ['MAINT', ',,,', 0, 'maintenance: '],
  ['no check', ',,,', 0, 'no-check: '],
]

for (const [status, check, health, expected] of cases) {
  test(`${status} with ${check} means ${expected}`, () => assert.equal(saying(status, check, health), expected))
}

test('what HAProxy tells of a server is read whole, quoted text included', () => {
  const line = 'lbl-1,lbb-1,3,44,UP,1,L7OK,200,12,"a, ""b""",5,2,6,192.0.2.1:80,7,90,'
  assert.deepEqual(statOf(`${head}\n${line}\n\n`), [
    {
      pool: 'lbl-1',
      name: 'lbb-1',
      address: '192.0.2.1',
      port: 80,
      weight: 7,
      backup: true,
      maxConnections: null,
      maintenance: false,
      checked: true,
      health: 6,
      rise: 5,
      fall: 2,
      result: 'L7OK',
      httpStatus: '200',
      detail: 'a, "b"',
      checkMs: 12,
      changedS: 90,
      sessions: 3,
      requests: 44,
      queued: 0,
      warming: false,
    },
  ])
})
