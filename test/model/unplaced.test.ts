import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileAll } from '../../src/compile/compile.ts'
import { diagnoseBackend } from '../../src/diagnose/cause/backend.ts'
import { machine } from '../compile/machine.ts'
import { scene, withVpc } from './scene.ts'

test('a balancer may lose its last address and get another; it is not made without', () => {
  const s = scene()
  const balancer = s.create('load-balancer', { eips: [{}], listeners: [{ port: 80 }] })
  s.patch('load-balancer', balancer, { eips: [] })
  assert.deepEqual(s.get('load-balancer', balancer).now.eips, [])
  assert.ok(compileAll(s.model(), machine).size > 0)
  s.patch('load-balancer', balancer, { eips: [{}] })
  assert.equal(s.get('load-balancer', balancer).now.eips.length, 1)
  const wish = { do: 'create', kind: 'load-balancer', body: { eips: [] } } as const
  assert.deepEqual(s.refusal(wish), ['neither-eip-nor-subnet subnet'])
})

test('a server in no network may be behind a balancer in none: nothing is sent to it, and the diagnosis says why', () => {
  const s = scene()
  const { subnet } = withVpc(s)
  const [server, other] = [s.create('server', {}), s.create('server', {})]
  const backends = [
    { server, port: 80 },
    { server: other, port: 80 },
    { address: '198.18.0.7', port: 80 },
  ]
  const balancer = s.create('load-balancer', { eips: [{}], listeners: [{ port: 80, backends }] })
  const [proxy] = [...compileAll(s.model(), machine).values()].filter(item => item.kind === 'proxy')
  const served = proxy?.config.listeners.flatMap(({ pools }) => pools.flatMap(({ servers }) => servers))
  assert.deepEqual(
    served?.map(({ address }) => address),
    ['198.18.0.7'],
  )
  const [first] = s.get('load-balancer', balancer).draft.listeners[0]?.backends ?? []
  const [found] = diagnoseBackend(s.model(), balancer, first?.id ?? '')
  assert.deepEqual([found?.code, found?.resource], ['server-in-no-network', server])

  const at = 'listeners[0].backends'
  const into = (kind: 'server' | 'load-balancer', id: string) => s.refusal({ do: 'patch', kind, id, body: { subnet } })
  assert.deepEqual(into('server', server), [`server-without-subnet ${at}[0].server`])
  assert.deepEqual(into('load-balancer', balancer), [`in-no-vpc ${at}[0].server`, `in-no-vpc ${at}[1].server`])
})
