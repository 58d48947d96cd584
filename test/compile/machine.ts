import type { HostConfig } from '../../src/compile/host-config.ts'

/** A machine whose uplink leads to a namespace `internet`. */
export const machine: HostConfig = {
  name: 'test',
  mtu: 1500,
  uplink: {
    link: { kind: 'veth', peer: { netns: 'internet', name: 'edge' } },
    address: '10.255.0.2/24',
    gateway: '10.255.0.1',
  },
}
