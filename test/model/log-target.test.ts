import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scene, withGateway, withVpc } from './scene.ts'

test('an apply warns where no route leads to the syslog server, and only there', () => {
  const s = scene()
  const { vpc, subnet, table } = withVpc(s)
  const log = (address: string) => ({ accessLog: { remote: { address } } })
  const balancer = s.create('load-balancer', { eips: [{}], subnet })
  const warned = (address: string, id = balancer) => {
    s.patch('load-balancer', id, log(address))
    const { warnings } = s.run({ do: 'apply', kind: 'load-balancer', id })
    return warnings
      .filter(({ code }) => code === 'log-without-route')
      .map(({ at, values }) => `${at} ${values?.['address']}`)
  }
  const complaint = (address: string) => [`accessLog.remote.address ${address}`]
  assert.deepEqual(warned('198.51.100.9'), complaint('198.51.100.9'))
  assert.deepEqual(warned('10.0.7.7'), [], 'its VPC is always within reach')
  const nextHop = { type: 'router', id: vpc }
  s.add('route-table', table, ['routes'], { destination: '198.51.100.0/24', nextHop })
  assert.deepEqual(warned('198.51.100.9'), complaint('198.51.100.9'), 'a route that is not applied leads nowhere')
  s.run({ do: 'apply', kind: 'route-table', id: table })
  assert.deepEqual(warned('198.51.100.10'), [])
  assert.deepEqual(warned('192.0.2.7'), complaint('192.0.2.7'))
  withGateway(s, vpc)
  assert.deepEqual(warned('192.0.2.8'), [], 'the default route of a NAT gateway')
  const alone = s.create('load-balancer', { eips: [{}] })
  assert.deepEqual(warned('192.0.2.8', alone), complaint('192.0.2.8'))
})

test('an apply warns of each listener that is in no log, while a log is kept', () => {
  const s = scene()
  const { subnet } = withVpc(s)
  const tcp = (port: number, more = {}) => ({ protocol: 'tcp', port, ...more })
  const listeners = [
    tcp(80),
    tcp(81, { via: 'kernel' }),
    tcp(82, { via: 'proxy' }),
    tcp(83, { via: 'kernel', enabled: false }),
    { protocol: 'udp', port: 53 },
    { port: 8080 },
    tcp(84, { options: ['transparent'] }),
  ]
  const id = s.create('load-balancer', { eips: [{}], subnet, listeners })
  const warned = (accessLog: object) => {
    s.patch('load-balancer', id, { accessLog })
    return s
      .run({ do: 'apply', kind: 'load-balancer', id })
      .warnings.filter(({ code }) => code === 'log-without-proxy' || code === 'log-without-udp')
      .map(({ at, code }) => `${at} ${code}`)
  }
  assert.deepEqual(warned({}), [])
  assert.deepEqual(warned({ local: true }), [
    'listeners[1].via log-without-proxy',
    'listeners[4].protocol log-without-udp',
    'listeners[6].options log-without-proxy',
  ])
})
