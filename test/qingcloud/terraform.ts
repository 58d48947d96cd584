import assert from 'node:assert/strict'
import type { Parameters } from './clients.ts'
import type { Answer, Site } from './site.ts'

/** An object as a list shows it. */
export type Shown = Readonly<Record<string, unknown>>

/** What the provider asks while it waits: for what, and with which words it goes on waiting; at any other it gives up. */
interface Waiting {
  readonly action: string
  readonly by: string
  readonly set: string
  readonly words: readonly string[]
}

const waitings = {
  instance: {
    action: 'DescribeInstances',
    by: 'instances',
    set: 'instance_set',
    words: ['creating', 'updating', 'suspending', 'resuming', 'deleting', 'stopping', 'starting', 'terminating'],
  },
  volume: {
    action: 'DescribeVolumes',
    by: 'volumes',
    set: 'volume_set',
    words: ['creating', 'attaching', 'detaching', 'suspending', 'resuming', 'deleting', 'recovering'],
  },
  eip: {
    action: 'DescribeEips',
    by: 'eips',
    set: 'eip_set',
    words: ['associating', 'dissociating', 'suspending', 'resuming', 'releasing'],
  },
  loadbalancer: {
    action: 'DescribeLoadBalancers',
    by: 'loadbalancers',
    set: 'loadbalancer_set',
    words: ['creating', 'starting', 'stopping', 'updating', 'suspending', 'resuming', 'deleting'],
  },
  router: {
    action: 'DescribeRouters',
    by: 'routers',
    set: 'router_set',
    words: ['creating', 'updating', 'suspending', 'resuming', 'poweroffing', 'poweroning', 'deleting'],
  },
  vxnet: { action: 'DescribeVxnets', by: 'vxnets', set: 'vxnet_set', words: [] },
  keypair: { action: 'DescribeKeyPairs', by: 'keypairs', set: 'keypair_set', words: [] },
  tag: { action: 'DescribeTags', by: 'tags', set: 'tag_set', words: [] },
} as const satisfies Readonly<Record<string, Waiting>>

export type Type = keyof typeof waitings

/** What the provider does over and over: its requests are those of the Go SDK, with the defaults that this sends. */
export interface Terraform {
  call(action: string, parameters: Parameters): Promise<Answer>
  /** A resource as it is read. */
  read(type: Type, id: string): Promise<Shown>
  isGone(type: Type, id: string): Promise<boolean>
  /** Waits until a resource has settled. Meanwhile the machines do what they are told. */
  settle(type: Type, id: string): Promise<void>
  /** Makes the tags of a resource those that are wished for. */
  retag(type: Type, id: string, tags: readonly string[]): Promise<void>
}

export function terraform(site: Site): Terraform {
  const call: Terraform['call'] = async (action, parameters) => {
    const answer = await site.ask('go', action, parameters)
    assert.equal(answer.ret_code, 0, `${action}: ${answer.message}`)
    return answer
  }
  const found = async (type: Type, id: string) => {
    const { action, by, set } = waitings[type]
    const answer = await call(action, { [by]: [id], limit: 20, offset: 0, verbose: 1 })
    return answer[set] as readonly Shown[]
  }
  const read: Terraform['read'] = async (type, id) => {
    const [shown] = await found(type, id)
    assert.ok(shown, `${type} ${id} is gone`)
    return shown
  }
  return {
    call,
    read,
    isGone: async (type, id) => (await found(type, id)).length === 0,
    async settle(type, id) {
      const words: readonly string[] = waitings[type].words
      for (let tries = 0; tries < 5; tries++) {
        const shown = await read(type, id)
        const transition = String(shown['transition_status'])
        const [vxnet] = (shown['vxnets'] ?? []) as readonly Shown[]
        const gone = ['terminated', 'ceased'].includes(String(shown['status']))
        if (transition === '' && (gone || vxnet?.['private_ip'] !== '')) return
        assert.ok(transition === '' || words.includes(transition), `${type} ${id} is ${transition}`)
        site.sync()
      }
      assert.fail(`${type} ${id} does not settle`)
    },
    async retag(type, id, tags) {
      const shown = await read(type, id)
      const had = (shown['tags'] as readonly Shown[]).map(tag => String(tag['tag_id']))
      const pairs = (ids: readonly string[]) => ({
        resource_tag_pairs: ids.map(tag => ({ tag_id: tag, resource_type: type, resource_id: id })),
      })
      const [gone, come] = [had.filter(tag => !tags.includes(tag)), tags.filter(tag => !had.includes(tag))]
      if (gone.length > 0) await call('DetachTags', pairs(gone))
      if (come.length > 0) await call('AttachTags', pairs(come))
    },
  }
}
