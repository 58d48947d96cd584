import { certificateFor } from '../certificate-maker.ts'
import type { KindName } from '../../src/model/kinds.ts'
import type { Given } from './row.ts'
import type { Site } from './site.ts'

export const words = ['alpha', 'beta', 'gamma'] as const

/** Three of everything, named by {@link words}; what is called beta carries a tag. Ids by word and kind, such as `beta vpc`. */
export async function everything(site: Site): Promise<Given> {
  const given: Record<string, string> = {}
  const id = (of: string) => given[of] ?? ''
  for (const name of words) given[`${name} tag`] = await site.make('tag', { name })
  const three = async (kind: KindName, bodyOf: (word: (typeof words)[number], i: number) => object) => {
    for (const [i, word] of words.entries()) {
      const labels = { name: `${word} ${kind}`, tags: word === 'beta' ? ['beta'] : [] }
      given[`${word} ${kind}`] = await site.make(kind, { ...labels, ...bodyOf(word, i) })
    }
  }
  /** Three children, in the first of their kind only. */
  const children = (word: string, bodyOf: (i: number) => object) =>
    word === 'alpha' ? words.map((name, i) => ({ name: `${name} child`, ...bodyOf(i) })) : []

  for (const zone of ['north', 'south']) await site.make('zone', { id: zone, pools: [] })
  await three('eip', () => ({}))
  for (const [i, word] of words.entries()) given[`${word} door`] = await site.make('eip', { bandwidthMbps: i + 1 })
  await three('ip-set', () => ({ type: 'ip', members: ['10.0.0.0/8'] }))
  await three('security-group', word => ({
    rules: children(word, i => ({ protocol: 'tcp', ports: 80 + i, priority: i })),
  }))
  await three('group-snapshot', () => ({ group: id('alpha security-group') }))
  await three('vpc', (word, i) => ({
    cidr: '192.168.0.0/16',
    power: i === 2 ? 'off' : 'on',
    portForwards: children(word, n => ({
      protocol: 'tcp',
      port: 80 + n,
      toAddress: '192.168.1.9',
      toPort: 80,
    })),
  }))
  const vpc = id('alpha vpc')
  await three('route-table', word => ({
    vpc,
    routes: children(word, i => ({
      destination: `198.51.100.${i}/32`,
      nextHop: { type: 'router', id: vpc },
    })),
  }))
  await three('subnet', (word, i) => ({
    vpc,
    cidr: `192.168.${i + 1}.0/24`,
    routeTable: id(`${word} route-table`),
  }))
  await three('nat-gateway', (word, i) => ({
    vpc,
    eips: [id(`${word} door`)],
    power: i === 2 ? 'off' : 'on',
    snatRules: children(word, n => ({
      target: id(`${words[n]} subnet`),
      eips: [id('alpha door')],
    })),
    dnatRules: children(word, n => ({
      protocol: 'tcp',
      eip: id('alpha door'),
      port: 80 + n,
      toAddress: '192.168.1.9',
      toPort: 80,
    })),
  }))
  await three('key-pair', () => ({ publicKey: 'ssh-ed25519 AAAA' }))
  await three('server', (_, i) => ({
    subnet: id('alpha subnet'),
    power: i === 2 ? 'off' : 'on',
    eip: i === 0 ? id('alpha eip') : null,
  }))
  await three('volume', (_, i) => ({ sizeGb: 10, server: i === 2 ? id('alpha server') : null }))
  await three('nic', () => ({ subnet: id('beta subnet') }))
  await three('vip', () => ({ subnet: id('gamma subnet') }))
  await three('certificate', () => certificateFor())
  await three('forward-policy', word => ({ rules: children(word, i => ({ pattern: `shop${i}` })) }))
  await three('load-balancer', (word, i) => ({
    subnet: id('alpha subnet'),
    power: i === 2 ? 'off' : 'on',
    listeners: children(word, n => ({
      protocol: 'http',
      port: 80 + n,
      backends: n === 0 ? children(word, m => ({ server: id('alpha server'), port: 8080 + m })) : [],
    })),
  }))
  for (const eip of words.map(word => id(`${word} eip`)))
    given['job'] = String((await site.done('ChangeEipsBandwidth', { eips: [eip], bandwidth: 7 }))['job_id'])
  site.sync()
  return given
}
