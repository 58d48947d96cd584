import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireOf } from '../../src/client/wire.ts'
import { plan } from '../../src/demo/plan.ts'
import { startLab, type Lab } from './lab.ts'
import { allActive, newBalancer, newGateway, newGroup, newNetwork, type Network } from './network.ts'

/** What is counted: it must not depend on the weather. */
type Work = Readonly<
  Record<'revisions' | 'steps' | 'nftTransactions' | 'processes' | 'reloads' | 'netlinkRequests', number>
>

suite('work that a command costs, counted', () => {
  let lab: Lab
  let network: Network
  before(async () => {
    lab = await startLab()
    network = await newNetwork(lab, '10.9.0.0/24')
    await lab.settled()
  })
  after(() => lab.close())

  async function counted(): Promise<Work> {
    const { counters } = await lab.settled()
    const of = (name: string) => counters[name] ?? assert.fail(`the agent does not count ${name}`)
    return {
      revisions: (await lab.client.status()).revision,
      steps: of('steps'),
      nftTransactions: of('nftTransactions'),
      processes: of('processes'),
      reloads: of('reloads'),
      netlinkRequests: of('netlinkRequests'),
    }
  }

  async function workOf(command: () => Promise<unknown>): Promise<Work> {
    const from = await counted()
    await command()
    const to = await counted()
    return Object.fromEntries(
      Object.entries(to).map(([name, count]) => [name, count - from[name as keyof Work]]),
    ) as Work
  }

  test('a VPC: one commit, one nft transaction, no process; the last like the first', async () => {
    const works: Work[] = []
    for (let i = 0; i < 16; i++) {
      works.push(
        await workOf(() =>
          lab.client.create('vpc', { type: 'small', eip: {}, cidr: '10.1.0.0/16', subnets: [{ cidr: '10.1.0.0/24' }] }),
        ),
      )
    }
    const [first] = works
    for (const { netlinkRequests: _, ...work } of works) {
      const { steps } = first!
      assert.deepEqual(work, { revisions: 1, steps, nftTransactions: 1, processes: 0, reloads: 0 })
    }
    // Among them are the looks around of every second, now and then: the least of several is what the command costs.
    const least = (some: readonly Work[]) => Math.min(...some.map(work => work.netlinkRequests))
    assert.ok(least(works.slice(-6)) <= least(works.slice(0, 6)), JSON.stringify(works))
  })

  test('a rule of a group: one nft transaction for each namespace that the group guards; names and drafts: none', async () => {
    const group = await newGroup(lab)
    await newGateway(lab, network, 1, { securityGroup: group })
    await newGateway(lab, network, 1, { securityGroup: group })
    const { netlinkRequests: _, ...work } = await workOf(async () => {
      await lab.client.patch('vpc', network.vpc.id, { name: 'another' })
      await lab.client.patch('security-group', group, { rules: [{ protocol: 'tcp', ports: '80', action: 'accept' }] })
      await lab.client.apply('security-group', group)
    })
    assert.deepEqual(work, { revisions: 3, steps: 2, nftTransactions: 2, processes: 0, reloads: 0 })
  })

  test('a balancer: one process; its backends: no process and no reload', async () => {
    const group = await newGroup(lab, { protocol: 'tcp', ports: '80', action: 'accept' })
    await newGateway(lab, network, 1, { securityGroup: group })
    const [north, south] = plan.regions.map(region => region.servers[0])
    let made: WireOf<'load-balancer'> | undefined
    const start = await workOf(async () => {
      made = await newBalancer(lab, network, [{ address: north, port: plan.port }])
    })
    assert.equal(start.processes, 1)
    assert.equal(start.reloads, 0)
    const { id, listeners } = made!
    const [listener] = listeners
    const path = ['listeners', listener!.id, 'backends']
    const { netlinkRequests: _, ...work } = await workOf(async () => {
      await lab.client.children.patch('load-balancer', id, [...path, listener!.backends[0]!.id], { weight: 7 })
      await lab.client.children.add('load-balancer', id, path, { address: south, port: plan.port })
      await lab.client.apply('load-balancer', id)
    })
    assert.deepEqual(work, { revisions: 3, steps: 1, nftTransactions: 0, processes: 0, reloads: 0 })
    await allActive(lab, id)
  })
})
