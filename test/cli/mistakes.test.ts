import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { trialServer } from './trial.ts'

const file = `
vpcs:
  - name: office
    cidr: 10.0.0.0/33
    colour: red
subnets:
  - name: apps
    vpc: nosuch
    cidr: 10.0.1.0/24
load-balancers:
  - name: web
    subnet: apps
    eips: [{bandwidthMbps: 10}]
    listeners:
      - port: 70000
        check: {fal: 3}
        backends:
          - {name: blog, address: 203.0.113.7, port: 8080, weight: -1}
          - {server: nobody, port: 8080}
---
security-groups:
  - name: open
    rules:
      - {protocol: tpc, ports: 80}
      - {protocol: tcp, ports: 80-70, peer: office-net}
`

suite('a topology file with mistakes', async () => {
  const { cli, store, close } = await trialServer()
  after(close)

  test('is told all of them at once, each with its place, and nothing is changed', async () => {
    const before = store.snapshot()
    const { code, err } = await cli('apply -f - --yes', { input: file })
    assert.equal(code, 2)
    const lines = err.split('\n').map(line => line.replace(/\. Attributes of .*/, ''))
    assert.deepEqual(lines, [
      'vpcs[0] (office): there is no attribute colour here',
      'document 2, security-groups[0].rules[0].protocol (open): must be one of all, tcp, udp, icmp, gre, esp, ah, ipip, vrrp',
      'document 2, security-groups[0].rules[1].ports (open): there is no IP/port set named 80-70',
      'document 2, security-groups[0].rules[1].peer (open): there is no IP/port set named office-net',
      'vpcs[0].cidr (office): must be an IPv4 prefix such as 10.0.0.0/24',
      'subnets[0].vpc (apps): there is no VPC network named nosuch',
      'load-balancers[0].listeners[0].port (web): must be at most 65535',
      'load-balancers[0].listeners[0].check.fal (web): there is no attribute fal here',
      'load-balancers[0].listeners[0].backends[0].weight (web): must be at least 0',
      'load-balancers[0].listeners[0].backends[1].server (web): there is no Server named nobody',
    ])
    assert.equal(store.snapshot(), before)
  })

  test('and in Chinese', async () => {
    const { err } = await cli('apply -f - --yes', { input: file, env: { LANG: 'zh_CN.UTF-8' } })
    assert.match(err, /vpcs\[0\]\.cidr \(office\)：应为 IPv4 网段/)
  })

  test('names that a section which cannot be read may hold are not missed', async () => {
    const { code, err } = await cli('apply -f - --yes', { input: 'vpc-s: []\nsubnets: [{name: a, vpc: office}]' })
    assert.equal(code, 2)
    assert.doesNotMatch(err, /office/)
    assert.match(err, /vpc-s/)
  })
})
