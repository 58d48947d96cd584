import { isJoined } from '../src/model/model.ts'
import { add, addressIn, anyOf, create, listed, patch, slice, type Maker } from './any-maker.ts'

const tagNames = ['blue', 'green', 'red']

/** Moves of subnets between VPCs, of servers and interfaces between subnets, and of what is only noted. */
export const memberMakers = {
  looseSubnet: (_model, pick) => create('subnet', { type: pick.of(['managed', 'managed', 'self-managed']) }),
  joinOrLeave: (model, pick) => {
    const subnet = pick.of(listed(model, 'subnet'))
    const vpc = pick.of(listed(model, 'vpc'))
    const there = vpc && { vpc: vpc.id, cidr: slice(vpc.now.cidr, pick.number(8)) }
    return subnet && there && patch('subnet', subnet.id, isJoined(subnet) ? { vpc: null, cidr: null } : there)
  },
  moveServer: (model, pick) => {
    const server = pick.of(listed(model, 'server'))
    return server && patch('server', server.id, { subnet: pick.of([null, ...listed(model, 'subnet').map(s => s.id)]) })
  },
  nic: (model, pick) => {
    const subnet = pick.of(listed(model, 'subnet'))
    const server = pick.yes() ? pick.of(listed(model, 'server'))?.id : undefined
    return subnet && create('nic', { subnet: subnet.id, server: server ?? null })
  },
  attach: (model, pick) => {
    const [nic, volume] = [pick.of(listed(model, 'nic')), pick.of(listed(model, 'volume'))]
    const server = pick.of([null, ...listed(model, 'server').map(s => s.id)])
    if (nic && pick.yes()) return patch('nic', nic.id, { server })
    return volume && patch('volume', volume.id, { server })
  },
  vip: (model, pick) => {
    const subnet = pick.of(listed(model, 'subnet'))
    return subnet && create('vip', { subnet: subnet.id })
  },
  record: (model, pick) => {
    const group = pick.of(listed(model, 'security-group'))
    return pick.of([
      create('volume', { sizeGb: 10 + pick.number(90) }),
      create('key-pair', { publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx3b1qv0Yv3' }),
      create('tag', { name: pick.of(tagNames) }),
      ...(group ? [create('group-snapshot', { group: group.id })] : []),
    ])
  },
  label: (model, pick) => {
    const one = anyOf(model, pick)
    const tag = pick.of(listed(model, 'tag'))
    const [name, tags] = [pick.of(tagNames), tagNames.slice(pick.number(3))]
    return tag && pick.yes() ? patch('tag', tag.id, { name }) : one && patch(one.kind, one.id, { tags })
  },
  keyPairs: (model, pick) => {
    const server = pick.of(listed(model, 'server'))
    const keyPairs = listed(model, 'key-pair').map(each => each.id)
    return server && patch('server', server.id, { keyPairs: keyPairs.slice(0, pick.number(3)) })
  },
  dns: (model, pick) => {
    const vpc = pick.of(listed(model, 'vpc'))
    const server = pick.of(listed(model, 'server'))
    if (vpc && server && pick.yes())
      return add('vpc', vpc.id, ['dhcpOptions'], { server: server.id, options: ['mtu=1400'] })
    const domain = pick.of(['db', 'db.internal', 'web'])
    return vpc && add('vpc', vpc.id, ['dnsRecords'], { domain, addresses: [addressIn(model, vpc.id, pick)] })
  },
} satisfies Record<string, Maker>
